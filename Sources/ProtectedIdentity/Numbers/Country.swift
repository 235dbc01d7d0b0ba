/// A country whose registers' rules the worker knows.
public enum Country: String, Sendable, Hashable, CaseIterable {
    /// Personnummer and samordningsnummer.
    case sweden = "SE"
    /// CPR numbers.
    case denmark = "DK"
}

/// A country code in the form of ISO 3166-1 alpha-2: any two ASCII capital letters.
///
/// Codes that ISO has not assigned are let through: such an event is *not applicable*, which is an answer, while refusing
/// it would be a guess about a list that changes.
public struct CountryCode: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The two letters.
    public let rawValue: String

    /// Fails unless `rawValue` is exactly two ASCII capital letters.
    public init?(rawValue: String) {
        guard rawValue.utf8.count == 2, rawValue.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
        self.rawValue = rawValue
    }

    /// The code of a served country.
    public init(_ country: Country) {
        rawValue = country.rawValue
    }

    /// The country, where it is one whose rules the worker knows.
    public var served: Country? { Country(of: rawValue) }

    /// The two letters.
    public var description: String { rawValue }

    /// Alphabetical order.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
