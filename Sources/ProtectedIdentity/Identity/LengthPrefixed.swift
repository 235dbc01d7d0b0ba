/// Bytes of several parts, each with its length before it, so that `("ab", "c")` and `("a", "bc")` never hash alike.
///
/// The label comes first and keeps digests of different things under one key apart.
struct LengthPrefixed {
    private(set) var bytes: [UInt8] = []

    init(label: String) {
        bytes.reserveCapacity(320)
        append(label)
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    mutating func append(_ part: [UInt8]) {
        part.withUnsafeBufferPointer { append($0) }
    }

    mutating func append(_ part: UnsafeBufferPointer<UInt8>) {
        append(count: part.count)
        bytes.append(contentsOf: part)
    }

    /// A number of 32 bits, big endian. Parts are of bounded input, far below that.
    mutating func append(count: Int) {
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: count))
    }
}

extension [UInt8] {
    /// Appends an integer, most significant byte first.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
