import Foundation
import KafkaClient
import Testing

@Suite("Producing without transactions", .ownThread)
struct ProducerTests {
    let broker: EmbeddedBroker

    init() throws {
        broker = try EmbeddedBroker(logger: quiet)
        try broker.createTopic("small", partitions: 1)
    }

    /// librdkafka before 2.12.0 frees headers twice here if they are passed one by one (#4627).
    @Test("a record with headers for a partition that does not exist is refused, and nothing crashes")
    func missingPartition() throws {
        let producer = try makeProducer(broker)
        // Only once the topic is known is the partition known not to exist.
        try producer.produce(OutgoingRecord(topic: "small", partition: 0, value: [1]))
        try producer.flush(within: patience)
        for _ in 0..<100 {
            let error = #expect(throws: KafkaError.self) {
                try producer.produce(
                    OutgoingRecord(topic: "small", partition: 7, value: [1], headers: [RecordHeader("name", "value")]))
            }
            #expect(error?.isUnknownTopicOrPartition == true)
        }
        producer.close(within: .seconds(5))
    }

    @Test("a record larger than allowed is refused as too large")
    func tooLarge() throws {
        let producer = try makeProducer(broker, ["message.max.bytes": "2000"])
        let error = #expect(throws: KafkaError.self) {
            try producer.produce(OutgoingRecord(topic: "small", value: Array(repeating: 1, count: 3_000)))
        }
        #expect(error?.isMessageTooLarge == true)
        producer.close(within: .seconds(5))
    }

    @Test("a full queue makes the producer wait, then fail, and drains when the broker is back")
    func fullQueue() throws {
        try broker.takeDown(broker: 1)
        let producer = try KafkaProducer(
            ProducerConfiguration(
                bootstrapServers: broker.bootstrapServers, queuedRecords: 10,
                queueFullTimeout: .milliseconds(150),
                properties: try KafkaProperties(["reconnect.backoff.max.ms": "100"])),
            logger: quiet)
        for _ in 0..<10 { try producer.produce(OutgoingRecord(topic: "small", partition: 0, value: [1])) }
        let start = ContinuousClock.now
        let error = #expect(throws: KafkaError.self) {
            try producer.produce(OutgoingRecord(topic: "small", partition: 0, value: [1]))
        }
        #expect(error?.code == .queueFull)
        #expect(ContinuousClock.now - start >= .milliseconds(140))
        let late = #expect(throws: KafkaError.self) { try producer.flush(within: .milliseconds(50)) }
        #expect(late?.isTimeout == true)

        try broker.bringUp(broker: 1)
        try producer.flush(within: patience)
        #expect(producer.deliveries.delivered == 10)
        #expect(producer.deliveries.failed == 0)
        producer.close(within: .seconds(5))
    }

    @Test("records that cannot be delivered are counted, with the first reason")
    func failures() throws {
        broker.pushErrors(.produce, [.messageTooLarge])
        let producer = try makeProducer(broker)
        try producer.produce(OutgoingRecord(topic: "small", partition: 0, value: [1]))
        try producer.flush(within: patience)
        #expect(producer.deliveries.failed == 1)
        #expect(producer.deliveries.firstFailure == .messageTooLarge)
        producer.close(within: .seconds(5))
    }

    @Test("closing drops what cannot be sent, and does not hang")
    func close() throws {
        try broker.takeDown(broker: 1)
        let producer = try makeProducer(broker)
        for _ in 0..<100 { try producer.produce(OutgoingRecord(topic: "small", partition: 0, value: [1])) }
        let start = ContinuousClock.now
        producer.close(within: .seconds(5))
        #expect(ContinuousClock.now - start < .seconds(8))
    }

    @Test("a closed producer refuses whatever comes")
    func closed() throws {
        let plain = try makeProducer(broker)
        plain.close(within: patience)
        plain.close(within: .zero)
        let error = #expect(throws: KafkaError.self) {
            try plain.produce(OutgoingRecord(topic: "small", value: [1]))
        }
        #expect(error?.code == .state)
        #expect(throws: KafkaError.self) { try plain.flush(within: .zero) }

        let transactional = try makeTransactionalProducer(broker)
        try transactional.initTransactions(timeout: patience)
        let transaction = try transactional.begin()
        transactional.close(within: patience)
        do {
            try transaction.commit()
            Issue.record("a closed producer committed")
        } catch {
            #expect(error.transactionResult == .unknown)
        }
    }

    @Test("closing while another thread is inside waits for it, and crashes nothing")
    func closedInUse() throws {
        let producer = try makeProducer(broker)
        let begun = DispatchSemaphore(value: 0)
        let ended = DispatchSemaphore(value: 0)
        let topic = "small"
        Thread.detachNewThread {
            begun.signal()
            do {
                while true { try producer.produce(OutgoingRecord(topic: topic, partition: 0, value: [1])) }
            } catch {
                ended.signal()
            }
        }
        begun.wait()
        producer.close(within: patience)
        #expect(ended.wait(timeout: .now() + 10) == .success)
    }
}
