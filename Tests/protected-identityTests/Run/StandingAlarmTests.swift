import BatchPipeline
import KafkaClient
import Testing

@testable import protected_identity

@Suite("What a worker says of a registry that is behind its group")
struct StandingAlarmTests {
    private func text(readsEvents: Bool) -> String {
        let standing = PartitionStanding(
            partition: TopicPartition(topic: "things", partition: 3), committed: 40, low: 10, end: 50)
        return StandingAlarm.storeBehindGroup(standing, missing: 20..<40).text(of: "ours", readsEvents: readsEvents)
    }

    @Test("of events: the replay that reads what is missing")
    func events() {
        let text = text(readsEvents: true)
        #expect(text.contains("protected-identity replay --from 3:20 --to 3:40 --restored "))
        #expect(!text.contains("--reset-offsets"))
    }

    @Test("of commands: their group is moved back, since replay reads events alone")
    func commands() {
        let text = text(readsEvents: false)
        #expect(text.contains("--group ours --topic things:3 --reset-offsets --to-offset 20 --execute"))
        #expect(!text.contains("protected-identity replay"))
    }
}
