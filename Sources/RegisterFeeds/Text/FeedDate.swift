internal import ProtectedIdentity

extension FeedMoment {
    /// The years in which a register says something; 9999 and 0001 are its ways of saying nothing.
    private static let years = 1_900...2_999

    /// Reads `YYYY-MM-DD`, `YYYYMMDD`, either with a local time of day behind it (which is left out: the day is what is
    /// certain), or a date-time of RFC 3339 with its offset. Fails on anything else.
    init?(_ text: some StringProtocol) {
        self.init(Array(text.utf8)[...])
    }

    /// As of a text, from bytes.
    init?(_ text: ArraySlice<UInt8>) {
        if text.count > 10, let moment = Timestamp(rfc3339: String(decoding: text, as: UTF8.self)),
            Self.years.contains(moment.date.year)
        {
            self = .moment(moment)
        } else if let day = Self.day(text) {
            self = .day(day)
        } else {
            return nil
        }
    }

    private static func day(_ text: ArraySlice<UInt8>) -> CalendarDate? {
        let isLong = text.count >= 10 && text[text.startIndex + 4] == 0x2D && text[text.startIndex + 7] == 0x2D
        let width = isLong ? 10 : 8
        guard text.count >= width, isTimeOfDay(text.dropFirst(width)) else { return nil }
        let digits = text.prefix(width)
        guard let year = value(digits.prefix(4)), let day = value(digits.suffix(2)), years.contains(year),
            let month = value(digits.dropFirst(isLong ? 5 : 4).prefix(2))
        else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    /// Nothing, `T10:15…` or ` 10:15…`, or four to six further digits.
    private static func isTimeOfDay(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first else { return true }
        if first == 0x20 || first | 0x20 == 0x74 {
            return text.dropFirst().allSatisfy { (0x30...0x3A).contains($0) || $0 == 0x2E }
        }
        return [4, 6].contains(text.count) && text.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func value(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }
}
