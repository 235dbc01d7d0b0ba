import Testing

@testable import protected_identity

@Suite("check: the journal's retention against the topic's")
struct RetentionCheckTests {
    private func levels(_ configuration: [String: String], journal: String = "30d") throws -> [Finding.Level] {
        let journal = try #require(DurationText.parse(journal))
        return RetentionCheck(topic: "events", configuration: configuration, journalRetention: journal).findings()
            .map(\.level)
    }

    @Test("a topic that forgets first is as it has to be")
    func shorter() throws {
        #expect(try levels(["retention.ms": "604800000", "segment.ms": "86400000"]) == [.ok])
    }

    @Test("a journal that forgets before the topic is refused, and told how long it has to be")
    func longer() throws {
        let check = RetentionCheck(
            topic: "events", configuration: ["retention.ms": "604800000"], journalRetention: .seconds(86_400))
        let finding = try #require(check.findings().first)
        #expect(finding.level == .problem && finding.cause == .configuration)
        #expect(finding.message.contains("7d") && finding.message.contains("1d"))
        #expect(finding.advice?.contains("7d") == true)
    }

    @Test("the deletions topic is held against it likewise, in its own words")
    func deletions() throws {
        let check = RetentionCheck(
            topic: "deletions", topicKey: "topics.deletions", content: "commands",
            configuration: ["retention.ms": "604800000", "cleanup.policy": "compact,delete"],
            journalRetention: .seconds(86_400))
        let findings = check.findings()
        #expect(findings.map(\.level) == [.problem, .warning])
        #expect(findings[0].message.contains("topic deletions keeps commands for 7d"))
        #expect(findings[1].subject == "topics.deletions")
    }

    @Test(
        "a topic that never forgets is refused",
        arguments: [
            ["retention.ms": "-1", "cleanup.policy": "delete"], ["retention.ms": "1000", "cleanup.policy": "compact"],
        ])
    func forever(_ configuration: [String: String]) throws {
        #expect(try levels(configuration).first == .problem)
    }

    @Test("a segment that is not full keeps its records longer: a warning")
    func segments() throws {
        #expect(try levels(["retention.ms": "604800000", "segment.ms": "604800000"], journal: "10d") == [.warning])
    }

    @Test("a compacted topic loses events that nobody has read: a warning of its own")
    func compacted() throws {
        #expect(try levels(["retention.ms": "1000", "cleanup.policy": "compact,delete"]) == [.ok, .warning])
    }

    @Test("a retention that is not told is a warning")
    func untold() throws {
        #expect(try levels([:]) == [.warning])
    }

    @Test(
        "durations are described as the configuration would have them", arguments: ["250ms", "90s", "7m", "36h", "30d"])
    func described(_ text: String) throws {
        #expect(DurationText.describe(try #require(DurationText.parse(text))) == text)
    }
}
