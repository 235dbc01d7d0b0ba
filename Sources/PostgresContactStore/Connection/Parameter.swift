/// A parameter of a statement, in PostgreSQL's binary form.
struct Parameter: Sendable {
    /// The type's object id (`pg_type.dat`).
    let type: UInt32
    /// The bytes; nil is NULL.
    let bytes: [UInt8]?

    static func text(_ value: String?) -> Parameter {
        Parameter(type: 25, bytes: value.map { Array($0.utf8) })
    }

    static func integer(_ value: Int64) -> Parameter {
        Parameter(type: 20, bytes: bigEndian(value))
    }

    static func bytes(_ value: [UInt8]) -> Parameter {
        Parameter(type: 17, bytes: value)
    }

    /// The sixteen bytes of a UUID.
    static func uuid(_ bytes: [UInt8]) -> Parameter {
        Parameter(type: 2_950, bytes: bytes)
    }

    static func texts(_ values: some Sequence<String>) -> Parameter {
        var array = ArrayParameter(.text)
        for value in values { array.append(value) }
        return array.parameter
    }
}

/// An array as a parameter: one column of many rows, written value by value into the form that goes over the wire.
///
/// Binary arrays, since the text form has to be quoted value by value on one side and parsed on the other.
struct ArrayParameter: Sendable {
    enum Element: Sendable {
        case boolean
        case bytes
        case integer
        case smallInteger
        case text
        case timestamp
        case uuid

        /// The element's type and the array's.
        var types: (element: UInt32, array: UInt32) {
            switch self {
            case .boolean: (16, 1_000)
            case .bytes: (17, 1_001)
            case .integer: (20, 1_016)
            case .smallInteger: (21, 1_005)
            case .text: (25, 1_009)
            case .timestamp: (1_184, 1_185)
            case .uuid: (2_950, 2_951)
            }
        }
    }

    private let element: Element
    private var buffer: [UInt8]
    private(set) var count: Int32 = 0
    private var hasNull = false

    /// The array's head: dimensions, whether there is a NULL, the element's type, length, lower bound.
    private static let headLength = 20

    init(_ element: Element) {
        self.element = element
        buffer = Array(repeating: 0, count: Self.headLength)
    }

    var parameter: Parameter {
        guard count > 0 else {
            return Parameter(
                type: element.types.array,
                bytes: bigEndian(Int32(0)) + bigEndian(Int32(0)) + bigEndian(element.types.element))
        }
        var bytes = buffer
        let head =
            bigEndian(Int32(1)) + bigEndian(Int32(hasNull ? 1 : 0)) + bigEndian(element.types.element)
            + bigEndian(count) + bigEndian(Int32(1))
        bytes.replaceSubrange(0..<Self.headLength, with: head)
        return Parameter(type: element.types.array, bytes: bytes)
    }

    mutating func appendNull() {
        hasNull = true
        append(length: -1)
    }

    mutating func append(_ value: Bool) {
        append(length: 1)
        buffer.append(value ? 1 : 0)
    }

    mutating func append(_ value: String) {
        var value = value
        value.withUTF8 { text in
            append(length: Int32(text.count))
            buffer.append(contentsOf: text)
        }
    }

    /// Bytes, or the sixteen of a UUID.
    mutating func append(_ value: [UInt8]) {
        append(length: Int32(value.count))
        buffer.append(contentsOf: value)
    }

    /// The sixteen bytes of a UUID, as two halves.
    mutating func append(_ words: (high: UInt64, low: UInt64)) {
        append(length: 16)
        append(bigEndian: words.high)
        append(bigEndian: words.low)
    }

    mutating func append(_ value: Int64) {
        append(length: 8)
        append(bigEndian: value)
    }

    mutating func append(_ value: Int16) {
        append(length: 2)
        append(bigEndian: value)
    }

    private mutating func append(length: Int32) {
        count += 1
        append(bigEndian: length)
    }

    private mutating func append(bigEndian value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { buffer.append(contentsOf: $0) }
    }
}

private func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}
