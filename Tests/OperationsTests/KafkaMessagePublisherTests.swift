import ContactStoreConformance
import KafkaClient
import Logging
import Operations
import ProtectedIdentity
import Testing

@Suite("The publisher of operations")
struct KafkaMessagePublisherTests {
    private let logger = Logger(label: "publisher") { _ in SwiftLogNoOpLogHandler() }

    @Test("it returns when the broker has confirmed every message, and what is there is the contract's")
    func publishes() throws {
        let broker = try EmbeddedBroker(logger: logger)
        for topic in ["d", "n"] { try broker.createTopic(topic, partitions: 1) }
        let publisher = try KafkaMessagePublisher(
            ProducerConfiguration(bootstrapServers: broker.bootstrapServers),
            topic: { $0 == .deletions ? "d" : "n" }, logger: logger)
        defer { publisher.close() }
        let world = try SweepWorld(contacts: 3)
        _ = try world.sweep().run()
        for _ in 0..<2 { try publisher.publish(world.topic.messages) }
        try publisher.publish([])

        let consumer = try KafkaConsumer(
            ConsumerConfiguration(
                bootstrapServers: broker.bootstrapServers, groupID: "reader",
                properties: try KafkaProperties(["fetch.wait.max.ms": "20"])), logger: logger)
        defer { _ = consumer.leave(within: .seconds(2)) }
        try consumer.assign([TopicPartition(topic: "d", partition: 0): 0])
        var records: [RecordView] = []
        let deadline = ContinuousClock.now + .seconds(20)
        while records.count < 6, .now < deadline {
            if case .records(let batch) = consumer.poll(maximum: 100, timeout: .milliseconds(100)) {
                records += Array(batch)
            }
        }
        #expect(records.count == 6)
        let ids = Set(records.compactMap { $0.header("ce_id").map { String(decoding: $0, as: UTF8.self) } })
        #expect(ids == Set(world.topic.values.keys))
        let types = records.compactMap { $0.header("ce_type").map { String(decoding: $0, as: UTF8.self) } }
        #expect(types.allSatisfy { $0 == "protected-identity.deletion.requested.v1" })
    }
}
