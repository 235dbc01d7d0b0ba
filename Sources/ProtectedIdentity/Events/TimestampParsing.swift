extension Timestamp {
    /// Reads a date-time of RFC 3339 section 5.6, and nothing else.
    ///
    /// Offsets, fractions of any length (what is finer than a microsecond is cut off) and small `t` and `z` are read. A
    /// leap second (`:60`, only at 23:59 UTC) counts as the last microsecond before the next minute, since the count since
    /// 1970 has no place for it. Fails on anything else: a space for the `T`, a missing offset, the 30th of February.
    ///
    /// Written by hand because Foundation's formatters refuse some of these forms and cost more than all other decoding.
    public init?(rfc3339 text: some StringProtocol) {
        var text = String(text)
        guard let moment = text.withUTF8({ Timestamp(rfc3339: $0) }) else { return nil }
        self = moment
    }

    /// As ``init(rfc3339:)``, from bytes.
    init?(rfc3339 text: UnsafeBufferPointer<UInt8>) {
        guard let microseconds = DateTime(text: text).microseconds else { return nil }
        self.init(microseconds: microseconds)
    }
}

/// `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`, of which all but the fraction stands at fixed places.
private struct DateTime {
    let text: UnsafeBufferPointer<UInt8>

    /// Where the fraction or the offset begins.
    private static let behindSeconds = 19

    /// Since 1970; nil where the text is no date-time.
    var microseconds: Int64? {
        guard text.count > Self.behindSeconds, text[4] == 0x2D, text[7] == 0x2D, text[10] | 0x20 == 0x74,
            text[13] == 0x3A, text[16] == 0x3A,
            let century = twoDigits(at: 0), let yearOfCentury = twoDigits(at: 2), let month = twoDigits(at: 5),
            let day = twoDigits(at: 8),
            let date = CalendarDate(year: century * 100 + yearOfCentury, month: month, day: day),
            let hour = twoDigits(at: 11), hour < 24, let minute = twoDigits(at: 14), minute < 60,
            let second = twoDigits(at: 17), second <= 60,
            let (fraction, end) = fraction, let offset = offsetMinutes(at: end)
        else { return nil }
        let minutes = date.epochDay * 1_440 + hour * 60 + minute - offset
        if second == 60 {
            // Leap seconds are inserted at the end of a day in UTC.
            guard minutes % 1_440 == 1_439 || minutes % 1_440 == -1 else { return nil }
            return (Int64(minutes) * 60 + 60) * 1_000_000 - 1
        }
        return (Int64(minutes) * 60 + Int64(second)) * 1_000_000 + Int64(fraction)
    }

    /// Microseconds, and where the offset begins.
    private var fraction: (Int, Int)? {
        var place = Self.behindSeconds
        guard text[place] == 0x2E else { return (0, place) }
        place += 1
        var value = 0
        var scale = 100_000
        while place < text.count, let digit = digit(at: place) {
            value += digit * scale
            scale /= 10
            place += 1
        }
        return place > Self.behindSeconds + 1 ? (value, place) : nil
    }

    /// Of what stands from `place` to the end.
    private func offsetMinutes(at place: Int) -> Int? {
        switch text.count - place {
        case 1:
            return text[place] | 0x20 == 0x7A ? 0 : nil
        case 6:
            guard text[place] == 0x2B || text[place] == 0x2D, let hours = twoDigits(at: place + 1), hours < 24,
                text[place + 3] == 0x3A, let minutes = twoDigits(at: place + 4), minutes < 60
            else { return nil }
            return (hours * 60 + minutes) * (text[place] == 0x2B ? 1 : -1)
        default:
            return nil
        }
    }

    private func twoDigits(at place: Int) -> Int? {
        guard let tens = digit(at: place), let ones = digit(at: place + 1) else { return nil }
        return tens * 10 + ones
    }

    private func digit(at place: Int) -> Int? {
        let value = text[place] &- 0x30
        return value < 10 ? Int(value) : nil
    }
}
