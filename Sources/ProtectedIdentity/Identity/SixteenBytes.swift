/// The sixteen bytes of an identity, as two plain words: an array of them would be an allocation each, and counted at every
/// copy.
struct SixteenBytes: Hashable, Comparable, Sendable {
    /// The first eight bytes, the most significant one first.
    let high: UInt64
    /// The last eight, likewise.
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The first sixteen of sixteen or more bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// Fails unless there are sixteen.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self = Array(bytes).withUnsafeBytes { SixteenBytes($0) }
    }

    /// The byte at a place below sixteen.
    subscript(place: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: (place < 8 ? high : low) >> UInt64(56 - 8 * (place & 7)))
    }

    var bytes: [UInt8] {
        Array(unsafeUninitializedCapacity: 16) { buffer, count in
            UnsafeMutableRawBufferPointer(buffer).storeBytes(of: high.bigEndian, as: UInt64.self)
            UnsafeMutableRawBufferPointer(buffer).storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            count = 16
        }
    }

    /// Order of the bytes.
    static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
