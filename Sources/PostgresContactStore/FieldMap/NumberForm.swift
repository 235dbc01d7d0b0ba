internal import ProtectedIdentity

/// A form in which a column writes personal identity numbers: the letters stand for digits. Danish numbers have
/// ten in each of them.
public enum NumberForm: String, Sendable, Hashable, CaseIterable {
    /// Twelve digits.
    case long = "YYYYMMDDNNNN"
    /// Twelve digits with a `-` (or `+`) before the last four.
    case longHyphen = "YYYYMMDD-NNNN"
    /// Twelve digits with a space before the last four.
    case longSpace = "YYYYMMDD NNNN"
    /// Ten digits.
    case short = "YYMMDDNNNN"
    /// Ten digits with a `-` (in Sweden also `+`) before the last four.
    case shortHyphen = "YYMMDD-NNNN"
    /// Ten digits with a space before the last four.
    case shortSpace = "YYMMDD NNNN"
}

/// The texts in which a column may hold a number, made of the forms that it uses.
struct WrittenNumbers: Sendable {
    private let long: [String]
    private let short: [String]
    private let isNumeric: Bool

    init(forms: Set<NumberForm>, isNumeric: Bool) {
        self.isNumeric = isNumeric
        long = Self.separators(.long, .longHyphen, .longSpace, among: forms)
        short = Self.separators(.short, .shortHyphen, .shortSpace, among: forms)
    }

    private static func separators(
        _ plain: NumberForm, _ hyphen: NumberForm, _ space: NumberForm, among forms: Set<NumberForm>
    ) -> [String] {
        (forms.contains(plain) ? [""] : []) + (forms.contains(hyphen) ? ["-", "+"] : [])
            + (forms.contains(space) ? [" "] : [])
    }

    /// Every text that may stand for a number. In ten digits a `+` before the last four is written from the year in which a
    /// Swede turns 100, and of nobody else.
    func texts(of number: PersonalIdentityNumber, on today: CalendarDate) -> [String] {
        if isNumeric { return number.writtenForms(leadingZerosLost: true).reveal() }
        guard number.country == .sweden else {
            // Danish numbers have ten digits, whatever the form is called.
            return Self.texts(number.shortDigits.reveal(), short + long.filter { !short.contains($0) }, plus: false)
        }
        let canonical = number.canonical.reveal()
        let plus = (Int(canonical.prefix(4)) ?? 0) + 100 <= today.next.year
        return Self.texts(number.shortDigits.reveal(), short, plus: plus) + Self.texts(canonical, long, plus: true)
    }

    private static func texts(_ digits: String, _ separators: [String], plus: Bool) -> [String] {
        separators.compactMap { separator in
            separator == "+" && !plus ? nil : "\(digits.dropLast(4))\(separator)\(digits.suffix(4))"
        }
    }

    /// A stored number as the domain reads it: with the zeros that a numeric column has lost.
    func reading(_ stored: String) -> String {
        guard isNumeric, (1..<10).contains(stored.utf8.count) else { return stored }
        return String(repeating: "0", count: 10 - stored.utf8.count) + stored
    }
}
