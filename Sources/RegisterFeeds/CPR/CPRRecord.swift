internal import ProtectedIdentity

/// One line of CPR's, and what stands at which of its positions.
struct CPRRecord {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// The kind of record; nil where the line does not begin with three digits.
    var type: Int? {
        let digits = self[1...3]
        guard digits.count == 3, digits.allSatisfy(Self.isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Of a start record: the day on which the file was made.
    var madeOn: CalendarDate? {
        guard case .day(let day)? = FeedMoment(self[10...17]) else { return nil }
        return day
    }

    /// What a record of a protection says.
    func protection(_ place: FeedPlace, madeOn: CalendarDate?, today: CalendarDate) -> FeedItem {
        let number = self[4...13]
        let kind = self[14...17]
        guard kind.count == 4 else { return FeedItem(place, .rejected(.cutShort)) }
        guard kind.allSatisfy(Self.isDigit) else {
            return FeedItem(place.at("BESKYTTYPE"), .rejected(.malformed))
        }
        guard kind.elementsEqual(Self.nameAndAddress) else { return FeedItem(place, .nothingSaid) }
        guard !cutsField else { return FeedItem(place, .rejected(.cutShort)) }
        guard number.contains(where: { $0 != 0x20 }) else { return FeedItem(place.at("PNR"), .rejected(.noPerson)) }
        return notice(place, number: number, madeOn: madeOn, today: today)
    }

    private func notice(
        _ place: FeedPlace, number: ArraySlice<UInt8>, madeOn: CalendarDate?, today: CalendarDate
    ) -> FeedItem {
        var remarks: [FeedRemark] = []
        func date(_ positions: ClosedRange<Int>) -> FeedMoment? {
            let text = self[positions].trimmed
            // Blanks or zeros: none.
            guard text.contains(where: { $0 != 0x30 && $0 != 0x2D }) else { return nil }
            let date = FeedMoment(text)
            if date == nil, !remarks.contains(.unreadableDate) { remarks.append(.unreadableDate) }
            return date
        }
        func item(_ status: ProtectionStatus, _ said: FeedMoment?) -> FeedItem {
            let protection = status == .protected ? Sensitive("navne-og-adressebeskyttelse") : nil
            return FeedItem(
                place,
                .notice(
                    RegisterNotice(
                        numbers: [Sensitive(Self.text(number))], status: status, said: said, protection: protection)),
                remarks: remarks)
        }
        // Of 015 and 016 the moment of the entry counts too: an extended protection keeps its first day.
        // Where there is none (004 has no place for it), an extended one would be older than the end that was told before:
        // there the day counts on which the file was made.
        let entered = layout.entered.compactMap(date)
        let asOf = type != 16 && entered.isEmpty ? madeOn.map(FeedMoment.day) : nil
        let began = (layout.began.map(date) + entered + [asOf]).compactMap(\.self).max()
        if type == 16, let ended = [date(Self.historyEnded), date(Self.historyClosed)].compactMap(\.self).min() {
            return item(.notProtected, ended)
        }
        guard let end = date(layout.ends) else { return item(.protected, began) }
        guard let madeOn else {
            // Whether it is over is not for a clock of ours to say.
            if end <= .day(today) { remarks.append(.endNotConfirmed) }
            return item(.protected, began)
        }
        return end < .day(madeOn) ? item(.notProtected, asOf ?? end) : item(.protected, began)
    }

    private struct Layout {
        let began: [ClosedRange<Int>]
        let entered: [ClosedRange<Int>]
        let ends: ClosedRange<Int>
        /// Where a line may end: at the end of a field, its blanks cut off.
        let fieldEnds: Set<Int>
    }

    private static let nameAndAddress = Array("0001".utf8)
    private static let historyClosed = 61...72
    private static let historyEnded = 73...82
    private static let short = Layout(began: [18...27], entered: [], ends: 28...37, fieldEnds: [17, 27])
    private static let long = Layout(
        began: [34...43], entered: [22...33], ends: 47...56, fieldEnds: [17, 21, 33, 43, 46])
    private static let history = Layout(
        began: [34...43], entered: [22...33], ends: 47...56, fieldEnds: [17, 21, 33, 43, 46, 56, 60, 72])

    private var layout: Layout {
        switch type {
        case 4: Self.short
        case 16: Self.history
        default: Self.long
        }
    }

    /// Whether the line ends within a field that something is written in.
    private var cutsField: Bool {
        let full = type == 16 ? Self.historyEnded.upperBound : layout.ends.upperBound
        return bytes.count < full && !layout.fieldEnds.contains(bytes.count) && bytes.last != 0x20
    }

    /// What stands at positions, counted from 1 as the register does; shorter where the line is.
    private subscript(_ positions: ClosedRange<Int>) -> ArraySlice<UInt8> {
        bytes.dropFirst(positions.lowerBound - 1).prefix(positions.count)
    }

    /// Bytes that are no ASCII are not of these fields and become signs that no number holds.
    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension ArraySlice<UInt8> {
    /// Without blanks around.
    fileprivate var trimmed: ArraySlice<UInt8> {
        var rest = drop { $0 == 0x20 }
        while rest.last == 0x20 { rest.removeLast() }
        return rest
    }
}
