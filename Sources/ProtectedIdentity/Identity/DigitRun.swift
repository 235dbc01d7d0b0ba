/// The quick look at a text that tells most of them apart from any number's written form, without a copy.
enum DigitRun {
    /// Whether so many digits stand in a row somewhere, separators not counted. A text with a `%`, behind which anything may
    /// be encoded, may hold any.
    static func mayReach(_ length: Int, in text: String) -> Bool {
        // Nearly every text stands in one piece, and is read several times as fast there.
        text.utf8.withContiguousStorageIfAvailable { mayReach(length, in: $0) } ?? mayReach(length, in: text.utf8)
    }

    private static func mayReach(_ length: Int, in text: some Sequence<UInt8>) -> Bool {
        var run = 0
        for byte in text {
            switch byte {
            case 0x30...0x39:
                run += 1
                if run >= length { return true }
            case 0x25: return true
            case 0x41...0x5A, 0x61...0x7A, 0x80...: run = 0
            default: break
            }
        }
        return length <= 0
    }
}
