import Operations
import ProtectedIdentity

/// What `protect` and `lift` print.
struct OperatorEventResult: Encodable {
    let eventId: String
    let source = OperatorEvent.source
    var outcome: String?
    var contactIds: [String]?
    var ceId: String?
    var decidedAt: String?
    var quarantineReason: String?
    var coordinates: String?
    let watched: WatchedOutcome?

    init(event: OperatorEvent, outcome watched: WatchedOutcome?) {
        eventId = event.id
        self.watched = watched
        switch watched {
        case .decided(let outcome, let contactIDs, let ceID, let decidedAt)?:
            (self.outcome, contactIds, ceId, self.decidedAt) = (outcome, contactIDs, ceID, decidedAt)
        case .quarantined(let reason, let place)?:
            (outcome, quarantineReason, coordinates) = ("quarantined", reason.rawValue, place.description)
        case nil: break
        }
    }

    private enum CodingKeys: CodingKey {
        case eventId, source, outcome, contactIds, ceId, decidedAt, quarantineReason, coordinates
    }

    /// The lines for people.
    var lines: [String] {
        var table = TextTable("", "")
        table.add("event", eventId)
        table.add("source", source)
        if let outcome { table.add("outcome", outcome) }
        if let contactIds { table.add("contacts", contactIds.isEmpty ? "none" : contactIds.joined(separator: ", ")) }
        if let ceId { table.add("ce_id", ceId) }
        if let decidedAt { table.add("decided", decidedAt) }
        if let quarantineReason { table.add("set aside as", quarantineReason) }
        if let coordinates { table.add("coordinates", coordinates) }
        return Array(table.lines.dropFirst(2))
    }
}
