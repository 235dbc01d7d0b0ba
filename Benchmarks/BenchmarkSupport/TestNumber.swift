/// Swedish numbers by the hundred thousand: every serial of every day from 1930 on. They are right in form and may be
/// somebody's, so they stay in this process and in a database that vanishes.
package enum TestNumber {
    /// The number of that place.
    package static func number(_ index: Int) -> String {
        let serial = index % 999 + 1
        let day = index / 999 % 28 + 1
        let month = index / 27_972 % 12 + 1
        let year = 1_930 + index / 335_664
        let text = padded(year % 100, 2) + padded(month, 2) + padded(day, 2) + padded(serial, 3)
        var sum = 0
        for (place, digit) in text.utf8.enumerated() {
            let product = Int(digit - 0x30) * (place.isMultiple(of: 2) ? 2 : 1)
            sum += product > 9 ? product - 9 : product
        }
        return "\(year / 100)\(text)\((10 - sum % 10) % 10)"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = "\(value)"
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
