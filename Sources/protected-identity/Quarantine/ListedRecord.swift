import Foundation
import Operations
import ProtectedIdentity

/// A record of the quarantine as `list` prints it.
struct ListedRecord: Encodable {
    let coordinates: String
    let place: String
    let reason: String
    let setAsideAt: String?
    let attempts: Int
    let redrives: Int
    let redriven: Bool
    let sealed: Bool
    let keyId: String?
    let consumerGroup: String
    let tenant: String?

    init(_ line: QuarantineListing.Line) {
        let entry = line.entry
        coordinates = entry.original.description
        place = entry.place.description
        reason = entry.headers.reason.rawValue
        setAsideAt = entry.setAsideAt?.description
        attempts = entry.headers.attempts
        redrives = entry.headers.redrives
        redriven = line.isRedriven
        sealed = entry.sealedBytes > 0
        keyId = entry.headers.keyID
        consumerGroup = entry.headers.consumerGroup
        tenant = line.tenant?.rawValue
    }

    /// Columns of a fixed width: what comes later is not known when the first line is printed.
    private static func row(_ cells: [(text: String, width: Int)], _ last: String) -> String {
        "  "
            + cells.map { $0.text.padding(toLength: max($0.width, $0.text.count), withPad: " ", startingAt: 0) + "  " }
            .joined() + last
    }

    /// The line above the records.
    static let heading = row(
        [("set aside", 24), ("reason", 18), ("attempts", 8), ("state", 8), ("tenant", 12)], "coordinates")

    var row: String {
        let state = redriven ? "redriven" : "waiting"
        return Self.row(
            [
                (setAsideAt ?? "-", 24), (reason, 18), ("\(attempts)", 8), (state, 8), (tenant ?? "-", 12),
            ], coordinates)
    }
}

/// The counts of a list, as its last line.
struct ListedCounts: Encodable {
    let counts: QuarantineCounts

    init(_ counts: QuarantineCounts) {
        self.counts = counts
    }
}

extension Encodable {
    /// One line of JSON, keys sorted.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension QuarantineCounts {
    /// The counts for people.
    var lines: [String] {
        var table = TextTable("reason", "set aside", "put back", "waiting")
        for (reason, count) in byReason.sorted(by: { $0.key < $1.key }) {
            table.add(reason, "\(count.setAside)", "\(count.redriven)", "\(count.setAside - count.redriven)")
        }
        let others =
            foreign > 0 ? ["", "\(counted(foreign, "record")) of the topic are nobody's that is known here."] : []
        return byReason.isEmpty && foreign == 0 ? ["Nothing is there."] : table.lines + others
    }
}
