internal import Crypto

/// A UUID of version 5 (RFC 9562 section 5.5): the same parts give the same UUID, everywhere and always.
public struct UUIDv5: Sendable, Hashable, CustomStringConvertible {
    private let value: SixteenBytes

    /// The 16 bytes.
    public var bytes: [UInt8] { value.bytes }

    /// The namespace of this project's messages, 58ff8952-f094-46cd-9e3e-46de5f6b77c2: drawn once at random. Changing it would give every
    /// message a new identity.
    static let messageNamespace: [UInt8] = [
        0x58, 0xFF, 0x89, 0x52, 0xF0, 0x94, 0x46, 0xCD, 0x9E, 0x3E, 0x46, 0xDE, 0x5F, 0x6B, 0x77, 0xC2,
    ]

    /// The UUID of a name in a namespace.
    public init(namespace: [UInt8], name: some Sequence<UInt8>) {
        var hash = Insecure.SHA1()
        namespace.withUnsafeBytes { hash.update(bufferPointer: $0) }
        Array(name).withUnsafeBytes { hash.update(bufferPointer: $0) }
        let hashed = hash.finalize().withUnsafeBytes { SixteenBytes($0) }
        // Version in the seventh byte, variant in the ninth.
        value = SixteenBytes(high: hashed.high & ~0xF000 | 0x5000, low: hashed.low & ~(3 << 62) | 1 << 63)
    }

    /// The UUID that a text writes as ``description`` does, in letters of either case; fails where it writes none.
    public init?(_ text: String) {
        let groups = text.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12] else { return nil }
        let digits = groups.joined().compactMap(Hexadecimal.value)
        guard digits.count == 32 else { return nil }
        self.init(bytes: stride(from: 0, to: 32, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    /// The UUID that a store has kept; fails unless there are 16 bytes.
    public init?(bytes: [UInt8]) {
        guard let value = SixteenBytes(bytes) else { return nil }
        self.value = value
    }

    /// The identity of a message, from what makes it this message and no other.
    init(ofMessage parts: [String]) {
        var name = LengthPrefixed(label: "message")
        for part in parts { name.append(part) }
        self.init(namespace: Self.messageNamespace, name: name.bytes)
    }

    /// Five groups of small hexadecimal digits.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { write(to: $0) }
    }

    /// ``description`` in UTF-8.
    var utf8: [UInt8] {
        Array(unsafeUninitializedCapacity: Self.textLength) { text, count in count = write(to: text) }
    }

    private static let textLength = 36

    private func write(to text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var place = 0
        for index in 0..<16 {
            let byte = value[index]
            if index == 4 || index == 6 || index == 8 || index == 10 {
                text[place] = 0x2D
                place += 1
            }
            text[place] = Hexadecimal.digit(byte >> 4)
            text[place + 1] = Hexadecimal.digit(byte & 15)
            place += 2
        }
        return place
    }
}
