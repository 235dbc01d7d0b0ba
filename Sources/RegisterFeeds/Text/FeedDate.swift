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

    /// Nothing; `T10:15`, `T10:15:30`, `T10:15:30.123`, with a blank or dots as well; or four or six further digits. A number
    /// in the date's place is none for that reason.
    private static func isTimeOfDay(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first else { return true }
        let isApart = first == 0x20 || first | 0x20 == 0x74
        var groups = (isApart ? text.dropFirst() : text).split(omittingEmptySubsequences: false) {
            $0 == 0x3A || $0 == 0x2E
        }
        if groups.count == 1, [4, 6].contains(groups[0].count) {
            groups = stride(from: groups[0].startIndex, to: groups[0].endIndex, by: 2).map { groups[0][$0..<($0 + 2)] }
        } else if !isApart {
            return false
        }
        guard (2...4).contains(groups.count), (1...2).contains(groups[0].count) else { return false }
        let limits = [24, 60, 60]
        return zip(groups, limits).allSatisfy { group, limit in
            group.count <= 2 && value(group).map { $0 < limit } == true
        }
            && groups.dropFirst().prefix(2).allSatisfy { $0.count == 2 }
            && groups.dropFirst(3).allSatisfy { !$0.isEmpty && value($0.prefix(18)) != nil }
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
