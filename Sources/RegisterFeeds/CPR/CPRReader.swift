public import ProtectedIdentity

/// Reads CPR's fixed-width records: protections (004 of P12170, 015 and 016 of subscriptions), one a line.
///
/// `BESKYTTYPE 0001` alone, name and address, is a protection in this sense. Whether one has ended is the register's to say:
/// in 016, which is history and names the end, or by an end date that was over when the register made the file (the date in
/// its first record). An end date that comes to pass later is none: protections end early and are extended.
public struct CPRReader: FeedReader {
    private let today: CalendarDate
    private var lines = LineSplitter()
    private var lastLine = 1
    private var madeOn: CalendarDate?
    private var hasStart = false
    /// Whether anything in it is what this reads CPR's files for.
    private var isRecognized = false
    private var hasEnd = false
    private var isCut = false
    private var isBroken = false

    /// A reader of one file.
    ///
    /// - Parameter today: by which an end date is told to be over that the register has not confirmed; it changes no notice.
    public init(today: CalendarDate) {
        self.today = today
    }

    /// Reads a further chunk: the records that it completes.
    public mutating func read(_ chunk: [UInt8]) -> [FeedItem] {
        var items: [FeedItem] = []
        for line in lines.read(chunk) { take(line, &items) }
        return items
    }

    /// The end of the file. Where it began with a start record, it has to end with an end record.
    public mutating func finish() -> [FeedItem] {
        var items: [FeedItem] = []
        for line in lines.finish() { take(line, &items) }
        guard !isBroken else { return items }
        // Any list may begin its lines with three digits: without a start and a protection it is none of CPR's.
        if !isRecognized { return items + [FeedItem(FeedPlace(line: lastLine), .broken(.otherFormat))] }
        if isCut || hasStart && !hasEnd { items.append(FeedItem(FeedPlace(line: lastLine), .broken(.truncated))) }
        return items
    }

    private mutating func take(_ line: LineSplitter.Line, _ items: inout [FeedItem]) {
        lastLine = line.number
        guard !isBroken, !line.bytes.isEmpty || line.isTooLong else { return }
        let place = FeedPlace(line: line.number)
        guard !line.isTooLong else { return items.append(FeedItem(place, .rejected(.tooLong))) }
        let record = CPRRecord(line.bytes)
        if line.number == 1, line.bytes.starts(with: [0xFF, 0xFE]) || line.bytes.starts(with: [0xFE, 0xFF]) {
            isBroken = true
            return items.append(FeedItem(place, .broken(.wrongEncoding)))
        }
        switch record.type {
        case 0:
            // One file behind another: the one before has to be whole, too.
            isCut = isCut || hasStart && !hasEnd
            (hasStart, hasEnd, isRecognized) = (true, false, true)
            madeOn = record.madeOn
        case 999: hasEnd = true
        case 4, 15, 16:
            isRecognized = true
            items.append(record.protection(place, madeOn: madeOn, today: today))
        case .some: items.append(FeedItem(place, .nothingSaid))
        case nil: items.append(FeedItem(place, .rejected(.malformed)))
        }
    }
}
