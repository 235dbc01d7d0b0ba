import KafkaClient
import Operations
import ProtectedIdentity

extension ReplayReport {
    /// The lines for people.
    var lines: [String] {
        var table = TextTable("", "records")
        table.add("read", "\(read)")
        if doneBefore > 0 { table.add("done by earlier runs", "\(doneBefore)") }
        if filtered > 0 { table.add("left out by the filter", "\(filtered)") }
        let (applying, known) =
            isDry ? ("new, would become", "known already") : ("applied now", "already applied")
        if applied.isEmpty { table.add(applying, "0") }
        for (outcome, count) in applied.sorted(by: <) { table.add("\(applying): \(outcome)", "\(count)") }
        for (reason, count) in quarantined.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            table.add("\(isDry ? "would be set aside" : "set aside"): \(reason.rawValue)", "\(count)")
        }
        if knownByOutcome.isEmpty { table.add(known, "\(self.known - knownAside)") }
        if knownAside > 0 { table.add("set aside before, and still so: quarantine redrive", "\(knownAside)") }
        for (outcome, count) in knownByOutcome.sorted(by: <) { table.add("\(known): \(outcome)", "\(count)") }
        if republished > 0 { table.add(isDry ? "would be published again" : "published again", "\(republished)") }
        var lines = table.lines + ["", "It took \(seconds) s\(rate)."]
        if doneBefore > 0, let begunAt {
            lines += ["It began at \(begunAt); what came into the topic since then is not in its range."]
        }
        for (partition, offsets) in missed.sorted(by: { $0.key < $1.key }) {
            lines += [
                "EXPIRED BEFORE THEY WERE READ: \(offsets.lowerBound) to \(offsets.upperBound - 1) of \(partition). "
                    + "Ask the feed for these events, each under a new ce_id."
            ]
        }
        if !truncated.isEmpty {
            let places = truncated.map(\.description).joined(separator: ", ")
            lines += ["Records from before the oldest one that is retained may be missing: \(places)."]
        }
        if isDry { lines += ["Nothing was written."] }
        if !isFinished { lines += ["Stopped before the end."] }
        return lines
    }

    fileprivate var seconds: Double { (duration / .milliseconds(100)).rounded() / 10 }

    private var rate: String {
        duration > .seconds(1) ? ", \(Int(Double(read) / (duration / .seconds(1)))) records a second" : ""
    }
}

/// What a replay has come to, for scripts.
struct ReplayResult: Encodable {
    let id: String?
    let read: Int
    let filtered: Int
    let applied: [String: Int]
    let quarantined: [String: Int]
    let alreadyApplied: Int
    let alreadySetAside: Int
    let alreadyAppliedByOutcome: [String: Int]?
    let republished: Int
    let doneBefore: Int64
    let ranges: [String: [Int64]]
    let possiblyExpired: [String]
    let expiredUnread: [String: [Int64]]
    let begunAt: String?
    let seconds: Double
    let dryRun: Bool
    let finished: Bool

    init(_ report: ReplayReport) {
        id = report.id.isEmpty ? nil : report.id
        read = report.read
        filtered = report.filtered
        applied = report.applied
        quarantined = Dictionary(report.quarantined.map { ($0.key.rawValue, $0.value) }) { first, _ in first }
        alreadyApplied = report.known - report.knownAside
        alreadySetAside = report.knownAside
        alreadyAppliedByOutcome = report.isDry ? report.knownByOutcome : nil
        republished = report.republished
        doneBefore = report.doneBefore
        ranges = Dictionary(
            report.ranges.map { ($0.key.description, [$0.value.lowerBound, $0.value.upperBound]) }
        ) { first, _ in first }
        possiblyExpired = report.truncated.map(\.description)
        expiredUnread = Dictionary(
            report.missed.map { ($0.key.description, [$0.value.lowerBound, $0.value.upperBound]) }
        ) { first, _ in first }
        begunAt = report.begunAt?.description
        seconds = report.seconds
        dryRun = report.isDry
        finished = report.isFinished
    }
}

extension OwedReplay.Report {
    /// The lines for people.
    var lines: [String] {
        guard !slices.isEmpty || !left.isEmpty else { return ["Nothing is owed."] }
        var table = TextTable("group", "slices", "")
        for (group, count) in slices.sorted(by: <) {
            table.add(group, "\(count)", "\(messages[group] ?? 0) messages \(isDry ? "to be published" : "published")")
        }
        for (group, obstacle) in left.sorted(by: { $0.key < $1.key }) { table.add(group, "", obstacle.text) }
        return table.lines + (isDry ? ["", "Nothing was done."] : [])
    }
}

extension OwedReplay.Obstacle {
    fileprivate var text: String {
        switch self {
        case .live: "left: the live group publishes them at its next start; --group means it"
        case .unfinished(let replay): "left: replay \(replay) publishes them when it goes on; --group gives it up"
        case .hasMembers: "left: it has members"
        }
    }
}

/// What was owed, for scripts.
struct OwedResult: Encodable {
    let slices: [String: Int]
    let messages: [String: Int]
    let left: [String: String]
    let dryRun: Bool

    init(_ report: OwedReplay.Report) {
        slices = report.slices
        messages = report.messages
        left = report.left.mapValues { obstacle in
            switch obstacle {
            case .live: "live"
            case .unfinished: "unfinished"
            case .hasMembers: "members"
            }
        }
        dryRun = report.isDry
    }
}
