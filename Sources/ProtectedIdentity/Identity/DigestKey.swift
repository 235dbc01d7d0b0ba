public import Crypto

/// A secret key under which numbers are remembered, with the id by which rows name it.
public struct DigestKey: Sendable, Equatable {
    /// The key's name in rows and metrics: `[A-Za-z0-9_-]{1,16}`. No secret.
    public let id: String
    let key: SymmetricKey
    private let keyed: KeyedHash

    /// The shortest key that is accepted, in bytes: the length of the digest.
    public static let minimumBytes = 32

    /// Fails where the id has another form or the key is shorter than 32 bytes.
    public init?(id: String, key: SymmetricKey) {
        guard Self.allows(id: id), key.bitCount >= Self.minimumBytes * 8 else { return nil }
        self.id = id
        self.key = key
        keyed = KeyedHash(key: key)
    }

    static func allows(id: String) -> Bool {
        (1...16).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
                default: false
                }
            }
    }

    func authenticationCode(for input: LengthPrefixed) -> [UInt8] {
        withAuthenticationCode(for: input) { Array($0) }
    }

    /// Lends the code of an input.
    func withAuthenticationCode<Result>(
        for input: LengthPrefixed, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        keyed.withCode(for: input.bytes, body)
    }

    /// Equal under the same name with the same secret.
    public static func == (left: DigestKey, right: DigestKey) -> Bool {
        left.id == right.id && left.key == right.key
    }
}

extension DigestKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The id alone.
    public var description: String { "‹digest key \(id)›" }

    /// The id alone.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
