/// A digest and the id of the key that made it, in one row of bytes: the length of the id, the id, 32 bytes.
///
/// The id stands in front, so that rows of one key are found by a prefix.
struct TaggedDigest: Hashable, Sendable {
    static let digestLength = 32

    let bytes: [UInt8]

    init(key: DigestKey, input: LengthPrefixed) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 + key.id.utf8.count + Self.digestLength)
        bytes.append(UInt8(truncatingIfNeeded: key.id.utf8.count))
        bytes.append(contentsOf: key.id.utf8)
        key.withAuthenticationCode(for: input) { bytes.append(contentsOf: $0) }
        self.bytes = bytes
    }

    init?(bytes: [UInt8]) {
        guard let length = bytes.first, bytes.count == 1 + Int(length) + Self.digestLength,
            DigestKey.allows(id: String(decoding: bytes.dropFirst().prefix(Int(length)), as: UTF8.self))
        else { return nil }
        self.bytes = bytes
    }

    /// The last eight bytes say enough: they are as good as random.
    func hash(into hasher: inout Hasher) {
        hasher.combine(bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: $0.count - 8, as: UInt64.self) })
    }

    var keyID: String {
        String(decoding: bytes.dropFirst().dropLast(Self.digestLength), as: UTF8.self)
    }

    /// The bytes with which every digest of that key begins.
    static func prefix(keyID: String) -> [UInt8] {
        [UInt8(truncatingIfNeeded: keyID.utf8.count)] + Array(keyID.utf8)
    }
}
