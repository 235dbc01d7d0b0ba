extension PersonalIdentityNumber {
    /// Reads a number in any form in which the country writes it.
    ///
    /// Sweden: ten or twelve digits, with `-`, `+`, one space or nothing before the last four. Denmark: ten digits, with
    /// `-`, one space or nothing. Spaces around are dropped; only ASCII digits count; the whole text must be used up, so a
    /// line break is malformed wherever it stands.
    ///
    /// - Parameters:
    ///   - text: what was written. Any text is answered, none crashes.
    ///   - country: whose rules hold.
    ///   - today: the current day in UTC. A birth date up to one day later is not yet in the future.
    /// - Throws: `NumberError.malformed`, or `.unsupported` for a number in form that is in no register.
    public static func parse(
        _ text: some StringProtocol, country: Country, today: CalendarDate
    ) throws(NumberError) -> PersonalIdentityNumber {
        try parse(utf8: text.utf8, country: country, today: today)
    }

    /// As ``parse(_:country:today:)``, from bytes that need not be valid UTF-8.
    public static func parse(
        utf8 text: some Sequence<UInt8>, country: Country, today: CalendarDate
    ) throws(NumberError) -> PersonalIdentityNumber {
        guard let written = WrittenNumber(utf8: text) else { throw .malformed }
        return try read(written, country: country, today: today)
    }

    static func read(
        _ written: WrittenNumber, country: Country, today: CalendarDate
    ) throws(NumberError) -> PersonalIdentityNumber {
        switch country {
        case .sweden: try SwedishNumber.read(written, today: today)
        case .denmark: try DanishNumber.read(written, today: today)
        }
    }
}
