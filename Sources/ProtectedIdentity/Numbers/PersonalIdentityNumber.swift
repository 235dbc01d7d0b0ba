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

    /// Hashes the digits alone, which few numbers of different kinds share.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(digits)
    }

    /// The country whose number it is.
    public var country: Country { kind == .cprNumber ? .denmark : .sweden }

    /// The canonical form: Sweden twelve digits `YYYYMMDDNNNC`, Denmark ten digits `DDMMYYSSSS`.
    public var canonical: Sensitive<String> {
        Sensitive(String(decoding: canonicalDigits, as: UTF8.self))
    }

    /// The ten digits without century and separator: Sweden `YYMMDDNNNC`, Denmark `DDMMYYSSSS`.
    ///
    /// In Sweden people of different centuries may share them.
    public var shortDigits: Sensitive<String> {
        Sensitive(String(decoding: tenDigits, as: UTF8.self))
    }

    /// ``shortDigits`` as one integer.
    var lastTenDigits: UInt64 { digits % 10_000_000_000 }

    /// ``canonical`` as ASCII.
    var canonicalDigits: [UInt8] { Self.padded(digits, to: country == .sweden ? 12 : 10) }

    /// ``shortDigits`` as ASCII.
    var tenDigits: [UInt8] { Self.padded(digits, to: 10) }

    /// The last digits of a number, with zeros before it.
    private static func padded(_ value: UInt64, to width: Int) -> [UInt8] {
        Array(unsafeUninitializedCapacity: width) { digits, count in
            var rest = value
            for place in stride(from: width - 1, through: 0, by: -1) {
                digits[place] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                rest /= 10
            }
            count = width
        }
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
