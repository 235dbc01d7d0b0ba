import KafkaClient
import Testing

@Suite("Transactions", .ownThread)
struct TransactionTests {
    let topic = "outcomes"
    let broker: EmbeddedBroker
    let partition = TopicPartition(topic: "events", partition: 0)
    let group = GroupMetadata(memberlessGroup: "group")

    init() throws {
        broker = try EmbeddedBroker(logger: quiet)
        try broker.createTopic(topic, partitions: 2)
        try broker.createTopic("events", partitions: 1)
    }

    private func ready(
        id: String = "transactions", timeout: Duration = .seconds(10), _ further: [String: String] = [:]
    ) throws -> TransactionalProducer {
        let producer = try makeTransactionalProducer(broker, id: id, timeout: timeout, further)
        try producer.initTransactions(timeout: patience)
        return producer
    }

    private func record(_ value: String = "x", partition: Int32? = 0) -> OutgoingRecord {
        OutgoingRecord(
            topic: topic, partition: partition, key: [1], value: Array(value.utf8),
            headers: [RecordHeader("ce_id", value)])
    }

    @Test("records of one transaction after the other arrive, with headers and offsets sent")
    func commits() throws {
        let producer = try ready()
        for number in 0..<3 {
            let transaction = try producer.begin()
            try transaction.produce(record("\(number)"))
            try transaction.sendOffsets([partition: Int64(number + 1)], metadata: group)
            try transaction.commit()
        }
        let consumer = try makeConsumer(broker)
        try consumer.assign([TopicPartition(topic: topic, partition: 0): 0])
        var values: [String?] = []
        var headers: [String?] = []
        #expect(
            poll(consumer) { polled in
                if case .records(let batch) = polled {
                    values += batch.map { text($0.value) }
                    headers += batch.map { text($0.header("ce_id")) }
                }
                return values.count >= 3
            })
        #expect(values == ["0", "1", "2"])
        #expect(headers == ["0", "1", "2"])
        #expect(consumer.leave(within: patience))
        producer.close(within: .seconds(5))
    }

    @Test("an empty transaction commits")
    func empty() throws {
        let producer = try ready()
        try producer.begin().commit()
        try producer.begin().abort()
        producer.close(within: .seconds(5))
    }

    @Test("warmed up, the first transaction is not held up")
    func warmUp() throws {
        let producer = try ready()
        try producer.warmUp(topics: [topic], timeout: patience)
        let start = ContinuousClock.now
        let transaction = try producer.begin()
        try transaction.produce(record())
        try transaction.commit()
        #expect(ContinuousClock.now - start < .milliseconds(800), "without it: one second")
        broker.setTopicError("missing", .topicAuthorizationFailed)
        let error = #expect(throws: KafkaError.self) {
            try producer.warmUp(topics: ["missing"], timeout: patience)
        }
        #expect(error?.code == .topicAuthorizationFailed)
        producer.close(within: .seconds(5))
    }

    @Test("a transaction that is aborted makes room for the next one, and so does one that was let go of")
    func aborts() throws {
        let producer = try ready()
        let first = try producer.begin()
        try first.produce(record())
        try first.abort()
        let forgotten = try producer.begin()
        try forgotten.produce(record())
        _ = consume forgotten
        let third = try producer.begin()
        try third.produce(record())
        try third.commit()
        try producer.abortOpenTransaction()
        producer.close(within: .seconds(5))
    }

    @Test("taking a transactional id over waits out what is retriable")
    func retriableInit() throws {
        broker.pushErrors(
            .initProducerID, [.coordinatorLoadInProgress, .notCoordinator, .coordinatorNotAvailable])
        let producer = try ready()
        try producer.begin().commit()
        producer.close(within: .seconds(5))
    }

    @Test("taking a transactional id over without a coordinator is a retriable timeout, and can be repeated")
    func initTimeout() throws {
        try broker.takeDown(broker: 1)
        let producer = try makeTransactionalProducer(broker, ["reconnect.backoff.max.ms": "100"])
        let error = #expect(throws: KafkaError.self) { try producer.initTransactions(timeout: .milliseconds(300)) }
        #expect(error?.isRetriable == true)
        #expect(error?.isFatal == false)
        try broker.bringUp(broker: 1)
        try producer.initTransactions(timeout: patience)
        producer.close(within: .seconds(5))
    }

    @Test("taking a transactional id over without being allowed to is fatal, and no fencing")
    func initRefused() throws {
        broker.pushErrors(.initProducerID, [.transactionalIDAuthorizationFailed])
        let producer = try makeTransactionalProducer(broker)
        let error = #expect(throws: KafkaError.self) { try producer.initTransactions(timeout: patience) }
        #expect(error?.isFatal == true)
        #expect(error?.isFenced == false)
        #expect(error?.operation == "init transactions")
        producer.close(within: .seconds(5))
    }

    @Test(
        "a member of another generation can only abort, and the next transaction commits",
        arguments: [KafkaErrorCode.illegalGeneration, .unknownMemberID, .fencedInstanceID])
    func otherGeneration(code: KafkaErrorCode) throws {
        let producer = try ready()
        let transaction = try producer.begin()
        try transaction.produce(record())
        broker.pushErrors(.transactionOffsetCommit, [code])
        do {
            try transaction.sendOffsets([partition: 1], metadata: group)
            Issue.record("offsets of a stranger were taken")
        } catch {
            #expect(error.code == code)
            #expect(error.requiresAbort)
            #expect(!error.isFatal)
            #expect(!error.isRetriable)
        }
        try transaction.abort()
        let next = try producer.begin()
        try next.produce(record())
        try next.sendOffsets([partition: 1], metadata: group)
        try next.commit()
        producer.close(within: .seconds(5))
    }

    @Test("offsets wait out a coordinator that is not ready")
    func retriableOffsets() throws {
        let producer = try ready()
        let transaction = try producer.begin()
        try transaction.produce(record())
        broker.pushErrors(.addOffsetsToTransaction, [.concurrentTransactions, .coordinatorLoadInProgress])
        broker.pushErrors(.transactionOffsetCommit, [.coordinatorLoadInProgress, .notCoordinator])
        try transaction.sendOffsets([partition: 1], metadata: group)
        try transaction.commit()
        producer.close(within: .seconds(5))
    }

    @Test("being fenced is fatal at offsets and at commit, and the result of the commit is unknown")
    func fenced() throws {
        let producer = try ready()
        let transaction = try producer.begin()
        try transaction.produce(record())
        broker.pushErrors(.addOffsetsToTransaction, [.invalidProducerEpoch])
        do {
            try transaction.sendOffsets([partition: 1], metadata: group)
            Issue.record("a fenced producer sent offsets")
        } catch {
            #expect(error.isFatal)
            #expect(error.isFenced)
        }
        do {
            try transaction.commit()
            Issue.record("a fenced producer committed")
        } catch {
            #expect(error.isFatal)
            #expect(error.isFenced)
            #expect(error.transactionResult == .unknown)
        }
        let next = #expect(throws: KafkaError.self) { try producer.begin().abort() }
        #expect(next?.isFatal == true)
        producer.close(within: .seconds(5))
    }

    @Test("a commit waits out what is retriable, a broken connection included")
    func retriableCommit() throws {
        let producer = try ready(id: "retriable", timeout: .seconds(10), ["reconnect.backoff.max.ms": "100"])
        let transaction = try producer.begin()
        try transaction.produce(record())
        broker.pushErrors(
            .endTransaction, [.coordinatorLoadInProgress, .concurrentTransactions, .transport, .notCoordinator])
        try transaction.commit()
        producer.close(within: .seconds(5))
    }

    @Test(
        "a commit that is refused is aborted at once; known to be only if the coordinator still knew the producer",
        arguments: [
            (KafkaErrorCode.groupAuthorizationFailed, KafkaError.TransactionResult.aborted),
            (.invalidProducerIDMapping, .unknown),
        ])
    func refusedCommit(code: KafkaErrorCode, result: KafkaError.TransactionResult) throws {
        let producer = try ready()
        let transaction = try producer.begin()
        try transaction.produce(record())
        broker.pushErrors(.endTransaction, [code])
        do {
            try transaction.commit()
            Issue.record("a refused commit passed")
        } catch {
            #expect(error.code == code)
            #expect(error.requiresAbort)
            #expect(error.transactionResult == result)
        }
        let next = try producer.begin()
        try next.produce(record())
        try next.commit()
        producer.close(within: .seconds(5))
    }

    @Test("a commit whose end the coordinator contradicts is of unknown result")
    func contradictedCommit() throws {
        let producer = try ready()
        let transaction = try producer.begin()
        try transaction.produce(record())
        broker.pushErrors(.endTransaction, [.invalidTransactionState])
        do {
            try transaction.commit()
            Issue.record("an impossible commit passed")
        } catch {
            #expect(error.isFatal)
            #expect(!error.isFenced)
            #expect(error.transactionResult == .unknown)
        }
        producer.close(within: .seconds(5))
    }

    @Test("a record that the broker refuses fails the commit, which tells why and is aborted")
    func undelivered() throws {
        let producer = try ready()
        let transaction = try producer.begin()
        try transaction.produce(record())
        broker.pushErrors(.produce, [.recordListTooLarge])
        do {
            try transaction.commit()
            Issue.record("a commit without its records passed")
        } catch {
            #expect(error.requiresAbort)
            #expect(error.isMessageTooLarge)
            #expect(error.transactionResult == .aborted)
        }
        // The record's sequence number is gone; librdkafka 2.0.2 finds out in the next transaction, and aborts it too.
        var attempts = 0
        var isCommitted = false
        while !isCommitted, attempts < 3 {
            attempts += 1
            let next = try producer.begin()
            try next.produce(record())
            do {
                try next.commit()
                isCommitted = true
            } catch {
                #expect(error.transactionResult == .aborted)
            }
        }
        #expect(isCommitted)
        producer.close(within: .seconds(5))
    }

    @Test("a partition that does not exist is refused without harm to the transaction")
    func missingPartition() throws {
        let producer = try ready()
        let transaction = try producer.begin()
        try transaction.produce(record())
        try transaction.sendOffsets([partition: 1], metadata: group)
        let deadline = ContinuousClock.now + patience
        var refusal: KafkaError?
        while refusal == nil, ContinuousClock.now < deadline {
            do {
                try transaction.produce(record("y", partition: 1))
                try transaction.produce(record("z", partition: 9))
            } catch {
                refusal = error
            }
        }
        #expect(refusal?.isUnknownTopicOrPartition == true)
        try? transaction.abort()
        producer.close(within: .seconds(5))
    }

    @Test("a commit without a coordinator ends within twice the transaction's timeout, its result unknown")
    func unreachableCommit() throws {
        let producer = try ready(id: "unreachable", timeout: .seconds(1), ["reconnect.backoff.max.ms": "100"])
        let transaction = try producer.begin()
        // Offsets alone: records that are not delivered would fail the commit before it is sent.
        try transaction.sendOffsets([partition: 1], metadata: group)
        try broker.takeDown(broker: 1)
        let start = ContinuousClock.now
        do {
            try transaction.commit()
            Issue.record("a commit passed without a broker")
        } catch {
            #expect(error.transactionResult == .unknown)
        }
        #expect(ContinuousClock.now - start < .seconds(10))
        producer.close(within: .seconds(5))
    }

    @Test("records that were never delivered fail the commit, and the transaction is known to be aborted")
    func undeliverable() throws {
        let producer = try ready(id: "undeliverable", timeout: .seconds(1), ["reconnect.backoff.max.ms": "100"])
        let transaction = try producer.begin()
        try broker.takeDown(broker: 1)
        try transaction.produce(record())
        do {
            try transaction.commit()
            Issue.record("a commit passed without its records")
        } catch {
            #expect(error.transactionResult == .aborted)
            #expect(error.deliveryFailure == .messageTimedOut)
        }
        producer.close(within: .seconds(5))
    }

    @Test("offsets on behalf of a consumer that is no member require an abort")
    func noMember() throws {
        let producer = try ready()
        let consumer = try makeConsumer(broker)
        #expect(consumer.groupMetadata() == nil)
        let transaction = try producer.begin()
        do {
            try transaction.sendOffsets([partition: 1], of: consumer)
            Issue.record("offsets of nobody were taken")
        } catch {
            #expect(error.requiresAbort)
        }
        try transaction.abort()
        #expect(consumer.leave(within: patience))
        producer.close(within: .seconds(5))
    }
}
