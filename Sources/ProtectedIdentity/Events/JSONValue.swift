/// A JSON text (RFC 8259) as far as events need it: strings, arrays and objects. Numbers and literals are checked for their
/// form and not kept.
enum JSONValue {
    case null
    case string(String)
    case array([JSONValue])
    case object([(name: String, value: JSONValue)])
    /// A number, `true` or `false`.
    case other

    /// How deep arrays and objects may lie in each other: far beyond any event, far from the end of the stack.
    static let maximumDepth = 64

    /// The one place where bytes become JSON: nil where they are none, whether for their grammar, their UTF-8, a lone
    /// surrogate, or their depth. A byte order mark is skipped, as RFC 8259 section 8.1 allows.
    static func parse(_ bytes: ArraySlice<UInt8>) -> JSONValue? {
        let hasMark = bytes.first == 0xEF && bytes.prefix(3).elementsEqual([0xEF, 0xBB, 0xBF])
        return (hasMark ? bytes.dropFirst(3) : bytes).withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes: bytes)
            guard let value = reader.value(depth: 0) else { return nil }
            reader.skipSpace()
            return reader.isAtEnd ? value : nil
        }
    }
}

/// Reads JSON from left to right. Each method returns nil where the grammar is broken.
///
/// By hand, since Foundation's decoder guesses at encodings, silently keeps one of two members of the same name, and costs
/// several times as much. It lives for one call of ``JSONValue/parse(_:)``, which lends it the bytes; nothing is read but
/// `current`, which minds their end, and what lies before it.
private struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    mutating func value(depth: Int) -> JSONValue? {
        guard depth <= JSONValue.maximumDepth else { return nil }
        skipSpace()
        switch current {
        case 0x22: return string().map(JSONValue.string)
        case 0x7B: return object(depth: depth)
        case 0x5B: return array(depth: depth)
        case 0x6E: return literal("null") ? .null : nil
        case 0x74: return literal("true") ? .other : nil
        case 0x66: return literal("false") ? .other : nil
        default: return number() ? .other : nil
        }
    }

    private mutating func object(depth: Int) -> JSONValue? {
        position += 1
        var members: [(name: String, value: JSONValue)] = []
        skipSpace()
        if take(0x7D) { return .object(members) }
        while true {
            skipSpace()
            guard current == 0x22, let name = string() else { return nil }
            skipSpace()
            guard take(0x3A), let value = value(depth: depth + 1) else { return nil }
            members.append((name, value))
            skipSpace()
            if take(0x7D) { return .object(members) }
            guard take(0x2C) else { return nil }
        }
    }

    private mutating func array(depth: Int) -> JSONValue? {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(0x5D) { return .array(elements) }
        while true {
            guard let element = value(depth: depth + 1) else { return nil }
            elements.append(element)
            skipSpace()
            if take(0x5D) { return .array(elements) }
            guard take(0x2C) else { return nil }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func literal(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { expected in
            guard bytes[position...].starts(with: expected) else { return false }
            position += expected.count
            return true
        }
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    private mutating func number() -> Bool {
        _ = take(0x2D)
        if !take(0x30) { guard digits() else { return false } }
        if take(0x2E) { guard digits() else { return false } }
        if take(0x65) || take(0x45) {
            if !take(0x2B) { _ = take(0x2D) }
            guard digits() else { return false }
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
        return position > start
    }

    private mutating func string() -> String? {
        position += 1
        let start = position
        while let byte = current {
            switch byte {
            case 0x22:
                position += 1
                return String(validUTF8: UnsafeBufferPointer(rebasing: bytes[start..<(position - 1)]))
            case 0x5C:
                return stringWithEscapes(from: start)
            case 0..<0x20:
                return nil
            default:
                position += 1
            }
        }
        return nil
    }

    private mutating func stringWithEscapes(from start: Int) -> String? {
        var text = Array(bytes[start..<position])
        while let byte = current {
            position += 1
            switch byte {
            case 0x22:
                return text.withUnsafeBufferPointer { String(validUTF8: $0) }
            case 0x5C:
                guard escape(into: &text) else { return nil }
            case 0..<0x20:
                return nil
            default:
                text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape(into text: inout [UInt8]) -> Bool {
        guard let byte = current else { return false }
        position += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: text.append(byte)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0C)
        case 0x6E: text.append(0x0A)
        case 0x72: text.append(0x0D)
        case 0x74: text.append(0x09)
        case 0x75:
            guard let scalar = escapedScalar() else { return false }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: return false
        }
        return true
    }

    /// The scalar behind `\u`, joined with a second escape where the first is half of a surrogate pair.
    private mutating func escapedScalar() -> Unicode.Scalar? {
        guard let first = fourHexadecimalDigits() else { return nil }
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) }
        guard take(0x5C), take(0x75), let second = fourHexadecimalDigits(), (0xDC00...0xDFFF).contains(second) else {
            return nil
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func fourHexadecimalDigits() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Hexadecimal.value(byte) else { return nil }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
