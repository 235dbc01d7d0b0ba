import BatchPipeline
import Foundation
import KafkaClient
import Testing

@Suite("Brokers that go, come, move and dawdle")
struct OutageTests {
    /// Feeds events before and while something happens to the cluster in the middle of a transaction.
    private func run(
        brokers: Int = 1, _ happens: @escaping @Sendable (EmbeddedBroker) throws -> Void
    ) async throws -> (FaultyWorld, Member) {
        let world = try await FaultyWorld.make(brokers: brokers)
        let member = try world.start()
        #expect(try await member.isAssigned())
        try await world.feed(8)
        #expect(try await world.settlesEverything())
        world.work.interruptNextTransaction { #expect(throws: Never.self) { try happens(world.broker) } }
        try await world.feed(40)
        return (world, member)
    }

    /// Does something later, while the transaction goes on.
    private static func after(_ seconds: Double, _ action: @escaping @Sendable () throws -> Void) {
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: seconds)
            #expect(throws: Never.self) { try action() }
        }
    }

    @Test("a broker that is away for a moment costs time and nothing else")
    func brokerRestarts() async throws {
        let (world, member) = try await run { broker in
            try broker.takeDown(broker: 1)
            Self.after(1) { try broker.bringUp(broker: 1) }
        }
        try await world.expectOnce(member)
        #expect(member.observer.seen.sessions == 1)
    }

    @Test("a broker that is away for longer than a transaction may last loses nothing and doubles nothing")
    func brokerAway() async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start(transactionTimeout: .seconds(1))
        #expect(try await member.isAssigned())
        world.work.interruptNextTransaction { try? world.broker.takeDown(broker: 1) }
        async let feeding: Void = world.feed(40)
        #expect(try await eventually { !member.observer.seen.aborts.isEmpty || !member.observer.seen.ends.isEmpty })
        try world.broker.bringUp(broker: 1)
        try await feeding
        try await world.expectOnce(member)
    }

    @Test("the broker that leads the outcomes may be away alone")
    func leaderAway() async throws {
        let (world, member) = try await run(brokers: 2) { broker in
            try broker.setLeader(of: TopicPartition(topic: "out", partition: 0), 2)
            try broker.takeDown(broker: 2)
            Self.after(1) { try broker.bringUp(broker: 2) }
        }
        try await world.expectOnce(member)
        #expect(member.observer.seen.sessions == 1)
    }

    @Test("a slow broker is waited for")
    func slow() async throws {
        let (world, member) = try await run { try $0.setRoundTrip(broker: 1, .milliseconds(400)) }
        #expect(try await world.settlesEverything())
        try world.broker.setRoundTrip(broker: 1, .zero)
        try await world.expectOnce(member)
        #expect(member.observer.seen.aborts == [])
        #expect(member.observer.seen.sessions == 1)
    }

    @Test("partitions that move to another broker in the middle of a transaction are followed there")
    func leaderMoves() async throws {
        let (world, member) = try await run(brokers: 2) { broker in
            try broker.setLeader(of: TopicPartition(topic: "out", partition: 0), 2)
            try broker.setLeader(of: TopicPartition(topic: "in", partition: 0), 2)
        }
        try await world.expectOnce(member)
        #expect(member.observer.seen.aborts == [])
        #expect(member.observer.seen.sessions == 1)
    }

    @Test(
        "a coordinator that moves in the middle of a transaction is followed: the group's, and the transaction's",
        arguments: [EmbeddedBroker.Coordinator.group("group"), .transaction("one")])
    func coordinatorMoves(coordinator: EmbeddedBroker.Coordinator) async throws {
        let (world, member) = try await run(brokers: 2) { try $0.setCoordinator(of: coordinator, 2) }
        try await world.expectOnce(member)
        #expect(member.observer.seen.aborts == [])
        #expect(member.observer.seen.sessions == 1)
        #expect(try await world.written().values.allSatisfy { $0.count == 1 })
    }

    @Test("a coordinator that moves between the offsets and the commit is followed")
    func coordinatorMovesBeforeCommit() async throws {
        let (world, member) = try await run(brokers: 2) { broker in
            try broker.delayNext(.transactionOffsetCommit, at: 1, by: .seconds(1))
            Self.after(0.5) { try broker.setCoordinator(of: .transaction("one"), 2) }
        }
        try await world.expectOnce(member)
        #expect(try world.broker.remaining(.transactionOffsetCommit, at: 1) == 0)
        #expect(member.observer.seen.aborts == [])
        #expect(member.observer.seen.sessions == 1)
        #expect(try await world.written().values.allSatisfy { $0.count == 1 })
    }

    @Test(
        "what fails around transactions is asked again: looking up, joining, fetching, taking over",
        arguments: [
            Fault(.findCoordinator, .transport, .coordinatorNotAvailable),
            Fault(.initProducerID, .transport, .coordinatorLoadInProgress, .notCoordinator, .concurrentTransactions),
            Fault(.joinGroup, .transport, .notCoordinator), Fault(.syncGroup, .transport, .rebalanceInProgress),
            Fault(.heartbeat, .transport, .notCoordinator, .coordinatorNotAvailable),
            Fault(.offsetFetch, .transport, .coordinatorLoadInProgress),
            Fault(.listOffsets, .transport, .notLeaderForPartition), Fault(.fetch, .transport, .notLeaderForPartition),
        ])
    func around(fault: Fault) async throws {
        let world = try await FaultyWorld.make()
        try await world.feed(8)
        try world.broker.pushErrors(fault.request, fault.errors, at: 1)
        let member = try world.start()
        #expect(try await eventually { try world.broker.remaining(fault.request, at: 1) == 0 })
        try await world.feed(8)
        try await world.expectOnce(member)
        #expect(member.observer.seen.sessions == 1)
    }
}
