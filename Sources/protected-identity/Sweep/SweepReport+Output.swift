import ContactStore
import Logging
import Operations
import ProtectedIdentity

extension SweepReport {
    /// What was counted, part by part, in the order in which it was done.
    private var counts: [(part: SweepPart, name: String, meaning: String, count: Int)] {
        var counts: [(part: SweepPart, name: String, meaning: String, count: Int)] = []
        let again = isDry ? "messages of earlier sweeps to publish" : "messages of earlier sweeps published"
        if selection != nil || owed != nil || reconciliation != nil {
            counts.append((.owed, "republished", again, republished))
        }
        if let selection {
            counts += [
                (.selection, "requested", "deletions requested", selection.requested),
                (.selection, "scheduled", "deletions scheduled, with their notice", selection.scheduled),
                (.selection, "cancelled", "deletions cancelled, the tenant keeps", selection.cancelled),
                (.selection, "unnotified", "due, and not known to be told", selection.unnotified),
                (.selection, "gone", "no longer there, or no longer protected", selection.gone),
            ]
        }
        if let reconciliation {
            let extent =
                switch reconciliation.extent {
                case .all: "contacts looked at, all of them"
                case .changed: "contacts looked at, changed since"
                case .none: "contacts looked at: store.contacts.updatedAt is not set, and --full not given"
                }
            counts += [
                (.reconciliation, "scanned", extent, reconciliation.scanned),
                (
                    .reconciliation, "redacted", "redacted, of persons who are remembered as protected",
                    reconciliation.redacted
                ),
                (.reconciliation, "refused", "refused by the store: somebody is still exposed", reconciliation.refused),
            ]
        }
        if let purged {
            counts += [
                (.purge, "journalRows", "journal rows forgotten", purged.journalRows),
                (.purge, "persons", "persons forgotten whom nothing protects", purged.persons),
            ]
        }
        if let owed {
            counts += [
                (.owed, "owedSlices", "slices of workers not yet settled", owed.slices),
                (.owed, "owedMessages", "messages of sweeps not yet settled", owed.messages),
            ]
        }
        return counts
    }

    /// The lines for people.
    var lines: [String] {
        var table = TextTable("part", "", "count")
        for count in counts { table.add(count.part.rawValue, count.meaning, "\(count.count)") }
        let remark = isDry ? ["", "Nothing was changed."] : isStopped ? ["", "Stopped before the end."] : []
        return table.lines + remark
    }

    /// The same by name, for scripts.
    var byName: [String: Int] {
        Dictionary(counts.map { ($0.name, $0.count) }) { first, _ in first }
    }

    /// The same for a line of the log.
    var metadata: Logger.Metadata {
        var metadata = byName.mapValues { Logger.MetadataValue.stringConvertible($0) }
        if isStopped { metadata["stopped"] = "true" }
        return metadata
    }
}

/// What a sweep has come to, for scripts.
struct SweepResult: Encodable {
    let counts: [String: Int]
    let dryRun: Bool
    let stopped: Bool

    init(_ report: SweepReport) {
        counts = report.byName
        dryRun = report.isDry
        stopped = report.isStopped
    }
}
