public import KafkaClient
public import Logging
public import ProtectedIdentity
internal import RegistryWorker

/// Publishes to Kafka with an idempotent producer. It needs no transaction: each message stands for itself, and what is not
/// known to be there comes again under the same `ce_id`.
public final class KafkaMessagePublisher: MessagePublisher {
    private let producer: KafkaProducer
    private let topic: @Sendable (EncodedMessage.Destination) -> String
    /// How long a page may take; well below the time for which it is leased.
    private static let patience = Duration.seconds(30)

    /// A publisher for one sweep.
    ///
    /// - Parameter topic: the name of the topic of a destination.
    public init(
        _ configuration: ProducerConfiguration, topic: @escaping @Sendable (EncodedMessage.Destination) -> String,
        logger: Logger
    ) throws(KafkaConfigurationError) {
        producer = try KafkaProducer(configuration, logger: logger)
        self.topic = topic
    }

    /// Returns when the broker has confirmed all of them.
    public func publish(_ messages: [EncodedMessage]) throws(PublishFailure) {
        let before = producer.deliveries
        do throws(KafkaError) {
            for message in messages {
                try producer.produce(OutgoingRecord(message, topic: topic(message.destination)))
            }
            try producer.flush(within: Self.patience)
        } catch {
            throw PublishFailure("Kafka: \(error)")
        }
        let after = producer.deliveries
        guard after.delivered - before.delivered == messages.count, after.failed == before.failed else {
            let code = after.firstFailure.map { " (\($0))" } ?? ""
            throw PublishFailure("Kafka: the broker has not taken \(messages.count) messages\(code)")
        }
    }

    /// Gives the connection back.
    public func close() {
        producer.close(within: .seconds(2))
    }
}
