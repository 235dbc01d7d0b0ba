internal import Crypto

/// The journal's key of an event: 16 bytes of SHA-256, or of HMAC-SHA-256, over what identifies it.
public struct EventKey: HashedByDigest, Comparable, Sendable, CustomStringConvertible {
    private let value: SixteenBytes

    /// The 16 bytes.
    public var bytes: [UInt8] { value.bytes }

    /// Its second half.
    public var digestBits: UInt64 { value.low }

    /// Its two halves, the first one the more significant.
    public var words: (high: UInt64, low: UInt64) { (value.high, value.low) }

    /// A key read back from a store; fails unless there are 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard let value = SixteenBytes(bytes) else { return nil }
        self.value = value
    }

    /// The key of an event's identity: of nothing else, so that other data under the same identity meets it.
    ///
    /// - Parameter key: for an identity that may hold a number, which a plain hash would give away.
    init(of identity: EventIdentity, key: DigestKey?) {
        var input = LengthPrefixed(label: "event")
        input.append(identity.source)
        input.append(identity.id)
        if let key {
            value = key.withAuthenticationCode(for: input) { SixteenBytes($0) }
        } else {
            var hash = SHA256()
            input.bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
            value = hash.finalize().withUnsafeBytes { SixteenBytes($0) }
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
        value = key.withAuthenticationCode(for: input) { SixteenBytes($0) }
    }

    /// 32 hexadecimal digits.
    public var description: String { Hexadecimal.text(bytes) }

    /// Order of the bytes.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
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
