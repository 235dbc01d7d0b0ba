/// What an event says, as bytes of which a ``ContentDigest`` is taken. Holds personal values; nothing of it is printed.
public struct ContentDigestInput: Sendable, Hashable {
    private enum Content: Sendable, Hashable {
        /// Not copied before it is needed, which it seldom is.
        case raw(ArraySlice<UInt8>?)
        case members([UInt8])
    }

    private let content: Content

    /// Of a record that could not be decoded: its value as it came. A missing value differs from an empty one.
    public init(raw value: ArraySlice<UInt8>?) {
        content = .raw(value)
    }

    /// Of a decoded event: what its members say, put together in an order that does not depend on the record's.
    init(members: LengthPrefixed) {
        content = .members(members.bytes)
    }

    var bytes: [UInt8] {
        switch content {
        case .members(let bytes): return bytes
        case .raw(let value):
            var parts = LengthPrefixed(label: "raw")
            if let value { value.withUnsafeBufferPointer { parts.append($0) } }
            return parts.bytes
        }
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
