/// Whose contact registry: `[a-z0-9][a-z0-9-]{0,63}`.
public struct TenantName: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name as written.
    public let rawValue: String

    /// Fails unless `rawValue` is 1 to 64 ASCII small letters, digits and hyphens, the first of them no hyphen.
    public init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard let first = bytes.first, first != 0x2D, bytes.count <= 64, bytes.allSatisfy(Self.allows) else {
            return nil
        }
        self.rawValue = rawValue
    }

    private static func allows(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
    }

    /// The name; a tenant is an organisation, not a person.
    public var description: String { rawValue }

    /// Order of the bytes.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
