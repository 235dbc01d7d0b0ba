import Foundation

/// What happens to a tenant's redacted contacts.
struct TenantConfiguration: Sendable, Equatable {
    /// Keep the cleared contact, or delete it after a notice period.
    enum Policy: String, Sendable, CaseIterable {
        case keep
        case delete
    }

    var policy: Policy
    /// From the notice to the deletion; set where the policy is `delete`.
    var noticePeriod: Duration?
    /// The terms that a notice refers to; set where the policy is `delete`.
    var termsUrl: String?
    /// Whom the person can ask; set where the policy is `delete`.
    var supportContact: String?
    /// A BCP 47 tag.
    var language: String
    /// Whether a deletion waits until the person has been told.
    var requiresNotice: Bool

    /// What holds where no tenants are configured: every contact is kept.
    static let keeping = TenantConfiguration(
        policy: .keep, noticePeriod: nil, termsUrl: nil, supportContact: nil, language: "en", requiresNotice: true)
}

/// The tenants that are configured.
struct TenantsConfiguration: Sendable, Equatable {
    /// By name, without `default`.
    var named: [String: TenantConfiguration]
    /// `tenants.default`: those not named.
    var others: TenantConfiguration?

    /// The configuration of a tenant; nil where tenants are configured and this one is not (`unknown-tenant`).
    subscript(tenant: String) -> TenantConfiguration? {
        named[tenant] ?? others ?? (named.isEmpty ? .keeping : nil)
    }

    /// Reads the section.
    static func read(_ reading: inout ConfigurationReading) -> TenantsConfiguration {
        var tenants = TenantsConfiguration(named: [:], others: nil)
        for name in reading.sources.tenantNames() {
            if !isTenantName(name) {
                reading.problem(
                    "tenants.\(name)", "is not a tenant's name",
                    "Write a-z, 0-9 and - only, no more than 64, beginning with a letter or digit")
                continue
            }
            let tenant = TenantConfiguration.read("tenants.\(name)", &reading)
            if name == "default" { tenants.others = tenant } else { tenants.named[name] = tenant }
        }
        return tenants
    }

    /// `[a-z0-9][a-z0-9-]{0,63}`, as the contract has it.
    private static func isTenantName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && !name.hasPrefix("-")
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

extension TenantConfiguration {
    fileprivate static func read(_ prefix: String, _ reading: inout ConfigurationReading) -> TenantConfiguration? {
        let policy: Policy? = reading.choice("\(prefix).policy")
        let period = reading.duration("\(prefix).noticePeriod")
        let terms = reading.value(
            "\(prefix).termsUrl", expected: "a URL, like https://example.com/terms", parse: webAddress)
        let support = reading.value(
            "\(prefix).supportContact", expected: "an address, a number or a URL", parse: filled)
        let language = reading.value(
            "\(prefix).language", expected: "a language tag, like sv or da-DK", parse: languageTag)
        let requiresNotice = reading.flag("\(prefix).requiresNotice")
        guard let policy, let language, let requiresNotice else { return nil }
        if policy == .delete {
            require(period == nil, "\(prefix).noticePeriod", "30d", &reading)
            require(terms == nil, "\(prefix).termsUrl", "https://example.com/terms", &reading)
            require(support == nil, "\(prefix).supportContact", "support@example.com", &reading)
        }
        return TenantConfiguration(
            policy: policy, noticePeriod: period, termsUrl: terms, supportContact: support, language: language,
            requiresNotice: requiresNotice)
    }

    /// Notes that a key is required where it is missing; a key that is set and wrong has its problem already.
    private static func require(
        _ missing: Bool, _ key: String, _ example: String, _ reading: inout ConfigurationReading
    ) {
        if missing, reading.sources.value(of: key) == nil {
            reading.problem(key, "is required where the policy is delete", "Write it, like \(example)")
        }
    }

    private static func filled(_ text: String) -> String? {
        text.allSatisfy(\.isWhitespace) ? nil : text
    }

    private static func webAddress(_ text: String) -> String? {
        guard let url = URL(string: text), url.scheme == "https" || url.scheme == "http", url.host() != nil else {
            return nil
        }
        return text
    }

    private static func languageTag(_ text: String) -> String? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let valid = parts.enumerated().allSatisfy { index, part in
            (index == 0 ? 2...3 : 1...8).contains(part.count)
                && part.allSatisfy { $0.isASCII && ($0.isLetter || (index > 0 && $0.isNumber)) }
        }
        return valid ? text : nil
    }
}
