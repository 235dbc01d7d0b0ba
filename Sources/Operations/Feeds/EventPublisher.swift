internal import KafkaClient
public import ProtectedIdentity

/// Publishes feeds' events with an idempotent producer, as fast as the brokers take them. For one thread.
public final class EventPublisher {
    /// So many records wait in the producer at most; then publishing waits for the brokers.
    private static let queuedRecords = 20_000
    /// For how long brokers that take nothing are waited for.
    private static let patience = Duration.seconds(60)
    /// A broker's refusal is looked for as often.
    private static let lookEvery = 1_024

    private let producer: KafkaProducer
    private let topic: String
    private var published = 0

    /// A publisher to the events topic of a cluster.
    ///
    /// - Throws: ``KafkaClient/KafkaConfigurationError``.
    public init(_ kafka: OperationsKafka, topic: String) throws {
        producer = try KafkaProducer(
            ProducerConfiguration(
                bootstrapServers: kafka.bootstrapServers, linger: .milliseconds(5), queuedRecords: Self.queuedRecords,
                queueFullTimeout: Self.patience, properties: kafka.properties),
            logger: kafka.logger)
        self.topic = topic
    }

    /// Puts an event on its way; waits while too many are.
    public func publish(_ event: FeedEvent) throws(PublishFailure) {
        do throws(KafkaError) {
            try producer.produce(
                OutgoingRecord(
                    topic: topic, key: event.key, value: event.value,
                    headers: event.headers.map { RecordHeader($0.0, $0.1) }))
        } catch {
            throw PublishFailure("Kafka: \(error)")
        }
        published += 1
        if published.isMultiple(of: Self.lookEvery) { try refusal() }
    }

    /// Returns when the brokers have confirmed every event so far.
    public func settle() throws(PublishFailure) {
        do throws(KafkaError) {
            try producer.flush(within: Self.patience)
        } catch {
            throw PublishFailure("Kafka: \(error)")
        }
        try refusal()
        guard producer.deliveries.delivered == published else {
            throw PublishFailure("Kafka: not every event is confirmed")
        }
    }

    /// Gives the connection back.
    public func close() {
        producer.close(within: .seconds(2))
    }

    private func refusal() throws(PublishFailure) {
        let deliveries = producer.deliveries
        guard deliveries.failed > 0 else { return }
        let code = deliveries.firstFailure.map { " (\($0))" } ?? ""
        throw PublishFailure("Kafka: the broker has not taken \(deliveries.failed) of the events\(code)")
    }
}
