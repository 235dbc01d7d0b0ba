extension PersonalIdentityNumber {
    /// Every text that a registry may hold for this number; candidates for a look-up, to be judged by
    /// ``match(stored:country:today:leadingZerosLost:)``, since a short Swedish form may be somebody else's.
    ///
    /// Sweden: twelve and ten digits, each with nothing, `-`, `+` or a space before the last four (a `-` that went stale
    /// and a `+` included). Denmark: ten digits with nothing, `-` or a space. No text occurs twice.
    ///
    /// - Parameter leadingZerosLost: for numeric columns: the digits alone, and without leading zeros.
    public func writtenForms(leadingZerosLost: Bool = false) -> Sensitive<[String]> {
        let bodies = country == .sweden ? [canonical.reveal(), shortDigits.reveal()] : [canonical.reveal()]
        if leadingZerosLost {
            return Sensitive(bodies.map { String($0.drop { $0 == "0" }) })
        }
        let separators = country == .sweden ? ["", "-", "+", " "] : ["", "-", " "]
        return Sensitive(Self.forms(of: bodies, separators: separators))
    }

    /// The forms that mean this number, and nobody else, to a reader on `today`: what ``parse(_:country:today:)`` gives
    /// back for each of them is this number. Ten digits carry `+` from the year in which the bearer turns 100.
    public func writtenForms(today: CalendarDate) -> Sensitive<[String]> {
        guard country == .sweden else { return writtenForms() }
        let long = Self.forms(of: [canonical.reveal()], separators: ["", "-", "+", " "])
        let short = Self.forms(of: [shortDigits.reveal()], separators: ["", "-", "+", " "])
        let current = short.filter { (try? Self.parse($0, country: .sweden, today: today)) == self }
        return Sensitive(long + current)
    }

    private static func forms(of bodies: [String], separators: [String]) -> [String] {
        bodies.flatMap { body in separators.map { "\(body.dropLast(4))\($0)\(body.suffix(4))" } }
    }
}
