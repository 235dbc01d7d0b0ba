/// The rules of Danish CPR numbers (CPR-kontoret, "Opbygning af CPR-nummeret").
///
/// The check by modulus 11 is deliberately absent: since October 2007 numbers are issued that do not satisfy it, and
/// refusing one would leave its bearer exposed.
enum DanishNumber {
    /// Reads a written form; `today` settles what lies in the future.
    static func read(_ text: WrittenNumber, today: CalendarDate) throws(NumberError) -> PersonalIdentityNumber {
        guard text.symbols.count == 10, text.separator != .plus, let digits = text.value(0..<10) else {
            throw .malformed
        }
        let writtenDay = digits / 100_000_000
        let isReplacement = writtenDay > 60
        let year = birthYear(digits / 10_000 % 100, seventhDigit: digits / 1_000 % 10)
        let day = isReplacement ? writtenDay - 60 : writtenDay
        guard let date = CalendarDate(year: year, month: digits / 1_000_000 % 100, day: day), date <= today.next else {
            throw .malformed
        }
        // Replacement numbers are invented locally for people without a number; the register never knows them.
        if isReplacement { throw .unsupported }
        return PersonalIdentityNumber(kind: .cprNumber, digits: UInt64(digits))
    }

    /// The year that two digits mean, by the seventh digit of the number.
    static func birthYear(_ twoDigits: Int, seventhDigit: Int) -> Int {
        switch seventhDigit {
        case 0...3: 1_900 + twoDigits
        case 4, 9: twoDigits <= 36 ? 2_000 + twoDigits : 1_900 + twoDigits
        default: twoDigits <= 57 ? 2_000 + twoDigits : 1_800 + twoDigits
        }
    }
}
