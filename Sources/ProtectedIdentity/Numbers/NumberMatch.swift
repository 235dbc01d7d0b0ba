/// Whether a number as a contact registry stores it means a certain person.
public enum NumberMatch: Sendable, Hashable {
    /// It is this person's number.
    case same
    /// It is a number, and somebody else's (or one that is in no register).
    case other
    /// It may be this person's or that of somebody a hundred years older or younger: nobody can tell.
    case ambiguous
    /// It is no number of that country in any written form.
    case unreadable
}

extension PersonalIdentityNumber {
    /// The oldest somebody may be who is still taken for a living person when a short form could mean two people.
    static let plausibleAge = 115

    /// Whether `stored` means this number's bearer.
    ///
    /// Twelve Swedish digits and ten Danish ones say everything. Ten Swedish digits leave the century open. By the law a
    /// `+` says that the bearer turned 100, and a `-` or nothing that they have not. A stored `+` stays true for life, so
    /// it is read by the law. A stored `-` goes stale on the New Year's Day of the bearer's hundredth year and nobody
    /// rewrites it, so such a form is read in every century in which the date exists and is not in the future. A reading
    /// counts if its bearer would be at most 115 this year, or is the person looked for. Only the person looked for
    /// counts: `same`. Another counts too: `ambiguous`. The person looked for is not among the readings: `other`.
    ///
    /// - Parameters:
    ///   - stored: the registry's text, in any written form.
    ///   - country: the country of the stored number.
    ///   - today: the current day in UTC.
    ///   - leadingZerosLost: the text comes from a numeric column, where `0001252386` is held as `1252386`.
    public func match(
        stored: some StringProtocol, country: Country, today: CalendarDate, leadingZerosLost: Bool = false
    ) -> NumberMatch {
        guard let written = WrittenNumber(utf8: stored.utf8, leadingZerosLost: leadingZerosLost) else {
            return .unreadable
        }
        if Self.leavesCenturyOpen(written, country), let short = written.value(0..<10) {
            return match(short: short, today: today)
        }
        do {
            return try Self.read(written, country: country, today: today) == self ? .same : .other
        } catch {
            return error == .unsupported ? .other : .unreadable
        }
    }

    /// The number that a stored text means, where it means one only: what it is read as is what it matches.
    static func unmistakable(stored: String, country: Country, today: CalendarDate) -> PersonalIdentityNumber? {
        guard let written = WrittenNumber(utf8: stored.utf8),
            let number = try? read(written, country: country, today: today)
        else { return nil }
        guard leavesCenturyOpen(written, country), let short = written.value(0..<10) else { return number }
        return number.match(short: short, today: today) == .same ? number : nil
    }

    private static func leavesCenturyOpen(_ written: WrittenNumber, _ country: Country) -> Bool {
        country == .sweden && written.isNumeric && written.symbols.count == 10 && written.separator != .plus
    }

    private func match(short: Int, today: CalendarDate) -> NumberMatch {
        var isReadable = false
        var isAmongReadings = false
        var anotherCounts = false
        for century in stride(from: 1_800, through: today.next.year, by: 100) {
            let year = century + short / 100_000_000
            guard let reading = try? SwedishNumber.number(year: year, short: short, today: today) else { continue }
            isReadable = true
            if reading == self {
                isAmongReadings = true
            } else if today.year - year <= Self.plausibleAge {
                anotherCounts = true
            }
        }
        guard isReadable else { return .unreadable }
        guard isAmongReadings else { return .other }
        return anotherCounts ? .ambiguous : .same
    }
}
