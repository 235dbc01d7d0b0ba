/// Holds the journal's retention against that of a topic that is read: what comes again after the journal has forgotten it
/// would have a second outcome.
struct RetentionCheck {
    let topic: String
    /// The key of the configuration that names it.
    var topicKey = "topics.events"
    /// What stands in it.
    var content = "events"
    /// By Kafka's names.
    let configuration: [String: String]
    let journalRetention: Duration

    func findings() -> [Finding] {
        let policies = (configuration["cleanup.policy"] ?? "delete").split(separator: ",").map {
            $0.trimming(while: \.isWhitespace)
        }
        var findings = [ages(isDeleting: policies.contains("delete"))]
        if policies.contains("compact") {
            findings.append(
                .warning(
                    topicKey, "topic \(topic) is compacted: \(content) that share a key are dropped unread",
                    advice: "Set cleanup.policy=delete on it"))
        }
        return findings
    }

    private var key: String { "store.journalRetention" }

    private func ages(isDeleting: Bool) -> Finding {
        let journal = DurationText.describe(journalRetention)
        guard let retention = configuration["retention.ms"].flatMap({ Int64($0) }) else {
            return .warning(
                key, "the broker does not tell the retention of topic \(topic)",
                advice: "Make sure that it keeps \(content) no longer than \(journal)")
        }
        guard isDeleting, retention >= 0 else {
            return .problem(
                key, "topic \(topic) keeps \(content) for ever, the journal remembers them for \(journal)",
                advice: "Set cleanup.policy=delete and a retention.ms of that length or less on the topic",
                .configuration)
        }
        let topicRetention = Duration.milliseconds(retention)
        let kept = DurationText.describe(topicRetention)
        guard topicRetention <= journalRetention else {
            return .problem(
                key, "topic \(topic) keeps \(content) for \(kept), the journal remembers them for \(journal)",
                advice: "Write \(kept) or more, or shorten retention.ms on the topic", .configuration)
        }
        // A segment is deleted as a whole when its youngest record is too old, and it may be as long in the making.
        let segment = configuration["segment.ms"].flatMap { Int64($0) }.map { Duration.milliseconds($0) } ?? .zero
        guard topicRetention + segment <= journalRetention else {
            return .warning(
                key,
                "topic \(topic) keeps \(content) for \(kept), and up to \(DurationText.describe(segment)) longer until their "
                    + "segment is full; the journal remembers them for \(journal)",
                advice: "Write \(DurationText.describe(topicRetention + segment)), or shorten segment.ms on the topic")
        }
        return .ok(key, "\(journal), and topic \(topic) keeps \(content) for \(kept)")
    }
}
