internal import Crypto

/// The journal's key of an event: 16 bytes of SHA-256 over what identifies it.
public struct EventKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// The 16 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        bytes.append(bigEndian: high)
        bytes.append(bigEndian: low)
        return bytes
    }

    /// A key read back from a store; fails unless there are 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(first16: bytes)
    }

    init(hashing input: LengthPrefixed) {
        self.init(first16: SHA256.hash(data: input.bytes))
    }

    private init(first16 bytes: some Sequence<UInt8>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in bytes.prefix(16).enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        self.high = high
        self.low = low
    }

    /// The key of an event's identity. The strings must be free of numbers (``Pseudonymiser`` sees to that): the hash has
    /// no secret in it.
    init(source: String, id: String) {
        var input = LengthPrefixed(label: "event")
        input.append(source.utf8)
        input.append(id.utf8)
        self.init(hashing: input)
    }

    /// The key of a record that has no usable identity: where it stood, when, and what it was.
    ///
    /// - Parameters:
    ///   - timestamp: of the record, in milliseconds since 1970.
    ///   - contentHash: best a ``ContentDigest``'s bytes; a plain hash of so little could be undone by trying.
    public static func ofRecord(
        topic: String, partition: Int32, offset: Int64, timestamp: Int64, contentHash: some Collection<UInt8>
    ) -> EventKey {
        var input = LengthPrefixed(label: "record")
        input.append(topic.utf8)
        var coordinates: [UInt8] = []
        coordinates.append(bigEndian: partition)
        coordinates.append(bigEndian: offset)
        coordinates.append(bigEndian: timestamp)
        input.append(coordinates)
        input.append(contentHash)
        return EventKey(hashing: input)
    }

    /// 32 hexadecimal digits.
    public var description: String { Hexadecimal.text(bytes) }

    /// Order of the bytes.
    public static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
