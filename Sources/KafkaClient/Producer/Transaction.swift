internal import CRdkafka
internal import Synchronization

/// An open transaction: it ends by being committed or aborted, and can do neither twice.
///
/// Letting go of it without an end leaves it open at the broker until ``TransactionalProducer/begin()``,
/// ``TransactionalProducer/abortOpenTransaction()`` or its timeout.
public struct Transaction: ~Copyable {
    private let producer: TransactionalProducer

    init(producer: TransactionalProducer) {
        self.producer = producer
    }

    /// Puts a record into the transaction. Blocks only while the producer's queue is full.
    ///
    /// - Throws: ``KafkaError`` as ``KafkaProducer/produce(_:)`` does. A record refused here is not part of the
    ///   transaction; one that cannot be delivered fails the commit.
    public func produce(_ record: OutgoingRecord) throws(KafkaError) {
        try producer.core.produce(record)
    }

    /// Waits until everything that was put into the transaction is delivered or given up. Blocks at most for `timeout`.
    ///
    /// - Throws: ``KafkaError``, a timeout if something is left. What was given up fails the commit.
    public func flush(within timeout: Duration) throws(KafkaError) {
        let code = try producer.core.client.call("flush") { instance throws(KafkaError) in
            rd_kafka_flush(instance, timeout.milliseconds)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: "flush") }
    }

    /// Moves the group's offsets with the transaction. Blocks at most for the transaction's timeout.
    ///
    /// - Parameters:
    ///   - next: for each partition the offset to go on at: that of the last record, plus one.
    ///   - metadata: the member on whose behalf, fresh from ``KafkaConsumer/groupMetadata()``.
    /// - Throws: ``KafkaError``: retriable, call again; requires abort (the member is of another generation, …); fatal.
    public func sendOffsets(_ next: [TopicPartition: Int64], metadata: GroupMetadata) throws(KafkaError) {
        guard !next.isEmpty else { return }
        let list = PartitionList(next)
        // −1: what the transaction's timeout leaves, to which librdkafka caps it.
        try producer.checked("send offsets to transaction") {
            rd_kafka_send_offsets_to_transaction($0, list.pointer, metadata.raw, -1)
        }
    }

    /// Moves the group's offsets with the transaction, on behalf of a member as it is now.
    ///
    /// - Throws: As ``sendOffsets(_:metadata:)``; requires abort if the consumer is no member, or has lost its
    ///   assignment.
    public func sendOffsets(_ next: [TopicPartition: Int64], of consumer: KafkaConsumer) throws(KafkaError) {
        guard let metadata = consumer.groupMetadata() else {
            throw KafkaError(
                code: .unknownMemberID, reason: "the consumer is no member of its group at the moment",
                operation: "send offsets to transaction", requiresAbort: true)
        }
        try sendOffsets(next, metadata: metadata)
    }

    /// Delivers everything and commits. Retriable errors are waited out, for twice the transaction's timeout at most.
    ///
    /// - Throws: ``KafkaError`` with ``KafkaError/transactionResult``: `aborted` if it was found that it cannot be
    ///   committed, and has been aborted here; `unknown` for everything fatal or unclear.
    public consuming func commit() throws(KafkaError) {
        try producer.commit()
    }

    /// Drops what has not been sent and aborts. Retriable errors are waited out, for twice the transaction's timeout at
    /// most.
    ///
    /// - Throws: ``KafkaError`` with ``KafkaError/transactionResult`` `unknown`: make another producer.
    public consuming func abort() throws(KafkaError) {
        try producer.abort()
    }
}
