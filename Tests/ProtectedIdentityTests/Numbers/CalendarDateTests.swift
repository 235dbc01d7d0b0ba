import Testing

@testable import ProtectedIdentity

@Suite("Calendar dates")
struct CalendarDateTests {
    @Test("only days that exist are dates")
    func validity() {
        #expect(CalendarDate(year: 2024, month: 2, day: 29) != nil)
        #expect(CalendarDate(year: 2000, month: 2, day: 29) != nil)
        for (year, month, day) in [
            (2023, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0),
        ] {
            #expect(CalendarDate(year: year, month: month, day: day) == nil)
        }
        #expect(CalendarDate(year: .max, month: 1, day: 1) == nil)
        #expect(CalendarDate(year: .min, month: 1, day: 1) == nil)
    }

    @Test(
        "seconds since 1970 are days in UTC",
        arguments: [
            (0, "1970-01-01"), (-1, "1969-12-31"), (86_399, "1970-01-01"), (86_400, "1970-01-02"),
            (951_782_400, "2000-02-29"), (1_795_426_200, "2026-11-23"), (-62_167_219_200, "0000-01-01"),
            (253_402_300_799, "9999-12-31"),
        ])
    func fromSeconds(seconds: Int, text: String) {
        #expect(CalendarDate(epochSeconds: Int64(seconds)).description == text)
    }

    @Test("counting days forth and back returns to the date, over 800 years")
    func roundTrip() {
        var previous: CalendarDate?
        for day in stride(from: -200_000, through: 100_000, by: 1) {
            let date = CalendarDate(epochDay: day)
            let isSame = date.epochDay == day && CalendarDate(year: date.year, month: date.month, day: date.day) == date
            #expect(isSame)
            if let previous { #expect(previous < date) }
            previous = date
        }
    }

    @Test("any number of seconds has a day")
    func extremes() {
        #expect(CalendarDate(epochSeconds: .max) > CalendarDate(epochSeconds: .min))
    }

    @Test("the day after the last of a month is the first of the next")
    func next() throws {
        #expect(try date(2026, 12, 31).next == date(2027, 1, 1))
        #expect(try date(2028, 2, 28).next == date(2028, 2, 29))
    }
}
