/// The data of a status event, member by member. Unknown members are ignored.
struct StatusData {
    /// A member as found.
    enum Member {
        case absent
        case text(String)
        case texts([String])
        /// Of a JSON type that the member does not have.
        case malformed
        case repeated

        var text: String? {
            if case .text(let text) = self { text } else { nil }
        }
    }

    /// The members that are known; all that an event says is in them.
    enum Name: String, CaseIterable {
        case tenant
        case status
        case origin
        case country
        case observedAt
        case personalIdentityNumber
        case otherPersonalIdentityNumbers
        case contactId
        case registry
        case protection
    }

    /// How many further numbers one event may name. A person has one or two.
    static let maximumOtherNumbers = 32
    /// The longest `registry`, in bytes.
    static let maximumRegistryBytes = 128

    private var members = [Member](repeating: .absent, count: Name.allCases.count)

    init(_ object: [(name: String, value: JSONValue)]) {
        for (name, value) in object {
            guard let known = Name(rawValue: name) else { continue }
            if case .null = value { continue }
            if case .absent = self[known] {
                self[known] = Member(value, mayBeArray: known == .otherPersonalIdentityNumbers)
            } else {
                self[known] = .repeated
            }
        }
    }

    subscript(name: Name) -> Member {
        get { members[name.index] }
        set { members[name.index] = newValue }
    }

    /// What it says, for digests: the members as received, in the order of `Name`.
    ///
    /// Both CloudEvents modes, the order of the members and white space make no difference; members that are absent, `null`
    /// or unknown count for nothing.
    var content: ContentDigestInput {
        var parts = LengthPrefixed(label: "members")
        for name in Name.allCases {
            switch self[name] {
            case .text(let text):
                parts.append(name.rawValue.utf8)
                parts.append(count: 1)
                parts.append(text.utf8)
            case .texts(let texts):
                parts.append(name.rawValue.utf8)
                parts.append(count: texts.count)
                for text in texts { parts.append(text.utf8) }
            case .absent, .malformed, .repeated:
                break
            }
        }
        return ContentDigestInput(members: parts)
    }

    /// The event, where every member is as it must be.
    func event(identity: EventIdentity, time: Timestamp?, traceparent: String?, redrives: Int) -> StatusEvent? {
        guard let tenant = self[.tenant].text.flatMap(TenantName.init(rawValue:)),
            let status = self[.status].text.flatMap(ProtectionStatus.init(rawValue:)),
            let origin = self[.origin].text.flatMap(Origin.init(rawValue:)),
            let country = self[.country].text.flatMap(CountryCode.init(rawValue:)),
            let observedAt = self[.observedAt].text.flatMap({ Timestamp(rfc3339: $0) }),
            case .some(let contactID) = contactID, let registry, let numbers, contactID != nil || !numbers.isEmpty
        else { return nil }
        return StatusEvent(
            identity: identity, time: time, traceparent: traceparent, tenant: tenant, status: status, origin: origin,
            country: country, observedAt: observedAt, numbers: numbers, contactID: contactID, registry: registry,
            protection: self[.protection].text.map { Sensitive($0) }, redrives: redrives)
    }

    /// Nil where it is malformed, `.some(nil)` where it is absent.
    private var contactID: ContactID?? {
        switch self[.contactId] {
        case .absent: .some(nil)
        case .text(let text): ContactID(rawValue: text).map { .some($0) }
        case .texts, .malformed, .repeated: nil
        }
    }

    /// Nil where it is malformed, empty where it is absent.
    private var registry: String? {
        switch self[.registry] {
        case .absent: ""
        case .text(let text): text.utf8.count <= Self.maximumRegistryBytes && !text.utf8.contains(0) ? text : nil
        case .texts, .malformed, .repeated: nil
        }
    }

    /// Nil where one is malformed; empty where there is no `personalIdentityNumber`, whatever others there are: without it
    /// or a `contactId` the event does not say whom it means.
    private var numbers: [Sensitive<String>]? {
        var first: [String] = []
        var others: [String] = []
        switch self[.personalIdentityNumber] {
        case .absent: break
        case .text(let text): first = [text]
        case .texts, .malformed, .repeated: return nil
        }
        switch self[.otherPersonalIdentityNumbers] {
        case .absent: break
        case .texts(let texts): others = texts
        case .text, .malformed, .repeated: return nil
        }
        guard others.count <= Self.maximumOtherNumbers else { return nil }
        if first.isEmpty, case .absent = self[.contactId] { return [] }
        return (first + others).map { Sensitive($0) }
    }
}

extension StatusData.Name {
    fileprivate var index: Int {
        switch self {
        case .tenant: 0
        case .status: 1
        case .origin: 2
        case .country: 3
        case .observedAt: 4
        case .personalIdentityNumber: 5
        case .otherPersonalIdentityNumbers: 6
        case .contactId: 7
        case .registry: 8
        case .protection: 9
        }
    }
}

extension StatusData.Member {
    fileprivate init(_ value: JSONValue, mayBeArray: Bool) {
        switch value {
        case .string(let text) where !mayBeArray:
            self = .text(text)
        case .array(let elements) where mayBeArray:
            let texts = elements.compactMap { element -> String? in
                if case .string(let text) = element { text } else { nil }
            }
            self = texts.count == elements.count ? .texts(texts) : .malformed
        default:
            self = .malformed
        }
    }
}
