internal import Foundation
internal import Mustache

/// A notice as it is sent.
public struct RenderedNotice: Sendable {
    /// One line.
    public let subject: String
    /// The notice as plain text.
    public let text: String
    /// The notice as HTML.
    public let html: String
}

/// What a template may speak of. Nothing of the person, and nothing of why.
enum NoticeVariable: String, CaseIterable {
    case tenant
    case termsUrl
    case supportContact
    case deletionDate
}

/// The three texts of a notice in one language.
struct NoticeTemplate: Sendable {
    /// Its texts, each in a file of its own.
    enum Part: String, CaseIterable {
        case subject
        case text = "txt"
        case html
    }

    /// Why a text is no template of a notice.
    struct Fault: Error, Sendable, Equatable {
        let problem: String
        let advice: String
    }

    private let parts: [Part: MustacheTemplate]

    /// Parses the three texts.
    init(_ texts: [Part: String]) throws(PartFault) {
        var parts: [Part: MustacheTemplate] = [:]
        for part in Part.allCases {
            do throws(Fault) {
                parts[part] = try Self.parse(texts[part] ?? "", part)
            } catch {
                throw PartFault(part: part, fault: error)
            }
        }
        self.parts = parts
    }

    /// The part that is wrong, and what is.
    struct PartFault: Error {
        let part: Part
        let fault: Fault
    }

    /// The notice with these values.
    func render(_ values: [NoticeVariable: String]) -> RenderedNotice {
        func text(_ part: Part) -> String {
            let named = Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
            return parts[part]?.render(named) ?? ""
        }
        return RenderedNotice(subject: text(.subject).onOneLine, text: text(.text), html: text(.html))
    }

    /// One text. Mustache renders what it does not know as nothing, so a template is looked through before it is used.
    static func parse(_ text: String, _ part: Part) throws(Fault) -> MustacheTemplate {
        guard !text.allSatisfy(\.isWhitespace) else {
            throw Fault(problem: "is empty", advice: "Write the notice's \(part.meaning) into it")
        }
        try refuseTags(in: text)
        let template: MustacheTemplate
        do {
            // Plain text is not to be escaped as HTML is.
            template = try MustacheTemplate(string: (part == .html ? "" : "{{% CONTENT_TYPE:TEXT}}") + text)
        } catch {
            throw Fault(
                problem: "is no Mustache template",
                advice: "Look for a tag that is not closed, or a section that does not end")
        }
        return template
    }

    /// Allows `{{name}}`, and sections of a name, and nothing else: no partials, no other delimiters, nothing that escapes from
    /// being escaped.
    private static func refuseTags(in text: String) throws(Fault) {
        var rest = text[...]
        while let open = rest.range(of: "{{") {
            rest = rest[open.upperBound...]
            guard let close = rest.range(of: "}}") else { return }
            let tag = rest[..<close.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
            rest = rest[close.upperBound...]
            if tag.hasPrefix("!") { continue }
            let name = tag.drop { "#^/".contains($0) }.trimmingCharacters(in: .whitespacesAndNewlines)
            guard NoticeVariable(rawValue: name) == nil else { continue }
            let names = NoticeVariable.allCases.map { "{{\($0.rawValue)}}" }.joined(separator: ", ")
            let isName = name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
            throw Fault(
                problem: isName && !name.isEmpty
                    ? "speaks of {{\(name)}}, which a notice does not have"
                    : "has a tag that notices do not know: {{\(tag.prefix(40))}}",
                advice: "There are \(names), and sections of them")
        }
    }
}

extension NoticeTemplate.Part {
    /// What it is, for messages.
    var meaning: String {
        switch self {
        case .subject: "subject"
        case .text: "text"
        case .html: "HTML"
        }
    }
}

extension String {
    /// Without line breaks and other controls: nothing in it begins another header.
    var onOneLine: String {
        split { character in
            character.isWhitespace || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }.joined(separator: " ")
    }
}
