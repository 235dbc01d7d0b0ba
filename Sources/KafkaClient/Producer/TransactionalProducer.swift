internal import CRdkafka
public import Logging
internal import Synchronization

/// A producer whose records, together with the offsets they were made from, become visible all at once or never.
///
/// One transaction at a time, from one thread at a time. Calls block for as long as they say; make them from a thread
/// of your own. After a fatal error, or a commit whose result is unknown, close it and make another one with the same
/// transactional id: its ``initTransactions(timeout:)`` settles what was left open.
public final class TransactionalProducer: Sendable {
    let core: ProducerCore
    let configuration: ProducerConfiguration
    /// Whether a transaction has begun and is neither committed nor aborted.
    let isOpen = Atomic<Bool>(false)

    /// Makes a producer; it connects by itself.
    ///
    /// - Throws: ``KafkaConfigurationError`` with every property that librdkafka does not take, or without a
    ///   transactional id.
    public init(_ configuration: ProducerConfiguration, logger: Logger) throws(KafkaConfigurationError) {
        guard !configuration.transactionalID.isEmpty else {
            throw KafkaConfigurationError(faults: [
                .init(property: "transactional.id", kind: .invalidValue, reason: "is empty")
            ])
        }
        core = try ProducerCore(
            settings: configuration.transactionalSettings, queueFullTimeout: configuration.queueFullTimeout,
            logger: logger)
        self.configuration = configuration
    }

    /// Takes the transactional id over: the previous owner is fenced, its open transaction aborted. Once, before the
    /// first transaction.
    ///
    /// - Parameter timeout: how long to wait for the coordinator.
    /// - Throws: ``KafkaError``; retriable: call again (a timeout included).
    public func initTransactions(timeout: Duration) throws(KafkaError) {
        try checked("init transactions") { rd_kafka_init_transactions($0, timeout.milliseconds) }
    }

    /// Learns where topics lie before the first record for them is written: librdkafka before 2.10.1 may write it up to
    /// a second late (#5032), which holds up the first transaction.
    ///
    /// - Parameters:
    ///   - topics: the topics that will be written to; a cluster that creates topics on demand creates them.
    ///   - timeout: how long to wait for each.
    /// - Throws: ``KafkaError``; nothing is lost then but the second.
    public func warmUp(topics: [String], timeout: Duration) throws(KafkaError) {
        try core.warmUp(topics: topics, timeout: timeout)
    }

    /// Begins a transaction. Nothing is sent yet. One that was let go of without an end is aborted first.
    ///
    /// - Throws: ``KafkaError``, fatal if the producer is.
    public func begin() throws(KafkaError) -> Transaction {
        try abortOpenTransaction()
        core.client.context.deliveries.withLock { $0 = ClientContext.Deliveries() }
        try checked("begin transaction") { rd_kafka_begin_transaction($0) }
        isOpen.store(true, ordering: .releasing)
        return Transaction(producer: self)
    }

    /// Aborts the transaction that is open, if one is: after an error, when the ``Transaction`` is gone already.
    ///
    /// - Throws: ``KafkaError``, with ``KafkaError/transactionResult`` unknown.
    public func abortOpenTransaction() throws(KafkaError) {
        guard isOpen.load(ordering: .acquiring) else { return }
        try abort()
    }

    /// Drops what has not been sent and closes the producer. An open transaction is left to its timeout or to the next
    /// owner of the id. Never blocks for much longer than `timeout`.
    public func close(within timeout: Duration) {
        core.close(within: timeout)
    }

    /// What a coordinator may take for one step. librdkafka 2.0.2 understands −1 as for ever
    /// (rd_kafka_commit_transaction does not cap it), which an unreachable coordinator makes true (#4970); after twice
    /// the transaction's own timeout the broker has given it up anyway.
    private var stepTimeout: Duration { configuration.effectiveTransactionTimeout }

    func commit() throws(KafkaError) {
        guard var failure = repeatWhileRetriable("commit transaction", { rd_kafka_commit_transaction($0, $1) })
        else {
            isOpen.store(false, ordering: .releasing)
            return
        }
        failure.deliveryFailure = core.client.context.deliveries.withLock { $0.firstFailure }
        guard failure.requiresAbort else {
            failure.transactionResult = .unknown
            isOpen.store(false, ordering: .releasing)
            throw failure
        }
        // An abort that the coordinator has agreed to proves that nothing was committed.
        do {
            try abort()
            failure.transactionResult = Self.isProven(byAbortAfter: failure) ? .aborted : .unknown
        } catch {
            failure.transactionResult = .unknown
            failure.isFatal = failure.isFatal || error.isFatal
        }
        throw failure
    }

    /// Where the coordinator no longer knows the producer's id, librdkafka aborts by taking a new epoch, which succeeds
    /// whatever became of a commit whose answer was lost before; likewise where it had given the transaction up itself
    /// while the commit was on its way (rd_kafka_txn_handle_EndTxn).
    private static func isProven(byAbortAfter failure: KafkaError) -> Bool {
        switch failure.code {
        case .invalidProducerIDMapping, .unknownProducerID: false
        default: !failure.reason.hasPrefix("EndTxn failed with")
        }
    }

    func abort() throws(KafkaError) {
        defer { isOpen.store(false, ordering: .releasing) }
        guard var failure = repeatWhileRetriable("abort transaction", { rd_kafka_abort_transaction($0, $1) })
        else { return }
        failure.transactionResult = .unknown
        throw failure
    }

    /// A call on the instance that returns an error object.
    func checked(
        _ operation: String, _ call: (_ instance: OpaquePointer) -> OpaquePointer?
    ) throws(KafkaError) {
        try core.client.call(operation) { instance throws(KafkaError) in
            guard let error = call(instance) else { return }
            throw KafkaError(consuming: error, operation: operation, client: instance)
        }
    }

    /// A call that timed out goes on inside librdkafka, and is taken up by calling again. Errors that come at once are
    /// not hammered.
    private func repeatWhileRetriable(
        _ operation: String, _ call: (_ instance: OpaquePointer, _ timeout: Int32) -> OpaquePointer?
    ) -> KafkaError? {
        // A second more: so often librdkafka looks for records whose time is over, and they tell what has become of a commit.
        let deadline = Deadline(after: stepTimeout * 2 + .seconds(1))
        while true {
            do {
                try checked(operation) { call($0, deadline.slice(atMost: stepTimeout)) }
                return nil
            } catch {
                guard error.isRetriable, !deadline.hasPassed else { return error }
                try? core.client.call(operation) { instance throws(KafkaError) in
                    _ = rd_kafka_poll(instance, deadline.slice(atMost: .milliseconds(20)))
                }
            }
        }
    }
}
