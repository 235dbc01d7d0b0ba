internal import Crypto

/// The journal's key of an event: 16 bytes of SHA-256, or of HMAC-SHA-256, over what identifies it.
public struct EventKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// The 16 bytes.
    public var bytes: [UInt8] {
        Array(unsafeUninitializedCapacity: 16) { buffer, count in
            for index in 0..<8 {
                buffer[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
                buffer[8 + index] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
            }
            count = 16
        }
    }

    /// Its two halves, the first one the more significant.
    public var words: (high: UInt64, low: UInt64) { (high, low) }

    /// A key read back from a store; fails unless there are 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self = Array(bytes).withUnsafeBytes { EventKey(first16: $0) }
    }

    /// - Parameter bytes: sixteen or more.
    private init(first16 bytes: UnsafeRawBufferPointer) {
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// The key of an event's identity: of nothing else, so that other data under the same identity meets it.
    ///
    /// - Parameter key: for an identity that may hold a number, which a plain hash would give away.
    init(of identity: EventIdentity, key: DigestKey?) {
        var input = LengthPrefixed(label: "event")
        input.append(identity.source)
        input.append(identity.id)
        if let key {
            self = key.withAuthenticationCode(for: input) { EventKey(first16: $0) }
        } else {
            var hash = SHA256()
            input.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
            self = hash.finalize().withUnsafeBytes { EventKey(first16: $0) }
        }
    }

    init(
        topic: String, partition: Int32, offset: Int64, timestamp: Int64, content: some Collection<UInt8>,
        key: DigestKey
    ) {
        var input = LengthPrefixed(label: "record")
        input.append(topic)
        var coordinates: [UInt8] = []
        coordinates.append(bigEndian: partition)
        coordinates.append(bigEndian: offset)
        coordinates.append(bigEndian: timestamp)
        input.append(coordinates)
        input.append(Array(content))
        self = key.withAuthenticationCode(for: input) { EventKey(first16: $0) }
    }

    /// 32 hexadecimal digits.
    public var description: String { Hexadecimal.text(bytes) }

    /// Order of the bytes.
    public static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

extension DigestKeyring {
    /// The keys under which the journal may hold an identity, the one to write first: one, or one for each digest key where
    /// the identity may hold a number.
    public func eventKeys(of identity: EventIdentity) -> [EventKey] {
        let traces = NumberTraces.ofAnyNumber
        guard traces.areIn(identity.source) || traces.areIn(identity.id) else {
            return [EventKey(of: identity, key: nil)]
        }
        return keys.map { EventKey(of: identity, key: $0) }
    }

    /// The keys under which the journal may hold a record that has no usable identity, by where it stood, when, and what
    /// it was; the one to write first.
    ///
    /// - Parameter timestamp: of the record, in milliseconds since 1970.
    public func placeKeys(
        topic: String, partition: Int32, offset: Int64, timestamp: Int64, content: some Collection<UInt8>
    ) -> [EventKey] {
        keys.map {
            EventKey(
                topic: topic, partition: partition, offset: offset, timestamp: timestamp, content: content, key: $0)
        }
    }
}
