extension Timestamp {
    /// Reads a date-time of RFC 3339 section 5.6, and nothing else.
    ///
    /// Offsets, fractions of any length (what is finer than a microsecond is cut off) and small `t` and `z` are read. A
    /// leap second (`:60`, only at 23:59 UTC) counts as the last microsecond before the next minute, since the count since
    /// 1970 has no place for it. Fails on anything else: a space for the `T`, a missing offset, the 30th of February.
    ///
    /// Written by hand because Foundation's formatters refuse some of these forms and cost more than all other decoding.
    public init?(rfc3339 text: some StringProtocol) {
        self.init(rfc3339: text.utf8)
    }

    /// As ``init(rfc3339:)``, from bytes.
    public init?(rfc3339 text: some Sequence<UInt8>) {
        var reader = DateTimeReader(bytes: text.makeIterator())
        guard let microseconds = reader.dateTime() else { return nil }
        self.init(microseconds: microseconds)
    }
}

/// Reads `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)` from left to right.
private struct DateTimeReader<Bytes: IteratorProtocol<UInt8>> {
    var bytes: Bytes

    mutating func dateTime() -> Int64? {
        guard let year = number(4), next(is: 0x2D), let month = number(2), next(is: 0x2D), let day = number(2),
            let date = CalendarDate(year: year, month: month, day: day),
            let separator = bytes.next(), separator | 0x20 == 0x74,
            let hour = number(2), hour < 24, next(is: 0x3A), let minute = number(2), minute < 60, next(is: 0x3A),
            let second = number(2), second <= 60
        else { return nil }
        var fraction = 0
        guard var mark = bytes.next() else { return nil }
        if mark == 0x2E {
            guard let read = fractionOfSecond() else { return nil }
            (fraction, mark) = read
        }
        guard let offset = offsetMinutes(mark), bytes.next() == nil else { return nil }
        let minutes = date.epochDay * 1_440 + hour * 60 + minute - offset
        if second == 60 {
            // Leap seconds are inserted at the end of a day in UTC.
            guard minutes % 1_440 == 1_439 || minutes % 1_440 == -1 else { return nil }
            return (Int64(minutes) * 60 + 60) * 1_000_000 - 1
        }
        return (Int64(minutes) * 60 + Int64(second)) * 1_000_000 + Int64(fraction)
    }

    /// Microseconds, and the byte behind the last digit.
    private mutating func fractionOfSecond() -> (Int, UInt8)? {
        var value = 0
        var scale = 100_000
        var digits = 0
        while let byte = bytes.next() {
            guard (0x30...0x39).contains(byte) else { return digits > 0 ? (value, byte) : nil }
            value += Int(byte - 0x30) * scale
            scale /= 10
            digits += 1
        }
        return nil
    }

    private mutating func offsetMinutes(_ mark: UInt8) -> Int? {
        switch mark {
        case 0x5A, 0x7A:
            return 0
        case 0x2B, 0x2D:
            guard let hours = number(2), hours < 24, next(is: 0x3A), let minutes = number(2), minutes < 60 else {
                return nil
            }
            return (hours * 60 + minutes) * (mark == 0x2B ? 1 : -1)
        default:
            return nil
        }
    }

    private mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let byte = bytes.next(), (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    private mutating func next(is expected: UInt8) -> Bool {
        bytes.next() == expected
    }
}
