@testable import ProtectedIdentity

/// Invented numbers that satisfy every rule.
struct NumberGenerator {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// Twelve digits of somebody born between 1911 and `today`.
    mutating func swedishDigits(today: CalendarDate) -> String {
        let earliest = CalendarDate(year: 1_911, month: 1, day: 1)?.epochDay ?? 0
        let birth = CalendarDate(epochDay: .random(in: earliest...today.epochDay, using: &random))
        let style = Int.random(in: 0..<10, using: &random)
        // Seven in ten are personnummer; of the others some lack the month or the day.
        let day = style < 7 ? birth.day : style == 9 ? 60 : birth.day + 60
        let month = style == 8 ? 0 : birth.month
        let serial = Int.random(in: 1...999, using: &random)
        let body = pad(birth.year % 100, 2) + pad(month, 2) + pad(day, 2) + pad(serial, 3)
        return pad(birth.year / 100, 2) + body + String(Self.checkDigit(body))
    }

    /// Ten digits of somebody born between 1911 and `today`.
    mutating func danishDigits(today: CalendarDate) -> String {
        while true {
            let earliest = CalendarDate(year: 1_911, month: 1, day: 1)?.epochDay ?? 0
            let birth = CalendarDate(epochDay: .random(in: earliest...today.epochDay, using: &random))
            let serial = Int.random(in: 0...9_999, using: &random)
            guard DanishNumber.birthYear(birth.year % 100, seventhDigit: serial / 1_000) == birth.year else { continue }
            return pad(birth.day, 2) + pad(birth.month, 2) + pad(birth.year % 100, 2) + pad(serial, 4)
        }
    }

    /// The check digit of nine digits, written out apart from the code under test.
    static func checkDigit(_ nine: String) -> Int {
        let products = nine.compactMap(\.wholeNumberValue).enumerated().map { $1 * ($0.isMultiple(of: 2) ? 2 : 1) }
        return (10 - products.map { $0 / 10 + $0 % 10 }.reduce(0, +) % 10) % 10
    }

    private func pad(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
