/// A keyed digest of what an event says, to tell *the same again* from *the same identity with other data*.
///
/// It is comparable only under the key whose id it carries.
public struct ContentDigest: Hashable, Sendable {
    private let digest: TaggedDigest

    /// The digest as stores keep it: one byte with the length of the key's id, the id, 32 bytes.
    public var bytes: [UInt8] { digest.bytes }

    /// The id of the key that made it.
    public var keyID: String { digest.keyID }

    /// A digest read back from a store; fails where the bytes are none.
    public init?(bytes: [UInt8]) {
        guard let digest = TaggedDigest(bytes: bytes) else { return nil }
        self.digest = digest
    }

    init(_ content: ContentDigestInput, key: DigestKey) {
        var input = LengthPrefixed(label: "content")
        input.append(content.bytes)
        digest = TaggedDigest(key: key, input: input)
    }
}

extension DigestKeyring {
    /// The digest of what an event says, under the writing key.
    public func contentDigest(of content: ContentDigestInput) -> ContentDigest {
        ContentDigest(content, key: writing)
    }

    /// Whether `digest` was taken of `content`; nil where its key is no longer in the ring and nobody can tell.
    public func matches(_ digest: ContentDigest, _ content: ContentDigestInput) -> Bool? {
        key(id: digest.keyID).map { ContentDigest(content, key: $0) == digest }
    }
}

extension ContentDigest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key's id, not the digest.
    public var description: String { "‹content under \(keyID)›" }

    /// The key's id.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
