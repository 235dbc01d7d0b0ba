/// Reads JSON from left to right. Each method returns nil, or false, where the grammar is broken.
///
/// By hand, since Foundation's decoder guesses at encodings, silently keeps one of two members of the same name, and costs
/// many times as much. It lives for one call of a ``JSONText``, which lends it the bytes; nothing is read but `current`,
/// which minds their end, and what lies before it.
struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position: Int

    init(bytes: UnsafeBufferPointer<UInt8>, position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The one value that a whole text is.
    ///
    /// - Parameter members: receives its members, where it is an object.
    mutating func text(members: inout [JSONText.Member]) -> JSONValue? {
        skipSpace()
        let start = position
        let value: JSONValue?
        if current == 0x7B {
            members.reserveCapacity(12)
            let isObject = object(depth: 0) { members.append(JSONText.Member(name: $0, value: $1)) }
            value = isObject ? JSONValue(kind: .object, range: start..<position) : nil
        } else {
            value = self.value(depth: 0)
        }
        skipSpace()
        return position == bytes.count ? value : nil
    }

    /// The elements of an array that was read before.
    mutating func elements() -> [JSONValue] {
        var elements: [JSONValue] = []
        _ = array(depth: 0) { elements.append($0) }
        return elements
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func value(depth: Int) -> JSONValue? {
        guard depth <= JSONText.maximumDepth else { return nil }
        skipSpace()
        if current == 0x22 { return string() }
        let start = position
        guard let kind = kind(depth: depth) else { return nil }
        return JSONValue(kind: kind, range: start..<position)
    }

    /// What a value other than a string is.
    private mutating func kind(depth: Int) -> JSONValue.Kind? {
        switch current {
        case 0x7B: object(depth: depth) { _, _ in } ? .object : nil
        case 0x5B: array(depth: depth) { _ in } ? .array : nil
        case 0x6E: literal("null") ? .null : nil
        case 0x74: literal("true") ? .other : nil
        case 0x66: literal("false") ? .other : nil
        default: number() ? .other : nil
        }
    }

    private mutating func object(depth: Int, member: (_ name: JSONValue, _ value: JSONValue) -> Void) -> Bool {
        position += 1
        skipSpace()
        if take(0x7D) { return true }
        while true {
            skipSpace()
            guard current == 0x22, let name = string() else { return false }
            skipSpace()
            guard take(0x3A), let value = value(depth: depth + 1) else { return false }
            member(name, value)
            skipSpace()
            if take(0x7D) { return true }
            guard take(0x2C) else { return false }
        }
    }

    private mutating func array(depth: Int, element: (JSONValue) -> Void) -> Bool {
        position += 1
        skipSpace()
        if take(0x5D) { return true }
        while true {
            guard let value = value(depth: depth + 1) else { return false }
            element(value)
            skipSpace()
            if take(0x5D) { return true }
            guard take(0x2C) else { return false }
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

    // MARK: Strings

    private mutating func string() -> JSONValue? {
        position += 1
        let start = position
        var hasEscapes = false
        while let byte = current {
            position += 1
            switch byte {
            case 0x22:
                return JSONValue(kind: .string, hasEscapes: hasEscapes, range: start..<(position - 1))
            case 0x5C:
                hasEscapes = true
                guard escaped() != nil else { return nil }
            case 0..<0x20:
                return nil
            default:
                break
            }
        }
        return nil
    }

    /// What stands from here to `end` inside of a string that was read before.
    mutating func unescaped(to end: Int) -> [UInt8] {
        var text: [UInt8] = []
        while position < end, let byte = current {
            position += 1
            if byte == 0x5C, let scalar = escaped(), let encoded = UTF8.encode(scalar) {
                text.append(contentsOf: encoded)
            } else {
                text.append(byte)
            }
        }
        return text
    }

    /// What an escape means; its reverse solidus is read.
    private mutating func escaped() -> Unicode.Scalar? {
        guard let byte = current else { return nil }
        position += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: return Unicode.Scalar(byte)
        case 0x62: return "\u{8}"
        case 0x66: return "\u{C}"
        case 0x6E: return "\n"
        case 0x72: return "\r"
        case 0x74: return "\t"
        case 0x75: return scalarByNumber()
        default: return nil
        }
    }

    /// The scalar behind `\u`, joined with a second escape where the first is half of a surrogate pair.
    private mutating func scalarByNumber() -> Unicode.Scalar? {
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
