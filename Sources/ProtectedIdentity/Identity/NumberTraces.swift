/// What would betray an event's numbers in a string from upstream.
///
/// A string is searched without its separators, in whatever case and with `%2B` and the like undone (also where encoded
/// twice), for the ten short digits: these stand at the end of the twelve, so one search finds every written form. Their
/// leading zeros are left out of it, since a registry with a numeric key has lost them.
public struct NumberTraces: Sendable {
    private let numbers: [PersonalIdentityNumber]
    private let asWritten: [Sensitive<String>]
    /// Set where the numbers are not known: whatever reads as somebody's number is then one.
    private let suspectsAnyNumber: CalendarDate?
    /// So many digits in a row, at least, has a text in which one of them stands.
    private let shortestRun: Int

    /// A written number shorter than this names nobody; looking for it would hit any string.
    private static let shortestNeedle = 6
    /// So many digits must be left of a number without its zeros for a chance hit to be out of the question.
    private static let shortestWithoutZeros = 7
    /// The digits of the shortest written form.
    private static let shortestWritten = 10

    /// The traces of numbers, and of texts that stood where a number should.
    public init(numbers: [PersonalIdentityNumber], asWritten: [Sensitive<String>] = []) {
        self.numbers = numbers
        self.asWritten = asWritten
        suspectsAnyNumber = nil
        shortestRun = min(
            numbers.reduce(.max) { min($0, Self.shortestRun(of: $1)) },
            asWritten.reduce(.max) { min($0, Self.shortestRun(of: $1.reveal(), besides: numbers)) })
    }

    private static func shortestRun(of number: PersonalIdentityNumber) -> Int {
        var (count, rest) = (0, number.lastTenDigits)
        while rest > 0 {
            count += 1
            rest /= 10
        }
        return count >= shortestWithoutZeros ? count : shortestWritten
    }

    /// Of what was written where a number should stand; 0 where that is no row of digits.
    private static func shortestRun(of text: String, besides numbers: [PersonalIdentityNumber]) -> Int {
        let written = Written(text)
        if written.count < shortestNeedle || written.isOne(of: numbers) { return .max }
        return written.isNumeric ? written.count : 0
    }

    /// The symbols of what was written: how many, and which digits they end with.
    private struct Written {
        private(set) var count = 0
        private(set) var isNumeric = true
        private var lastTen: UInt64 = 0

        init(_ text: String) {
            for byte in text.utf8 {
                guard let symbol = NumberTraces.symbol(byte) else { continue }
                count += 1
                if symbol > 0x39 { isNumeric = false }
                lastTen = (lastTen &* 10 &+ UInt64(symbol &- 0x30)) % 10_000_000_000
            }
        }

        /// Whether it is one of the numbers in a written form, which leads to no more than the number.
        func isOne(of numbers: [PersonalIdentityNumber]) -> Bool {
            isNumeric && (10...12).contains(count) && numbers.contains { $0.lastTenDigits == lastTen }
        }
    }

    /// The symbols to be looked for.
    private var needles: [[UInt8]] {
        let ofNumbers = numbers.map { number in
            let digits = number.tenDigits
            let withoutZeros = Array(digits.drop { $0 == 0x30 })
            return withoutZeros.count >= Self.shortestWithoutZeros ? withoutZeros : digits
        }
        let others = asWritten.lazy.map { $0.reveal() }.filter { text in
            let written = Written(text)
            return written.count >= Self.shortestNeedle && !written.isOne(of: numbers)
        }
        return ofNumbers + others.map { Self.symbols(Array($0.utf8)) }
    }

    /// The traces of an event: what its numbers are, and what it wrote.
    public init(of event: StatusEvent, numbers: [PersonalIdentityNumber]) {
        self.init(numbers: numbers, asWritten: event.numbers)
    }

    /// Where nobody knows which numbers to look for (a record that could not be decoded, a deletion long after the number
    /// was cleared): any digits that a served country's rules accept are taken for one. About one row of ten or twelve
    /// digits in fifty is taken for a number and is none; a pseudonym for it does no harm.
    public init(suspectingAnyNumberOn today: CalendarDate) {
        numbers = []
        asWritten = []
        suspectsAnyNumber = today
        shortestRun = Self.shortestWritten
    }

    /// Anything that reads as somebody's number, today or in a hundred years: the same text is judged alike for ever.
    public static let ofAnyNumber = NumberTraces(suspectingAnyNumberOn: CalendarDate(epochSeconds: 7_258_118_400))

    /// Whether `text` contains a written form of one of the numbers.
    public func areIn(_ text: String) -> Bool {
        guard DigitRun.mayReach(shortestRun, in: text) else { return false }
        var bytes = Array(text.utf8)
        let needles = needles
        for _ in 0..<3 {
            let symbols = Self.symbols(bytes)
            if needles.contains(where: { Self.occurs($0, in: symbols) }) { return true }
            if let today = suspectsAnyNumber, !Self.numbers(in: symbols, on: today).isEmpty { return true }
            guard bytes.contains(0x25) else { return false }
            bytes = Self.percentDecoded(bytes)
        }
        return false
    }

    /// ASCII digits and letters (as capitals) and whatever is not ASCII; separators fall away.
    private static func symbols(_ bytes: [UInt8]) -> [UInt8] {
        var symbols: [UInt8] = []
        symbols.reserveCapacity(bytes.count)
        for byte in bytes {
            if let symbol = symbol(byte) { symbols.append(symbol) }
        }
        return symbols
    }

    private static func symbol(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x80...: byte
        case 0x61...0x7A: byte - 0x20
        default: nil
        }
    }

    private static func occurs(_ needle: [UInt8], in symbols: [UInt8]) -> Bool {
        guard let first = needle.first, symbols.count >= needle.count else { return false }
        for start in 0...(symbols.count - needle.count) where symbols[start] == first {
            if symbols[start..<(start + needle.count)].elementsEqual(needle) { return true }
        }
        return false
    }

    /// Every number that a text may hold in some written form, in every century that a short form leaves open; most of
    /// them nobody's.
    static func numbers(readableIn text: String, on today: CalendarDate) -> Set<PersonalIdentityNumber> {
        var numbers: Set<PersonalIdentityNumber> = []
        guard DigitRun.mayReach(shortestWritten, in: text) else { return numbers }
        var bytes = Array(text.utf8)
        for _ in 0..<3 {
            numbers.formUnion(self.numbers(in: symbols(bytes), on: today))
            guard bytes.contains(0x25) else { break }
            bytes = percentDecoded(bytes)
        }
        return numbers
    }

    private static func numbers(in symbols: [UInt8], on today: CalendarDate) -> Set<PersonalIdentityNumber> {
        var numbers: Set<PersonalIdentityNumber> = []
        func read(_ digits: [UInt8], _ country: Country) {
            if let number = try? PersonalIdentityNumber.parse(utf8: digits, country: country, today: today) {
                numbers.insert(number)
            }
        }
        for run in symbols.split(whereSeparator: { !(0x30...0x39).contains($0) }) where run.count >= 10 {
            for start in run.startIndex...(run.endIndex - 10) {
                let short = Array(run[start..<(start + 10)])
                read(short, .denmark)
                for century in ["18", "19", "20"] { read(Array(century.utf8) + short, .sweden) }
            }
        }
        return numbers
    }

    private static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count, let high = Hexadecimal.value(bytes[index + 1]),
                let low = Hexadecimal.value(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }
}

extension NumberTraces: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder.
    public var description: String { "‹number traces›" }

    /// A placeholder.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
