import KafkaClient
import Operations
import ProtectedIdentity

extension RedriveReport {
    /// The lines for people.
    var lines: [String] {
        var table = TextTable("", "records")
        table.add("selected", "\(selected)")
        table.add(isDry ? "would be put back" : "put back", "\(redriven)")
        table.add("put back by an earlier redrive", "\(already)")
        for obstacle in Obstacle.allCases { left[obstacle].map { table.add(obstacle.meaning, "\($0)") } }
        var lines = table.lines
        for obstacle in Obstacle.allCases {
            guard let some = examples[obstacle], let count = left[obstacle] else { continue }
            lines += ["", "\(obstacle.meaning). \(obstacle.advice):"] + some.map { "  \($0)" }
            if some.count < count { lines.append("  … and \(count - some.count) more") }
        }
        if !unknown.isEmpty {
            lines += [
                "", "Nothing that is selected bears these coordinates; `quarantine list` prints those that are there:",
            ]
            lines += unknown.map { "  \($0)" }
        }
        if isDry { lines += ["", "Nothing was written."] }
        return lines
    }
}

extension RedriveReport.Obstacle {
    /// What keeps a record, for people.
    var meaning: String {
        switch self {
        case .exhausted: "left: put back as often as --max-redrives allows"
        case .notRetained: "left: neither opened here nor still in its topic"
        case .otherTopic: "left: from a topic that no worker of this configuration reads"
        case .otherKey: "left: sealed to another key"
        case .damaged: "left: its bytes are not what was sealed"
        case .tooLarge: "left: larger than the broker takes"
        }
    }

    var advice: String {
        switch self {
        case .exhausted: "Look at one with `quarantine show` before you raise it"
        case .notRetained:
            "Give the private key, or have the feed send them under a new ce_id; under the old one they are duplicates"
        case .otherTopic: "Name that topic under topics.events, topics.notifications or topics.deletions"
        case .otherKey: "Give the private key whose id `quarantine list --output json` prints"
        case .damaged: "Without --private-key they are taken from their topic, as long as it retains them"
        case .tooLarge: "Raise message.max.bytes of kafka.properties, and of the topic"
        }
    }
}

/// What a redrive has come to, for scripts.
struct RedriveResult: Encodable {
    let selected: Int
    let redriven: Int
    let alreadyRedriven: Int
    let left: [String: Int]
    let examples: [String: [String]]
    let unknown: [String]
    let dryRun: Bool
    let stopped: Bool

    init(_ report: RedriveReport) {
        selected = report.selected
        redriven = report.redriven
        alreadyRedriven = report.already
        func byName<Value>(_ values: [RedriveReport.Obstacle: Value]) -> [String: Value] {
            Dictionary(values.map { ($0.key.rawValue, $0.value) }) { first, _ in first }
        }
        left = byName(report.left)
        examples = byName(report.examples).mapValues { $0.map(\.description) }
        unknown = report.unknown.map(\.description)
        dryRun = report.isDry
        stopped = report.isStopped
    }
}

extension CommandFailure {
    init(_ open: OpenTransaction) {
        self.init(
            .temporary,
            "\(open.partition): a transaction that nobody ends keeps the end of the topic from its readers, so that what was put "
                + "back cannot be told. Wait for it; `kafka-transactions.sh find-hanging` finds one that never ends, `abort` "
                + "ends it")
    }
}
