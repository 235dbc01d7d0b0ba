import Testing

@testable import KafkaClient

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
        let group = #expect(throws: KafkaError.self) { try admin.describeGroup("group", timeout: patience) }
        #expect(group?.isUnsupportedByBroker == true, "\(String(describing: group))")
        admin.close(within: .seconds(5))
    }

    @Test("what a member was assigned is read from the protocol's bytes, and as far as there are any")
    func assignment() {
        let bytes: [UInt8] = [
            0, 1, 0, 0, 0, 1, 0, 2, 0x65, 0x76, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0xff,
        ]
        let partitions = [Int32(0), 7].map { TopicPartition(topic: "ev", partition: $0) }
        #expect(MemberAssignment(bytes).partitions == partitions)
        #expect(MemberAssignment(Array(bytes.prefix(19))).partitions == Array(partitions.prefix(1)))
        for count in 0..<10 { #expect(MemberAssignment(Array(bytes.prefix(count))).partitions.isEmpty) }
        #expect(MemberAssignment([0, 1, 0xff, 0xff, 0xff, 0xff]).partitions.isEmpty)
    }

    @Test("a log's end is told, and a reader by hand is told when it has met it")
    func ends() throws {
        let broker = try EmbeddedBroker(logger: quiet)
        try broker.createTopic("there", partitions: 2)
        let producer = try makeProducer(broker)
        defer { producer.close(within: .seconds(5)) }
        for _ in 0..<3 { try producer.produce(OutgoingRecord(topic: "there", partition: 0, value: [1])) }
        try producer.flush(within: patience)
        let ends = try LogEnds(bootstrapServers: broker.bootstrapServers, logger: quiet)
        defer { ends.close(within: .seconds(5)) }
        let (full, empty) = (TopicPartition(topic: "there", partition: 0), TopicPartition(topic: "there", partition: 1))
        #expect(try ends.end(of: full, timeout: patience) == 3)
        #expect(try ends.end(of: empty, timeout: patience) == 0)

        let consumer = try makeConsumer(broker) { $0.tellsEnds = true }
        defer { _ = consumer.leave(within: .seconds(5)) }
        try consumer.assign([full: 1, empty: 0])
        var values = 0
        let deadline = ContinuousClock.now + patience
        while consumer.metEnds().count < 2, .now < deadline {
            if case .records(let batch) = consumer.poll(maximum: 10, timeout: .milliseconds(50)) {
                values += batch.count
            }
        }
        #expect(values == 2 && consumer.metEnds() == [full: 3, empty: 0])
        try consumer.assign([full: 3])
        #expect(consumer.metEnds().isEmpty)
    }
}
