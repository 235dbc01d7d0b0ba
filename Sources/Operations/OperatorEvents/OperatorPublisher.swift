internal import Foundation
public import KafkaClient
public import ProtectedIdentity

/// Publishes an operator's word to the events topic, as any feed does.
public struct OperatorPublisher: Sendable {
    private let kafka: OperationsKafka
    private let topic: String
    private static let patience = Duration.seconds(30)

    /// A publisher to the events topic of a cluster.
    public init(_ kafka: OperationsKafka, topic: String) {
        self.kafka = kafka
        self.topic = topic
    }

    /// Returns when the brokers have confirmed the event.
    ///
    /// - Throws: ``PublishFailure``, ``KafkaClient/KafkaConfigurationError``.
    public func publish(_ event: OperatorEvent) throws {
        let producer = try KafkaProducer(
            ProducerConfiguration(bootstrapServers: kafka.bootstrapServers, properties: kafka.properties),
            logger: kafka.logger)
        defer { producer.close(within: .seconds(2)) }
        do throws(KafkaError) {
            try producer.produce(
                OutgoingRecord(
                    topic: topic, key: event.key, value: event.value,
                    headers: event.headers.map { RecordHeader($0.0, $0.1) }))
            try producer.flush(within: Self.patience)
        } catch {
            throw PublishFailure("Kafka: \(error)")
        }
        let deliveries = producer.deliveries
        guard deliveries.delivered == 1 else {
            let code = deliveries.firstFailure.map { " (\($0))" } ?? ""
            throw PublishFailure("Kafka: the broker has not taken the event\(code)")
        }
    }
}

/// What became of an event that was just published: an outcome, or a record set aside.
public enum WatchedOutcome: Sendable, Hashable {
    /// It was decided.
    case decided(outcome: String, contactIDs: [String], ceID: String, decidedAt: String)
    /// It was set aside.
    case quarantined(QuarantineReason, RecordCoordinates)
}

/// Looks out for the outcome of an event: made before the event is published, so that nothing can be missed.
public struct OutcomeWatch: Sendable {
    private let consumer: KafkaConsumer
    private let events: String
    private let outcomes: String
    private let quarantine: String

    /// Looks from the topics' present ends on.
    public init(_ kafka: OperationsKafka, events: String, outcomes: String, quarantine: String) throws {
        (self.events, self.outcomes, self.quarantine) = (events, outcomes, quarantine)
        let partitions = try [events, outcomes, quarantine].flatMap { try kafka.partitions(of: $0) }
        let consumer = try kafka.consumer()
        try consumer.assign(
            try consumer.ranges(of: partitions, within: OperationsKafka.patience).mapValues(\.upperBound))
        self.consumer = consumer
    }

    /// Gives the connection back.
    public func close() {
        _ = consumer.leave(within: .seconds(2))
    }

    /// What became of an event; nil where nothing has within the time. Blocks.
    public func outcome(of event: OperatorEvent, within patience: Duration) throws(KafkaError) -> WatchedOutcome? {
        let deadline = ContinuousClock.now + patience
        var place: RecordCoordinates?
        // The quarantine may be read before the event itself.
        var setAside: [QuarantineEntry] = []
        while ContinuousClock.now < deadline {
            switch consumer.poll(maximum: 1_000, timeout: .milliseconds(100)) {
            case .records(let batch):
                for record in batch {
                    switch record.topicPartition.topic {
                    case events where Self.is(record, event): place = RecordCoordinates(record)
                    case quarantine:
                        if case .setAside(let entry) = QuarantineRecord(record, copiesPayload: false) {
                            setAside.append(entry)
                        }
                    case outcomes:
                        if let decided = Self.decided(record, event) { return decided }
                    default: break
                    }
                }
            case .unusable(let error): throw error
            case .failure, .rebalance, .nothing: break
            }
            if let place, let entry = setAside.first(where: { $0.original == place }) {
                return .quarantined(entry.headers.reason, place)
            }
        }
        return nil
    }

    private static func `is`(_ record: RecordView, _ event: OperatorEvent) -> Bool {
        text(record, "ce_id") == event.id && text(record, "ce_source") == OperatorEvent.source
    }

    private struct Outcome: Decodable {
        struct Event: Decodable {
            let source: String
            let id: String
        }

        let event: Event
        let outcome: String
        let contactIds: [String]
        let decidedAt: String
    }

    private static func decided(_ record: RecordView, _ event: OperatorEvent) -> WatchedOutcome? {
        guard let value = record.value, let outcome = try? JSONDecoder().decode(Outcome.self, from: Data(value)),
            outcome.event.id == event.id, outcome.event.source == OperatorEvent.source
        else { return nil }
        return .decided(
            outcome: outcome.outcome, contactIDs: outcome.contactIds, ceID: text(record, "ce_id") ?? "",
            decidedAt: outcome.decidedAt)
    }

    private static func text(_ record: RecordView, _ header: String) -> String? {
        record.header(header).map { String(decoding: $0, as: UTF8.self) }
    }
}
