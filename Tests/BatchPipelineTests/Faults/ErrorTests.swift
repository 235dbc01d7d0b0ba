import BatchPipeline
import KafkaClient
import Testing

/// Answers to one kind of request, met one after the other, each in a transaction of its own.
struct Fault: Sendable, CustomTestStringConvertible {
    let request: EmbeddedBroker.Request
    let errors: [KafkaErrorCode]

    init(_ request: EmbeddedBroker.Request, _ errors: KafkaErrorCode...) {
        (self.request, self.errors) = (request, errors)
    }

    var testDescription: String { "\(request): \(errors.map(\.description).joined(separator: ", "))" }

    static let retriable = [
        Fault(
            .addPartitionsToTransaction, .coordinatorLoadInProgress, .concurrentTransactions, .notCoordinator,
            .transport),
        Fault(.produce, .notLeaderForPartition, .requestTimedOut, .notEnoughReplicas, .transport),
        Fault(.addOffsetsToTransaction, .coordinatorNotAvailable, .concurrentTransactions, .transport),
        Fault(.transactionOffsetCommit, .coordinatorLoadInProgress, .notCoordinator, .transport),
        Fault(.endTransaction, .coordinatorLoadInProgress, .concurrentTransactions, .notCoordinator, .transport),
    ]

    static let abortable = [
        Fault(.addPartitionsToTransaction, .topicAuthorizationFailed, .unknownTopic),
        Fault(.produce, .topicAuthorizationFailed, .recordListTooLarge),
        Fault(.addOffsetsToTransaction, .groupAuthorizationFailed, .invalidProducerIDMapping),
        Fault(.transactionOffsetCommit, .groupAuthorizationFailed, .illegalGeneration, .unknownMemberID),
        Fault(.endTransaction, .groupAuthorizationFailed),
    ]

    static let fatal = [
        Fault(.addPartitionsToTransaction, .producerFenced, .invalidTransactionState),
        Fault(.addOffsetsToTransaction, .invalidProducerEpoch, .transactionalIDAuthorizationFailed),
        Fault(.transactionOffsetCommit, .invalidProducerEpoch, .invalidProducerIDMapping),
        Fault(.endTransaction, .producerFenced, .invalidTransactionState),
    ]

    static let fencing = [
        Fault(.addPartitionsToTransaction, .producerFenced), Fault(.addOffsetsToTransaction, .invalidProducerEpoch),
        Fault(.transactionOffsetCommit, .invalidProducerEpoch), Fault(.endTransaction, .producerFenced),
    ]
}

@Suite("Errors at each call of a transaction")
struct ErrorTests {
    /// Has a transaction meet each of the errors, and everything settled behind it.
    private func meet(_ fault: Fault, _ world: FaultyWorld, _ member: Member) async throws {
        #expect(try await member.isAssigned())
        for error in fault.errors {
            world.work.interruptNextTransaction {
                #expect(throws: Never.self) { try world.broker.pushErrors(fault.request, [error], at: 1) }
            }
            try await world.feed(12)
            #expect(try await world.settlesEverything(), "\(error)")
            #expect(try world.broker.remaining(fault.request, at: 1) == 0, "\(error) was met")
        }
    }

    @Test(
        "what is retriable is waited out within the transaction: nothing is aborted, nothing written twice",
        arguments: Fault.retriable)
    func retriable(fault: Fault) async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start()
        try await meet(fault, world, member)
        try await world.expectOnce(member)
        #expect(member.observer.seen.aborts == [])
        #expect(member.observer.seen.sessions == 1)
        #expect(try await world.written().values.allSatisfy { $0.count == 1 })
    }

    @Test(
        "what ends the transaction only has its batch published again from memory, in the same session",
        arguments: Fault.abortable)
    func abortable(fault: Fault) async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start()
        try await meet(fault, world, member)
        try await world.expectOnce(member)
        #expect(member.observer.seen.aborts.count >= fault.errors.count)
        #expect(member.observer.seen.sessions == 1)
    }

    @Test(
        "what ends the producer ends the session, and the next one publishes what the journal still has",
        arguments: Fault.fatal)
    func fatal(fault: Fault) async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start()
        try await meet(fault, world, member)
        try await world.expectOnce(member)
        #expect(member.observer.seen.aborts == [])
        #expect(member.observer.seen.sessions == 1 + fault.errors.count)
    }

    /// librdkafka may say so of the next call or of the commit, whose result is then unknown.
    @Test(
        "a producer that the coordinator has forgotten in mid-transaction loses nothing",
        arguments: [
            Fault(.addPartitionsToTransaction, .unknownProducerID, .invalidProducerIDMapping),
            Fault(.produce, .unknownProducerID, .invalidProducerEpoch),
        ])
    func forgotten(fault: Fault) async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start()
        try await meet(fault, world, member)
        try await world.expectOnce(member)
        let seen = member.observer.seen
        #expect(seen.aborts.count + seen.ends.count > fault.errors.count, "each was noticed")
    }

    @Test("fenced under an identity that was given to it, the worker ends and does not fight", arguments: Fault.fencing)
    func fenced(fault: Fault) async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start(instanceID: "one")
        #expect(try await member.isAssigned())
        world.work.interruptNextTransaction { world.broker.pushErrors(fault.request, fault.errors) }
        try await world.feed(4)
        let failure = await member.failure()
        guard case .fenced = failure else {
            Issue.record("ended otherwise: \(failure.map { "\($0)" } ?? "not at all")")
            return
        }
        #expect(member.observer.seen.sessions == 1)
        #expect(world.work.settled.isEmpty)
    }
}
