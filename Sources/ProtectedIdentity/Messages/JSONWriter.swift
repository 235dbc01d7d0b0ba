/// Writes one JSON object with its members in the order of the calls, so that the same message is the same bytes.
///
/// A writer of its own: Foundation's encoder sorts or shuffles members, and costs more than everything else here.
struct JSONWriter {
    private(set) var bytes: [UInt8]
    private var isFirst = true

    init() {
        bytes = [0x7B]
        bytes.reserveCapacity(384)
    }

    mutating func member(_ name: StaticString, _ value: String) {
        begin(name)
        append(string: value)
    }

    mutating func member(_ name: StaticString, _ value: Timestamp) {
        begin(name)
        bytes.append(0x22)
        bytes.append(contentsOf: value.utf8)
        bytes.append(0x22)
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        begin(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    mutating func member(_ name: StaticString, _ values: some Sequence<String>) {
        begin(name)
        bytes.append(0x5B)
        var needsComma = false
        for value in values {
            if needsComma { bytes.append(0x2C) }
            needsComma = true
            append(string: value)
        }
        bytes.append(0x5D)
    }

    mutating func member(_ name: StaticString, object fill: (inout JSONWriter) -> Void) {
        begin(name)
        bytes.append(0x7B)
        isFirst = true
        fill(&self)
        isFirst = false
        bytes.append(0x7D)
    }

    /// The object, closed.
    consuming func finished() -> [UInt8] {
        bytes.append(0x7D)
        return bytes
    }

    /// Names are ours, and have nothing to be escaped.
    private mutating func begin(_ name: StaticString) {
        if !isFirst { bytes.append(0x2C) }
        isFirst = false
        bytes.append(0x22)
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(0x22)
        bytes.append(0x3A)
    }

    /// RFC 8259 section 7: quotation mark, reverse solidus and control characters are escaped, nothing else.
    private mutating func append(string: String) {
        bytes.append(0x22)
        defer { bytes.append(0x22) }
        // Hardly any text has to be escaped.
        var text = string
        let isWritten = text.withUTF8 { text in
            for byte in text where byte < 0x20 || byte == 0x22 || byte == 0x5C { return false }
            bytes.append(contentsOf: text)
            return true
        }
        if isWritten { return }
        for byte in string.utf8 {
            switch byte {
            case 0x22, 0x5C:
                bytes.append(0x5C)
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(contentsOf: Hexadecimal.text(CollectionOfOne(byte)).utf8)
            default:
                bytes.append(byte)
            }
        }
    }
}
