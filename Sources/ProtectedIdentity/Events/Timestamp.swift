/// A moment, in microseconds since 1970-01-01T00:00:00Z without leap seconds.
///
/// Microseconds are kept for the order of events; what is written carries milliseconds.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Microseconds since 1970; negative before it.
    public let microseconds: Int64

    /// A moment given in microseconds since 1970.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// A moment given in milliseconds since 1970, held at the ends of the range (about ±292,000 years).
    public init(milliseconds: Int64) {
        let product = milliseconds.multipliedReportingOverflow(by: 1_000)
        microseconds = product.overflow ? (milliseconds < 0 ? .min : .max) : product.partialValue
    }

    /// Whole milliseconds since 1970, rounded down.
    public var milliseconds: Int64 {
        Self.floorDivide(microseconds, by: 1_000)
    }

    /// The day in UTC.
    public var date: CalendarDate { CalendarDate(epochSeconds: Self.floorDivide(microseconds, by: 1_000_000)) }

    /// The moment that lies `duration` later (earlier, if negative), held at the ends of the range.
    public func adding(_ duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000)
        let part = attoseconds / 1_000_000_000_000
        let sum = whole.partialValue.addingReportingOverflow(part)
        guard !whole.overflow, !sum.overflow else { return Timestamp(microseconds: seconds < 0 ? .min : .max) }
        let result = microseconds.addingReportingOverflow(sum.partialValue)
        guard !result.overflow else { return Timestamp(microseconds: sum.partialValue < 0 ? .min : .max) }
        return Timestamp(microseconds: result.partialValue)
    }

    /// RFC 3339 in UTC with milliseconds, `2026-11-23T09:30:00.000Z`; the rest is cut off. A year that four digits cannot
    /// hold is written as the nearest one they can.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { write(to: $0) }
    }

    /// ``description`` in UTF-8.
    var utf8: [UInt8] {
        Array(unsafeUninitializedCapacity: Self.textLength) { text, count in count = write(to: text) }
    }

    private static let textLength = 24

    private func write(to text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let earliest: Int64 = -62_167_219_200_000
        let latest: Int64 = 253_402_300_799_999
        let clamped = min(max(milliseconds, earliest), latest)
        let seconds = Self.floorDivide(clamped, by: 1_000)
        let date = CalendarDate(epochSeconds: seconds)
        let ofDay = Int(seconds - Int64(date.epochDay) * 86_400)
        var place = 0
        func append(_ value: Int, width: Int, then separator: UInt8) {
            var rest = value
            for index in stride(from: place + width - 1, through: place, by: -1) {
                text[index] = UInt8(0x30 + rest % 10)
                rest /= 10
            }
            text[place + width] = separator
            place += width + 1
        }
        append(date.year, width: 4, then: 0x2D)
        append(date.month, width: 2, then: 0x2D)
        append(date.day, width: 2, then: 0x54)
        append(ofDay / 3_600, width: 2, then: 0x3A)
        append(ofDay / 60 % 60, width: 2, then: 0x3A)
        append(ofDay % 60, width: 2, then: 0x2E)
        append(Int(clamped - seconds * 1_000), width: 3, then: 0x5A)
        return place
    }

    /// The earlier moment comes first.
    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        let division = value.quotientAndRemainder(dividingBy: divisor)
        return division.remainder < 0 ? division.quotient - 1 : division.quotient
    }
}
