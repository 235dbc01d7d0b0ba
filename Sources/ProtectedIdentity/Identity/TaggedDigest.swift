/// A digest and the id of the key that made it. As bytes: the length of the id, the id, 32 bytes.
///
/// The id stands in front, so that rows of one key are found by a prefix. In memory both are plain values: digests are the
/// keys of most look-ups, and are copied and compared at every turn.
struct TaggedDigest: HashedByDigest, Comparable, Sendable {
    static let digestLength = 32

    let keyID: String
    /// The digest's first half.
    private let front: SixteenBytes
    /// Its last sixteen bytes.
    let back: SixteenBytes

    init(key: DigestKey, input: LengthPrefixed) {
        self = key.withAuthenticationCode(for: input) { TaggedDigest(keyID: key.id, digest: $0) }
    }

    init?(bytes: [UInt8]) {
        guard let length = bytes.first, bytes.count == 1 + Int(length) + Self.digestLength else { return nil }
        let keyID = String(decoding: bytes[1..<(1 + Int(length))], as: UTF8.self)
        guard DigestKey.allows(id: keyID) else { return nil }
        self = bytes.withUnsafeBytes {
            TaggedDigest(keyID: keyID, digest: UnsafeRawBufferPointer(rebasing: $0.suffix(Self.digestLength)))
        }
    }

    /// - Parameter digest: of 32 bytes.
    private init(keyID: String, digest: UnsafeRawBufferPointer) {
        self.keyID = keyID
        front = SixteenBytes(digest)
        back = SixteenBytes(UnsafeRawBufferPointer(rebasing: digest[16...]))
    }

    var bytes: [UInt8] {
        var bytes = Self.prefix(keyID: keyID)
        bytes.reserveCapacity(bytes.count + Self.digestLength)
        for word in [front.high, front.low, back.high, back.low] { bytes.append(bigEndian: word) }
        return bytes
    }

    /// The bytes with which every digest of that key begins.
    static func prefix(keyID: String) -> [UInt8] {
        [UInt8(truncatingIfNeeded: keyID.utf8.count)] + Array(keyID.utf8)
    }

    static func == (left: Self, right: Self) -> Bool {
        left.back == right.back && left.front == right.front && left.keyID == right.keyID
    }

    var digestBits: UInt64 { back.low }

    /// Order of the bytes.
    static func < (left: Self, right: Self) -> Bool {
        guard left.keyID == right.keyID else {
            return (left.keyID.utf8.count, left.keyID) < (right.keyID.utf8.count, right.keyID)
        }
        return left.front == right.front ? left.back < right.back : left.front < right.front
    }
}
