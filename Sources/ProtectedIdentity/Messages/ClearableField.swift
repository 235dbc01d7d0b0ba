/// A field of a contact that is cleared, by the name in which outcomes speak of it.
public struct ClearableField: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name; of the registry's layout, never a value.
    public let rawValue: String

    /// A field of that name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The person's names.
    public static let name = ClearableField(rawValue: "name")
    /// The address in all its parts.
    public static let address = ClearableField(rawValue: "address")
    /// The personal identity number.
    public static let personalIdentityNumber = ClearableField(rawValue: "personalIdentityNumber")

    /// The name.
    public var description: String { rawValue }

    /// Alphabetical order.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
