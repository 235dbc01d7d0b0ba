/// What an event says, as bytes of which a ``ContentDigest`` is taken. Holds personal values; nothing of it is printed.
public struct ContentDigestInput: Sendable, Hashable {
    let bytes: [UInt8]

    /// Of a record that could not be decoded: its value as it came. A missing value differs from an empty one.
    public init(raw value: ArraySlice<UInt8>?) {
        var parts = LengthPrefixed(label: "raw")
        if let value { parts.append(value) }
        bytes = parts.bytes
    }

    /// Of a decoded event: what its members say, put together in an order that does not depend on the record's.
    init(members: LengthPrefixed) {
        bytes = members.bytes
    }
}

extension ContentDigestInput: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder.
    public var description: String { "‹content›" }

    /// A placeholder.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
