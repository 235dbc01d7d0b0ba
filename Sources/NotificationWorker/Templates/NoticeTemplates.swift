internal import Foundation
public import ProtectedIdentity

/// The templates of all tenants: those that are shipped, and those in an operator's folder, which win.
public struct NoticeTemplates: Sendable {
    /// Something that is wrong with a template, and the way out.
    public struct Problem: Error, Sendable, Hashable {
        /// The tenant whose notices it concerns; nil where it is a file.
        public let tenant: String?
        /// What is wrong; names the file.
        public let problem: String
        /// The way out.
        public let advice: String
    }

    /// The only template that there is.
    public static let deletionNotice = Command.deletionNotice
    /// The languages of the notices that are shipped.
    public static let shippedLanguages = ["da", "en", "sv"]

    private struct Name: Hashable {
        /// Nil: of every tenant that has none of its own.
        let tenant: String?
        let language: String
    }

    private var templates: [Name: NoticeTemplate] = [:]

    /// The templates that these tenants need.
    ///
    /// - Parameters:
    ///   - folder: `TENANT/deletion-notice.LANGUAGE.{subject,txt,html}`, and `default/…` for all who have none of their own.
    ///   - tenants: the language of each tenant that notifies; under nil of those that are not named.
    /// - Returns: everything that is wrong, where anything is.
    public static func load(
        folder: String?, tenants: [String?: String]
    ) -> Result<NoticeTemplates, Problems> {
        var templates = NoticeTemplates()
        var problems: [Problem] = []
        for (tenant, language) in tenants.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) {
            do throws(Problem) {
                try templates.add(tenant, language, folder: folder)
            } catch {
                if !problems.contains(error) { problems.append(error) }
            }
        }
        return problems.isEmpty ? .success(templates) : .failure(Problems(problems: problems))
    }

    /// Everything that is wrong.
    public struct Problems: Error, Sendable {
        /// In the order of the tenants.
        public let problems: [Problem]
    }

    /// The notice of a tenant; nil where it has none in that language.
    public func render(_ delivery: NoticePlan.Delivery) -> RenderedNotice? {
        guard delivery.template == Self.deletionNotice else { return nil }
        let tenant = delivery.notice.contact.tenant.rawValue
        let language = Self.primary(delivery.language)
        let found = [tenant, nil].lazy.compactMap { templates[Name(tenant: $0, language: language)] }.first
        return found?.render([
            .tenant: tenant, .termsUrl: delivery.termsUrl.onOneLine, .supportContact: delivery.supportContact.onOneLine,
            .deletionDate: NoticeDate.text(delivery.notice.deletionNotBefore, language: language),
        ])
    }

    private mutating func add(_ tenant: String?, _ tag: String, folder: String?) throws(Problem) {
        let language = Self.primary(tag)
        if let folder {
            for owner in [tenant, nil] {
                guard let template = try Self.read("\(folder)/\(owner ?? "default")", language) else { continue }
                templates[Name(tenant: owner, language: language)] = template
                return
            }
        }
        guard let shipped = Self.shipped[language] else {
            throw Problem(
                tenant: tenant ?? "default", problem: "there is no notice in the language \(tag)",
                advice: "Write one of \(Self.shippedLanguages.joined(separator: ", ")), or put "
                    + "\(tenant ?? "default")/\(Self.file(language, .text)), .html and .subject into notifications.templates"
            )
        }
        let name = Name(tenant: nil, language: language)
        if templates[name] == nil { templates[name] = shipped }
    }

    /// The template in a folder; nil where it has no file of it at all.
    private static func read(_ folder: String, _ language: String) throws(Problem) -> NoticeTemplate? {
        var texts: [NoticeTemplate.Part: String] = [:]
        var missing: [String] = []
        for part in NoticeTemplate.Part.allCases {
            let path = folder + "/" + file(language, part)
            guard let data = FileManager.default.contents(atPath: path) else {
                missing.append(path)
                continue
            }
            guard let text = String(bytes: data, encoding: .utf8) else {
                throw Problem(tenant: nil, problem: "\(path) is not UTF-8", advice: "Save it as UTF-8")
            }
            texts[part] = text
        }
        guard !texts.isEmpty else { return nil }
        guard missing.isEmpty else {
            throw Problem(
                tenant: nil, problem: "\(missing.joined(separator: " and ")) cannot be read",
                advice: "A notice has three files, .subject, .txt and .html: add it, or make it readable")
        }
        do throws(NoticeTemplate.PartFault) {
            return try NoticeTemplate(texts)
        } catch {
            throw Problem(
                tenant: nil, problem: "\(folder)/\(file(language, error.part)) \(error.fault.problem)",
                advice: error.fault.advice)
        }
    }

    private static func file(_ language: String, _ part: NoticeTemplate.Part) -> String {
        "\(deletionNotice).\(language).\(part.rawValue)"
    }

    /// The language itself, without region or script: `sv` of `sv-SE`.
    private static func primary(_ tag: String) -> String {
        String(tag.prefix { $0 != "-" }).lowercased()
    }

    private static let shipped: [String: NoticeTemplate] = {
        let texts: [String: [NoticeTemplate.Part: [UInt8]]] = [
            "da": [
                .subject: PackageResources.deletion_notice_da_subject, .text: PackageResources.deletion_notice_da_txt,
                .html: PackageResources.deletion_notice_da_html,
            ],
            "en": [
                .subject: PackageResources.deletion_notice_en_subject, .text: PackageResources.deletion_notice_en_txt,
                .html: PackageResources.deletion_notice_en_html,
            ],
            "sv": [
                .subject: PackageResources.deletion_notice_sv_subject, .text: PackageResources.deletion_notice_sv_txt,
                .html: PackageResources.deletion_notice_sv_html,
            ],
        ]
        return texts.compactMapValues { parts in
            try? NoticeTemplate(parts.mapValues { String(decoding: $0, as: UTF8.self) })
        }
    }()
}
