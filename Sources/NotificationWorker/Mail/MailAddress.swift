/// An e-mail address that can stand in a command to a mail server and in a header: nothing in it ends a line or an address.
public struct MailAddress: Sendable, Hashable {
    /// `local@domain`, ASCII.
    let address: String

    /// Fails where a text is none. Addresses with letters beyond ASCII are not sent to: few servers take them.
    public init?(_ text: String) {
        let trimmed = text.drop(while: \.isWhitespace)
        let end = trimmed.lastIndex { !$0.isWhitespace }
        let address = end.map { String(trimmed[...$0]) } ?? ""
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (1...253).contains(parts[1].utf8.count),
            Self.areAtoms(parts[0], Self.isAtom), Self.areAtoms(parts[1], Self.isLabel)
        else { return nil }
        self.address = address
    }

    /// The part behind the `@`.
    var domain: String { String(address.drop { $0 != "@" }.dropFirst()) }

    private static func areAtoms(_ part: Substring, _ condition: (UInt8) -> Bool) -> Bool {
        part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && !$0.hasPrefix("-") && $0.utf8.allSatisfy(condition)
        }
    }

    /// RFC 5322, `atext`.
    private static func isAtom(_ byte: UInt8) -> Bool {
        isLabel(byte) || "!#$%&'*+/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLabel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension MailAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder: it may be a person's.
    public var description: String { "‹address›" }

    /// A placeholder.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A sender as headers have it: an address, and a name that people see.
public struct Mailbox: Sendable, Equatable {
    /// What people see; empty where there is none.
    let name: String
    /// The address.
    let address: MailAddress

    /// Reads `ADDRESS`, or `NAME <ADDRESS>`; fails where a text is neither.
    public init?(_ text: String) {
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return nil }
        if let open = text.lastIndex(of: "<"), text.hasSuffix(">") {
            guard let address = MailAddress(String(text[text.index(after: open)...].dropLast())) else { return nil }
            let name = text[..<open].split(separator: " ").joined(separator: " ")
            self.name = name.hasPrefix("\"") && name.hasSuffix("\"") ? String(name.dropFirst().dropLast()) : name
            self.address = address
        } else {
            guard let address = MailAddress(text) else { return nil }
            name = ""
            self.address = address
        }
    }

    /// As a header writes it.
    var header: String {
        name.isEmpty ? address.address : "\(MailMessage.encodedWords(name)) <\(address.address)>"
    }
}
