/// A personal identity number in its one canonical form, whatever way it was written.
///
/// Two values are equal exactly when they are the same number of the same country. Nothing of the number appears in a
/// description or a mirror.
public struct PersonalIdentityNumber: Hashable, Sendable {
    /// What sort of number it is.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// Swedish personal identity number (folkbokföringslagen §18). An immunity number (§18 b, given to diplomats) is
        /// one in form and in the registers, so it is read as one.
        case personnummer
        /// Swedish coordination number: the day has 60 added, month and day may be unknown.
        case samordningsnummer
        /// Danish number of the Central Person Register.
        case cprNumber
    }

    /// What sort of number it is.
    public let kind: Kind
    /// The canonical digits read as one integer: twelve in Sweden, ten in Denmark (where a leading zero is not seen).
    let digits: UInt64

    init(kind: Kind, digits: UInt64) {
        self.kind = kind
        self.digits = digits
    }

    /// The country whose number it is.
    public var country: Country { kind == .cprNumber ? .denmark : .sweden }

    /// The canonical form: Sweden twelve digits `YYYYMMDDNNNC`, Denmark ten digits `DDMMYYSSSS`.
    public var canonical: Sensitive<String> {
        Sensitive(Self.padded(digits, to: country == .sweden ? 12 : 10))
    }

    /// The ten digits without century and separator: Sweden `YYMMDDNNNC`, Denmark `DDMMYYSSSS`.
    ///
    /// In Sweden people of different centuries may share them.
    public var shortDigits: Sensitive<String> {
        Sensitive(Self.padded(digits % 10_000_000_000, to: 10))
    }

    static func padded(_ value: UInt64, to width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

/// Why a text is no number of the country.
public enum NumberError: Error, Sendable, Hashable {
    /// Not a number of that country in any written form: wrong characters, length, date, or check digit.
    case malformed
    /// A number in form, but one that is in no population register: reserve, interim and region numbers of Swedish health
    /// care, Danish replacement numbers. Nobody can be found by it.
    case unsupported
}

extension PersonalIdentityNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind, never the digits.
    public var description: String { "‹\(kind)›" }

    /// The kind, never the digits.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
