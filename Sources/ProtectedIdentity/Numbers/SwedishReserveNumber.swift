/// Numbers of Swedish health care that look like a personnummer and are in no register.
///
/// They are told apart from slips because the answer differs: one of these will never be found, however often it is sent.
enum SwedishReserveNumber {
    /// Letters that may stand in place of the first serial digit of an interim number; each counts as 1 in the check digit.
    private static let interimLetters = Set("TRSUWXJKLMN".utf8)
    /// Letters that a national reserve identity never uses.
    private static let unusedLetters = Set("IOQVW".utf8)

    /// Stockholm: `99` and ten digits (century and year of issue, a number, sex, check digit).
    static func isStockholmReserve(_ text: WrittenNumber) -> Bool {
        text.symbols.count == 12 && text.isNumeric && text.value(0..<2) == 99
    }

    /// What a text with letters is: `unsupported` where it has the form of such a number, else `malformed`.
    static func classify(_ text: WrittenNumber, today: CalendarDate) -> NumberError {
        let isLong = text.symbols.count == 12
        if isLong, isNationalReserve(text) { return .unsupported }
        if isLong ? isDateWithLetters(text, today: today) : isShortInterim(text, today: today) { return .unsupported }
        return .malformed
    }

    /// `XXYYMMDDNNGC`: the century with a multiple of 3 added, a date, two letters, a letter or digit, a check digit.
    private static func isNationalReserve(_ text: WrittenNumber) -> Bool {
        guard let shifted = text.value(0..<2), (21...98).contains(shifted), let yearOfCentury = text.value(2..<4),
            let month = text.value(4..<6), let day = text.value(6..<8), text.value(11..<12) != nil
        else { return false }
        guard text.symbols[8..<10].allSatisfy({ $0 > 0x39 }) else { return false }
        guard !text.symbols[8..<11].contains(where: { unusedLetters.contains($0) }) else { return false }
        // 18, 19 and 20 differ modulo 3, so the remainder tells the century.
        return CalendarDate(year: (18 + shifted % 3) * 100 + yearOfCentury, month: month, day: day) != nil
    }

    /// A whole date and four symbols with a letter among them: interim numbers, and those of Skåne, Västra Götaland and
    /// others that publish no stricter rule.
    private static func isDateWithLetters(_ text: WrittenNumber, today: CalendarDate) -> Bool {
        guard let year = text.value(0..<4), year >= 1_800, let month = text.value(4..<6), let day = text.value(6..<8),
            let date = CalendarDate(year: year, month: month, day: day)
        else { return false }
        return date <= today.next
    }

    /// An interim number with ten symbols, its check digit included.
    private static func isShortInterim(_ text: WrittenNumber, today: CalendarDate) -> Bool {
        guard interimLetters.contains(text.symbols[6]), let date = text.value(0..<6), let rest = text.value(7..<10),
            SwedishNumber.luhnHolds(date * 10_000 + 1_000 + rest)
        else { return false }
        let year = SwedishNumber.impliedYear(date / 10_000, separator: text.separator, today: today)
        guard let birth = CalendarDate(year: year, month: date / 100 % 100, day: date % 100) else { return false }
        return birth <= today.next
    }
}
