/// A day of the proleptic Gregorian calendar, without a time zone.
///
/// Days are taken from a clock in UTC. Sweden and Denmark are one or two hours ahead of it, so wherever a date is judged
/// to lie in the future, a tolerance of one day is granted instead of a time zone database being consulted.
public struct CalendarDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The year, astronomically counted (year 0 is 1 BC).
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, 1 to 31.
    public let day: Int

    /// Fails unless the day exists in that month of that year, which must lie within a million million years of year 0 so
    /// that days can be counted.
    public init?(year: Int, month: Int, day: Int) {
        guard year.magnitude <= 1_000_000_000_000, (1...12).contains(month), day >= 1,
            day <= Self.days(inMonth: month, of: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day in UTC of a moment given in seconds since 1970.
    public init(epochSeconds: Int64) {
        let seconds = epochSeconds.quotientAndRemainder(dividingBy: 86_400)
        self.init(epochDay: Int(seconds.quotient) - (seconds.remainder < 0 ? 1 : 0))
    }

    /// The day that lies `epochDay` days after 1 January 1970.
    ///
    /// The calendar repeats every 400 years (146,097 days); counting from 1 March puts the leap day last in the year.
    public init(epochDay: Int) {
        let sinceMarch = epochDay + 719_468
        let era = (sinceMarch >= 0 ? sinceMarch : sinceMarch - 146_096) / 146_097
        let dayOfEra = sinceMarch - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1 January 1970; negative before it.
    public var epochDay: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The day after this one.
    public var next: CalendarDate { CalendarDate(epochDay: epochDay + 1) }

    /// How many days a month has; 0 for a month that does not exist.
    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 1, 3, 5, 7, 8, 10, 12: 31
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 0
        }
    }

    /// ISO 8601, `YYYY-MM-DD`.
    public var description: String {
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// The earlier day comes first.
    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}
