import BatchPipeline
import Foundation
import KafkaClient
import Testing

@Suite("Commits whose answer does not come")
struct UnknownCommitTests {
    @Test("an answer that is lost with its connection is asked for again, and the commit is known")
    func lostAnswer() async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start()
        #expect(try await member.isAssigned())
        world.work.interruptNextTransaction {
            #expect(throws: Never.self) { try world.broker.delayNext(.endTransaction, at: 1, by: .seconds(5)) }
        }
        try await world.feed(4)
        #expect(try await eventually { world.work.interruptions == 1 })
        // The coordinator has committed, and its answer waits: the connections break under it.
        #expect(try await eventually { try world.broker.remaining(.endTransaction, at: 1) == 0 })
        try world.broker.takeDown(broker: 1)
        try world.broker.bringUp(broker: 1)
        try await world.expectOnce(member)
        #expect(member.observer.seen.aborts == [])
        #expect(member.observer.seen.sessions == 1)
        #expect(try await world.written().values.allSatisfy { $0.count == 1 })
    }

    /// The cluster forgets the offsets that would prove the commit, so the batch is written once more: the journal has to
    /// see to it that this is a copy.
    @Test(
        "an answer that does not come for as long as it is asked for ends the session: memory is not published again, the journal decides"
    )
    func noAnswer() async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start(transactionTimeout: .seconds(1))
        #expect(try await member.isAssigned())
        world.work.interruptNextTransaction {
            #expect(throws: Never.self) { try world.broker.delayNext(.endTransaction, at: 1, by: .seconds(30)) }
        }
        try await world.feed(4)
        #expect(try await eventually { world.work.interruptions == 1 })
        #expect(try await eventually { try world.broker.remaining(.endTransaction, at: 1) == 0 })
        try world.broker.takeDown(broker: 1)
        #expect(try await eventually { !member.observer.seen.ends.isEmpty })
        try world.broker.bringUp(broker: 1)
        try await world.expectOnce(member)
        #expect(member.observer.seen.aborts == [])
        guard case .failed(.unknownCommit) = member.observer.seen.ends.first else {
            Issue.record("ended otherwise: \(member.observer.seen.ends)")
            return
        }
    }

    @Test(
        "a coordinator that has forgotten the producer cannot tell, and the session ends likewise",
        arguments: [KafkaErrorCode.invalidProducerIDMapping, .unknownProducerID])
    func forgottenProducer(code: KafkaErrorCode) async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start()
        #expect(try await member.isAssigned())
        world.work.interruptNextTransaction { world.broker.pushErrors(.endTransaction, [code]) }
        try await world.feed(4)
        #expect(try await eventually { member.observer.seen.sessions == 2 })
        try await world.expectOnce(member)
        #expect(member.observer.seen.aborts == [])
        guard case .failed(.unknownCommit) = member.observer.seen.ends.first else {
            Issue.record("ended otherwise: \(member.observer.seen.ends)")
            return
        }
    }
}

@Suite("Taking over a transactional id")
struct TakeoverTests {
    @Test("what is fatal there is followed by another attempt")
    func fatal() async throws {
        let world = try await FaultyWorld.make()
        try await world.feed(4)
        world.broker.pushErrors(.initProducerID, [.transactionalIDAuthorizationFailed])
        let member = try world.start()
        try await world.expectOnce(member)
        #expect(member.observer.seen.sessions == 1)
        guard case .failed(.producer) = member.observer.seen.ends.first else {
            Issue.record("ended otherwise: \(member.observer.seen.ends)")
            return
        }
    }

    @Test("without an identity of its own a fenced worker begins again")
    func fencedAnonymously() async throws {
        let world = try await FaultyWorld.make()
        try await world.feed(4)
        world.broker.pushErrors(.initProducerID, [.producerFenced])
        let member = try world.start()
        try await world.expectOnce(member)
        #expect(member.observer.seen.ends.count == 2)
    }
}
