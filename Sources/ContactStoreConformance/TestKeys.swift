import ProtectedIdentity

/// Digest keys that protect nothing.
enum TestKeys {
    private static let old = "old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
    private static let new = "new:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="

    /// One key.
    static func single() throws -> DigestKeyring { try DigestKeyring(parsing: old) }

    /// A new key that writes, and the old one.
    static func rotated() throws -> DigestKeyring { try DigestKeyring(parsing: "\(new),\(old)") }
}
