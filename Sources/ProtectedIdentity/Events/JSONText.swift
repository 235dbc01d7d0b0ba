/// Bytes that are a JSON text from end to end, and where its members stand: the one place where bytes become JSON.
///
/// A record is looked at once. What is kept of it are places; strings are made of those few that are asked for.
struct JSONText: Sendable {
    /// A member of the object that the text is.
    struct Member: Sendable {
        let name: JSONValue
        let value: JSONValue
    }

    /// What the text is.
    let value: JSONValue
    /// The members in the order of the text; none where it is no object.
    let members: [Member]
    /// Without a byte order mark; ranges count from its beginning.
    private let bytes: ArraySlice<UInt8>

    /// How deep arrays and objects may lie in each other: far beyond any event, far from the end of the stack.
    static let maximumDepth = 64

    /// Fails where the bytes are no JSON, whether for their grammar, their UTF-8, a lone surrogate, or their depth. A byte
    /// order mark is skipped, as RFC 8259 section 8.1 allows.
    init?(_ bytes: ArraySlice<UInt8>) {
        let hasMark = bytes.first == 0xEF && bytes.prefix(3).elementsEqual([0xEF, 0xBB, 0xBF])
        self.init(whole: hasMark ? bytes.dropFirst(3) : bytes)
    }

    private init?(whole bytes: ArraySlice<UInt8>) {
        let read = bytes.withUnsafeBufferPointer { bytes -> (JSONValue, [Member])? in
            // Outside of strings the grammar leaves no byte but ASCII, and escapes never stand inside a character: if the
            // whole is UTF-8, each string is.
            guard bytes.areUTF8 else { return nil }
            var reader = JSONReader(bytes: bytes)
            var members: [Member] = []
            guard let value = reader.text(members: &members) else { return nil }
            return (value, members)
        }
        guard let read else { return nil }
        (value, members) = read
        self.bytes = bytes
    }

    /// An object that stands in the text, as a text of its own; nil where `value` is none.
    func object(_ value: JSONValue) -> JSONText? {
        guard value.kind == .object else { return nil }
        return JSONText(whole: bytes.dropFirst(value.range.lowerBound).prefix(value.range.count))
    }

    /// What a string says; nil where `value` is none.
    func string(_ value: JSONValue) -> String? {
        withString(value) { String(decoding: $0, as: UTF8.self) }
    }

    /// What the strings of an array say; nil where `value` is no array, or has an element that is no string.
    func strings(_ value: JSONValue) -> [String]? {
        guard value.kind == .array else { return nil }
        let elements = bytes.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes: bytes, position: value.range.lowerBound)
            return reader.elements()
        }
        let strings = elements.compactMap(string)
        return strings.count == elements.count ? strings : nil
    }

    /// Lends what a string says, in UTF-8; nil where `value` is none.
    func withString<Result>(_ value: JSONValue, _ body: (UnsafeBufferPointer<UInt8>) -> Result?) -> Result? {
        guard value.kind == .string else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            guard value.hasEscapes else { return body(UnsafeBufferPointer(rebasing: bytes[value.range])) }
            var reader = JSONReader(bytes: bytes, position: value.range.lowerBound)
            return reader.unescaped(to: value.range.upperBound).withUnsafeBufferPointer(body)
        }
    }
}
