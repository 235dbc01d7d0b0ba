/// Finds numbers that nobody has named and that can hardly be anything else: twelve digits that are a Swedish number, and
/// six or eight with a `-`, `+` or space before four more that are a Swedish or Danish one.
///
/// Ten digits in a row are none: an order number is one as easily, and feeds and registries need their keys back.
enum UnmistakableNumber {
    /// Whether there is one in a text.
    static func stands(in text: String) -> Bool {
        guard DigitRun.mayReach(10, in: text) else { return false }
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            guard isDigit(bytes[index]) else {
                index += 1
                continue
            }
            let run = digits(in: bytes, from: index)
            if run.count == 12, reads(bytes[run], as: [.sweden]) { return true }
            if run.count == 6 || run.count == 8, isSeparator(bytes, at: run.upperBound),
                !isWord(bytes, at: run.lowerBound - 1)
            {
                let rest = digits(in: bytes, from: run.upperBound + 1)
                let whole = bytes[run.lowerBound..<rest.upperBound]
                if rest.count == 4, !isWord(bytes, at: rest.upperBound), reads(whole, as: Country.allCases) {
                    return true
                }
            }
            index = run.upperBound
        }
        return false
    }

    /// No number is refused for lying in the future: the same text is to be judged alike for ever.
    private static let farAway = CalendarDate(epochSeconds: 7_258_118_400)

    private static func reads(_ bytes: ArraySlice<UInt8>, as countries: [Country]) -> Bool {
        countries.contains { (try? PersonalIdentityNumber.parse(utf8: bytes, country: $0, today: farAway)) != nil }
    }

    private static func digits(in bytes: [UInt8], from start: Int) -> Range<Int> {
        let end = bytes[min(start, bytes.count)...].firstIndex { !isDigit($0) } ?? bytes.count
        return min(start, bytes.count)..<end
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isSeparator(_ bytes: [UInt8], at index: Int) -> Bool {
        bytes.indices.contains(index) && [0x20, 0x2B, 0x2D].contains(bytes[index])
    }

    private static func isWord(_ bytes: [UInt8], at index: Int) -> Bool {
        guard bytes.indices.contains(index) else { return false }
        return isDigit(bytes[index]) || (0x41...0x5A).contains(bytes[index] & 0xDF) || bytes[index] >= 0x80
    }
}
