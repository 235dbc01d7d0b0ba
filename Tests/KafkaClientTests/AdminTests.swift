import KafkaClient
import Testing

@Suite("Looking at a cluster", .ownThread)
struct AdminTests {
    @Test("brokers, partition counts and missing topics, and asking creates nothing")
    func metadata() throws {
        let broker = try EmbeddedBroker(brokers: 2, logger: quiet)
        try broker.createTopic("there", partitions: 5)
        let admin = try KafkaAdmin(bootstrapServers: broker.bootstrapServers, logger: quiet)
        for _ in 0..<2 {
            let metadata = try admin.metadata(topics: ["there", "not-there"], timeout: patience)
            #expect(metadata.brokers.map(\.id).sorted() == [1, 2])
            #expect(metadata.partitionCounts == ["there": 5])
            #expect(metadata.missingTopics == ["not-there"])
        }
        #expect(try admin.metadata(timeout: patience).partitionCounts.keys.sorted() == ["there"])
        admin.close(within: .seconds(5))
    }

    @Test("an unreachable cluster is a retriable error")
    func unreachable() throws {
        let admin = try KafkaAdmin(bootstrapServers: "127.0.0.1:1", logger: quiet)
        let error = #expect(throws: KafkaError.self) { try admin.metadata(timeout: .milliseconds(300)) }
        #expect(error?.isRetriable == true)
        admin.close(within: .seconds(5))
    }

    @Test("what the embedded broker does not know is unsupported, and says so")
    func unsupported() throws {
        let broker = try EmbeddedBroker(logger: quiet)
        let admin = try KafkaAdmin(bootstrapServers: broker.bootstrapServers, logger: quiet)
        let creation = #expect(throws: KafkaError.self) {
            try admin.createTopics([NewTopic("new", partitions: 1, replicationFactor: 1)], timeout: patience)
        }
        #expect(creation?.isUnsupportedByBroker == true, "\(String(describing: creation))")
        let description = #expect(throws: KafkaError.self) {
            try admin.describeTopicConfiguration("new", timeout: patience)
        }
        #expect(description?.isUnsupportedByBroker == true, "\(String(describing: description))")
        admin.close(within: .seconds(5))
    }
}
