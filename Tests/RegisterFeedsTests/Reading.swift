import Foundation
import ProtectedIdentity
import RegisterFeeds
import Testing

/// The moment, and the day, at which the tests take place: 2026-11-23T09:30:00Z.
let testMoment = Timestamp(milliseconds: 1_795_426_200_000)
let testDay = testMoment.date

/// A list as its users would map one.
let testMapping = FieldMapping(
    number: "Personnummer", otherNumbers: ["Tidigare"], contactID: "Kund", status: "Skydd", observedAt: "Datum",
    protectedValues: ["ja", "true"], notProtectedValues: ["nej", "false"])

/// What a reader makes of bytes that come in chunks of a size.
func read(
    _ format: FeedFormat, _ bytes: [UInt8], chunk: Int = 65_536, mapping: FieldMapping = testMapping
) -> [FeedItem] {
    var reader = format.reader(mapping, today: testDay)
    var items: [FeedItem] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        items += reader.read(Array(rest.prefix(chunk)))
        rest = rest.dropFirst(chunk)
    }
    return items + reader.finish()
}

/// What a reader makes of a text, one line for each record: the form in which the tests expect it.
func told(_ format: FeedFormat, _ text: String, mapping: FieldMapping = testMapping) -> [String] {
    read(format, Array(text.utf8), mapping: mapping).map(\.told)
}

extension FeedItem {
    /// All that is in it, personal values too: for tests alone.
    var told: String {
        let marks = remarks.map { " (\($0.rawValue))" }.joined()
        switch finding {
        case .notice(let notice):
            let numbers = notice.numbers.map { $0.reveal() }
            let who = numbers + [notice.contactID?.rawValue].compactMap(\.self).map { "#\($0)" }
            let said =
                switch notice.said {
                case .day(let day)?: " \(day)"
                case .moment(let moment)?: " \(moment)"
                case nil: ""
                }
            let kind = notice.protection.map { " \($0.reveal())" } ?? ""
            return "\(place): \(who.joined(separator: "+")) \(notice.status.rawValue)\(said)\(kind)\(marks)"
        case .nothingSaid: return "\(place): nothing\(marks)"
        case .rejected(let reason): return "\(place): rejected \(reason.rawValue)\(marks)"
        case .broken(let fault): return "\(place): broken \(fault.rawValue)\(marks)"
        }
    }
}
