internal import CRdkafka
public import Logging
internal import Synchronization

/// A plain producer: idempotent, every record acknowledged by all in-sync replicas, no transactions.
///
/// Records wait in a bounded queue. Reports of delivery are counted while ``produce(_:)`` and ``flush(within:)`` run,
/// so after a flush the account is complete. Calls block; make them from a thread of your own.
public final class KafkaProducer: Sendable {
    /// What has become of the records so far.
    public struct Deliveries: Hashable, Sendable {
        /// Records acknowledged by the broker.
        public var delivered: Int
        /// Records given up.
        public var failed: Int
        /// Why the first of them was.
        public var firstFailure: KafkaErrorCode?
    }

    private let core: ProducerCore
    private let sinceServed = Atomic<Int>(0)

    /// Makes a producer; it connects by itself.
    ///
    /// - Throws: ``KafkaConfigurationError`` with every property that librdkafka does not take.
    public init(_ configuration: ProducerConfiguration, logger: Logger) throws(KafkaConfigurationError) {
        core = try ProducerCore(
            settings: configuration.plainSettings, queueFullTimeout: configuration.queueFullTimeout, logger: logger)
    }

    /// Puts a record into the queue; blocks while it is full, for at most `queueFullTimeout`.
    ///
    /// - Throws: ``KafkaError``: ``KafkaErrorCode/queueFull``, ``KafkaError/isMessageTooLarge``,
    ///   ``KafkaError/isUnknownTopicOrPartition`` for a partition known not to exist, or a fatal error.
    public func produce(_ record: OutgoingRecord) throws(KafkaError) {
        // Reports are served now and then, so that a caller who never flushes sees its account move.
        if sinceServed.wrappingAdd(1, ordering: .relaxed).newValue % 512 == 0 {
            try core.client.call("produce") { instance throws(KafkaError) in _ = rd_kafka_poll(instance, 0) }
        }
        try core.produce(record)
    }

    /// Learns where topics lie before the first record for them is written, as
    /// ``TransactionalProducer/warmUp(topics:timeout:)`` does.
    ///
    /// - Throws: ``KafkaError``.
    public func warmUp(topics: [String], timeout: Duration) throws(KafkaError) {
        try core.warmUp(topics: topics, timeout: timeout)
    }

    /// Waits until everything in the queue is delivered or given up.
    ///
    /// - Throws: ``KafkaError``, a timeout if something is left after `timeout`.
    public func flush(within timeout: Duration) throws(KafkaError) {
        let code = try core.client.call("flush") { instance throws(KafkaError) in
            rd_kafka_flush(instance, timeout.milliseconds)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: "flush") }
    }

    /// What has become of the records so far.
    public var deliveries: Deliveries {
        core.client.context.deliveries.withLock {
            Deliveries(delivered: $0.delivered, failed: $0.failed, firstFailure: $0.firstFailure)
        }
    }

    /// Drops what is not delivered yet and closes the producer. Never blocks for much longer than `timeout`.
    public func close(within timeout: Duration) {
        core.close(within: timeout)
    }
}
