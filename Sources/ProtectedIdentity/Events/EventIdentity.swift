/// What makes an event one: the pair of its `source` and `id` (CloudEvents 1.0).
///
/// The strings come from upstream unseen; a feed may have put a number into them, so they are not printed. What may be
/// published of them is an ``EventReference``.
public struct EventIdentity: Sendable, Hashable {
    /// The `source` attribute, 1 to 1024 bytes.
    public let source: String
    /// The `id` attribute, 1 to 1024 bytes.
    public let id: String

    /// The longest `source` or `id`, in bytes of UTF-8.
    public static let maximumBytes = 1_024

    /// Fails where one of the strings is empty, over-long, or holds a control character, which CloudEvents forbids.
    public init?(source: String, id: String) {
        guard Self.allows(source), Self.allows(id) else { return nil }
        self.source = source
        self.id = id
    }

    static func allows(_ text: String) -> Bool {
        let bytes = text.utf8
        return !bytes.isEmpty && bytes.count <= maximumBytes && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// Byte for byte, as stores compare.
    public static func == (left: Self, right: Self) -> Bool {
        left.source.hasSameBytes(as: right.source) && left.id.hasSameBytes(as: right.id)
    }

    /// Hashes both strings; what is equal byte for byte hashes alike.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(source)
        hasher.combine(id)
    }
}

extension EventIdentity: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder.
    public var description: String { "‹event identity›" }

    /// A placeholder.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
