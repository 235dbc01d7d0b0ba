import ProtectedIdentity
import Synchronization

/// The last decisions: of which kind, where the record stands, and when. Nothing else of them.
final class RecentOutcomes: Sendable {
    struct Entry: Sendable {
        let type: String
        let record: RecordCoordinates
        let at: Timestamp
    }

    private struct Ring {
        var entries: [Entry] = []
        var next = 0
    }

    private static let size = 20
    private let ring = Mutex(Ring())

    func note(_ record: IncomingRecord, _ verdict: Verdict, at now: Timestamp) {
        let type: String
        switch verdict {
        case .publish(.decided(let outcome, _)): type = outcome.type.shortName
        case .publish(.quarantined): type = "quarantined"
        case .duplicate, .alreadyPublished: type = "duplicate"
        }
        let entry = Entry(type: type, record: record.coordinates, at: now)
        ring.withLock { ring in
            if ring.entries.count < Self.size { ring.entries.append(entry) } else { ring.entries[ring.next] = entry }
            ring.next = (ring.next + 1) % Self.size
        }
    }

    /// The newest first.
    var newestFirst: [Entry] {
        ring.withLock { ring in
            let isFull = ring.entries.count == Self.size
            return Array(
                (isFull ? ring.entries[ring.next...] + ring.entries[..<ring.next] : ring.entries[...]).reversed())
        }
    }
}
