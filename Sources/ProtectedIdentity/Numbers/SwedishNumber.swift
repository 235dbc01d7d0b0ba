/// The rules of Swedish numbers (folkbokföringslagen 1991:481 §18, SKV M 2010:3).
enum SwedishNumber {
    /// Reads a written form. `today` settles the century of ten digits and what lies in the future.
    static func read(_ text: WrittenNumber, today: CalendarDate) throws(NumberError) -> PersonalIdentityNumber {
        guard text.isNumeric else { throw SwedishReserveNumber.classify(text, today: today) }
        if text.symbols.count == 10 {
            guard let short = text.value(0..<10) else { throw .malformed }
            let year = impliedYear(short / 100_000_000, separator: text.separator, today: today)
            return try number(year: year, short: short, today: today)
        }
        guard let year = text.value(0..<4), let short = text.value(2..<12) else { throw .malformed }
        if SwedishReserveNumber.isStockholmReserve(text) { throw .unsupported }
        return try number(year: year, short: short, today: today)
    }

    /// The year that two digits mean: the latest that is not after the current one, and a hundred years earlier where a
    /// `+` stands, which replaces `-` from the year in which the bearer turns 100.
    ///
    /// At the turn of the year the registers' clocks are ahead of UTC, so a `+` is judged by tomorrow's year: read by
    /// today's, the first hour of the year would make new centenarians two hundred years old.
    static func impliedYear(_ twoDigits: Int, separator: WrittenNumber.Separator, today: CalendarDate) -> Int {
        let current = separator == .plus ? today.next.year : today.year
        let century = current - current % 100
        let latest = century + twoDigits <= current ? century + twoDigits : century - 100 + twoDigits
        return separator == .plus ? latest - 100 : latest
    }

    /// The number with the ten digits `short` (`YYMMDDNNNC`) of somebody born in `year`.
    static func number(year: Int, short: Int, today: CalendarDate) throws(NumberError) -> PersonalIdentityNumber {
        let month = short / 1_000_000 % 100
        let writtenDay = short / 10_000 % 100
        let isCoordination = writtenDay >= 60
        // Numbers exist since 1947, and nobody was then alive who was born in the eighteenth century.
        guard year >= 1_800, year % 100 == short / 100_000_000, luhnHolds(short), short / 10 % 1_000 != 0,
            birthDateStands(year, month, writtenDay - (isCoordination ? 60 : 0), partial: isCoordination, today: today)
        else { throw .malformed }
        let canonical = UInt64(year / 100) * 10_000_000_000 + UInt64(short)
        return PersonalIdentityNumber(kind: isCoordination ? .samordningsnummer : .personnummer, digits: canonical)
    }

    /// Whether the date exists and is not in the future. In a samordningsnummer the month or the day may be unknown (00).
    private static func birthDateStands(
        _ year: Int, _ month: Int, _ day: Int, partial: Bool, today: CalendarDate
    ) -> Bool {
        let limit = today.next
        if partial, month == 0 { return (0...31).contains(day) && year <= limit.year }
        if partial, day == 0 { return (1...12).contains(month) && (year, month) <= (limit.year, limit.month) }
        guard let date = CalendarDate(year: year, month: month, day: day) else { return false }
        return date <= limit
    }

    /// The check digit: `YYMMDDNNN` weighted 2, 1, 2, … with products over 9 reduced by 9. The century takes no part.
    static func luhnHolds(_ short: Int) -> Bool {
        var rest = short
        var sum = 0
        var doubled = false
        for _ in 0..<10 {
            let product = rest % 10 * (doubled ? 2 : 1)
            sum += product > 9 ? product - 9 : product
            doubled.toggle()
            rest /= 10
        }
        return sum.isMultiple(of: 10)
    }
}
