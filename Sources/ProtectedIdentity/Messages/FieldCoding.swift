/// Writes fields one behind the other: integers big endian, strings with their length in 32 bits.
struct FieldWriter {
    private(set) var bytes: [UInt8]

    init() {
        bytes = []
        bytes.reserveCapacity(224)
    }

    mutating func append(tag byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(_ integer: Int64) {
        bytes.append(bigEndian: integer)
    }

    mutating func append(count: Int) {
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: count))
    }

    mutating func append(_ string: String) {
        var string = string
        string.withUTF8 { text in
            append(count: text.count)
            bytes.append(contentsOf: text)
        }
    }
}

/// Reads what `FieldWriter` wrote, and throws on anything else.
struct FieldReader {
    private var rest: ArraySlice<UInt8>

    init(bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() throws(StoredOutcomeError) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .corrupt }
        return byte
    }

    mutating func integer() throws(StoredOutcomeError) -> Int64 {
        var value: Int64 = 0
        for _ in 0..<8 { value = value << 8 | Int64(try byte()) }
        return value
    }

    /// A count of things that take at least a byte each: more than there are bytes left is damage, not a reason to
    /// reserve memory.
    mutating func count() throws(StoredOutcomeError) -> Int {
        var value = 0
        for _ in 0..<4 { value = value << 8 | Int(try byte()) }
        guard value <= rest.count else { throw .corrupt }
        return value
    }

    mutating func string() throws(StoredOutcomeError) -> String {
        let length = try count()
        guard let string = String(validUTF8: rest.prefix(length)) else { throw .corrupt }
        rest = rest.dropFirst(length)
        return string
    }
}
