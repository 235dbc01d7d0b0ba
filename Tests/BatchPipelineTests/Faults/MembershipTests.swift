import BatchPipeline
import Foundation
import KafkaClient
import Synchronization
import Testing

@Suite("Groups that change in the middle of a transaction")
struct MembershipTests {
    /// Holds a transaction open.
    private final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        private let reached = Atomic<Bool>(false)

        var isReached: Bool { reached.load(ordering: .acquiring) }

        func wait() {
            reached.store(true, ordering: .releasing)
            _ = semaphore.wait(timeout: .now() + 60)
        }

        func open() { semaphore.signal() }
    }

    /// A member with a transaction open that publishes twelve events, from all partitions.
    private func holding(
        _ world: FaultyWorld, _ gate: Gate, patience: Duration = .seconds(20)
    ) async throws -> Member {
        let member = try world.start {
            $0.revokePatience = patience
            $0.minimumInterval = .seconds(2)
        }
        #expect(try await member.isAssigned())
        // One for a batch of its own: those that come while the next one may not begin yet are in it together.
        try await world.feed(1)
        #expect(try await world.settlesEverything())
        world.work.interruptNextTransaction { gate.wait() }
        try await world.feed(12)
        #expect(try await eventually { gate.isReached })
        return member
    }

    @Test("a member that joins waits for the transaction, and nothing is published by both")
    func finishes() async throws {
        for _ in 1...5 {
            let (world, gate) = (try await FaultyWorld.make(), Gate())
            let one = try await holding(world, gate)
            let two = try world.start("two")
            #expect(try await eventually { one.observer.seen.departures > 0 })
            // Long enough for the other to have taken over and published, had the revoke been answered.
            try await Task.sleep(for: .seconds(5))
            let early = two.observer.seen.messages
            gate.open()
            #expect(try await world.settlesEverything())
            #expect(try await two.isAssigned())
            try await world.feed(12)
            try await world.expectOnce(one, two)
            // The cluster refuses a SyncGroup that comes behind the leader's and lets the group join anew, which
            // forgets whoever does not within three seconds. On a busy machine that hits the one who holds the revoke.
            let aborts = one.observer.seen.aborts
            if !aborts.isEmpty, aborts.allSatisfy({ $0.contains("no member of its group") }) { continue }
            #expect(early == 0)
            #expect(aborts == [])
            #expect(one.observer.seen.ends.count == 1)
            #expect(try await world.written().values.allSatisfy { $0.count == 1 })
            return
        }
        Issue.record("the cluster never let a member keep its revoke waiting")
    }

    @Test("a transaction that takes too long is aborted, and what it held of departed partitions is the other's")
    func givenUp() async throws {
        let (world, gate) = (try await FaultyWorld.make(), Gate())
        let one = try await holding(world, gate, patience: .seconds(3))
        let two = try world.start("two")
        #expect(try await eventually { one.observer.seen.departures > 0 })
        try await Task.sleep(for: .seconds(4))
        gate.open()
        try await world.expectOnce(one, two)
        #expect(one.observer.seen.ends.count == 1)
        #expect(two.observer.seen.messages >= 6, "what departed is published by the other")
        #expect(try await world.written().values.allSatisfy { $0.count == 1 }, "and by nobody else")
    }

    @Test("one that does not even end then takes the session with it, and nothing is lost")
    func stuck() async throws {
        let (world, gate) = (try await FaultyWorld.make(), Gate())
        let one = try await holding(world, gate, patience: .milliseconds(500))
        let two = try world.start("two")
        #expect(try await eventually { one.observer.seen.departures > 0 })
        try await Task.sleep(for: .seconds(3))
        gate.open()
        #expect(try await eventually { one.observer.seen.sessions == 2 })
        try await world.expectOnce(one, two)
        #expect(one.observer.seen.ends.first == .failed(.stuck))
    }

    @Test(
        "a member that the group has forgotten gives its transaction up, and goes on as another",
        arguments: [KafkaErrorCode.unknownMemberID, .illegalGeneration])
    func lost(code: KafkaErrorCode) async throws {
        let (world, gate) = (try await FaultyWorld.make(), Gate())
        let member = try await holding(world, gate)
        world.broker.pushErrors(.heartbeat, [code])
        #expect(try await eventually { member.observer.seen.departures > 0 })
        // The transaction is told right after the observer.
        try await Task.sleep(for: .milliseconds(500))
        gate.open()
        try await world.expectOnce(member)
        #expect(member.observer.seen.assignments == 2)
        #expect(try await world.written().values.allSatisfy { $0.count == 1 }, "the lost transaction wrote nothing")
    }

    @Test("offsets that a group refuses without end cost the session, not the worker")
    func refusedForEver() async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start { $0.refusalPatience = .seconds(1) }
        #expect(try await member.isAssigned())
        world.broker.pushErrors(
            .transactionOffsetCommit, [KafkaErrorCode](repeating: .unknownMemberID, count: 10_000))
        try await world.feed(4)
        #expect(try await eventually { !member.observer.seen.ends.isEmpty })
        world.broker.clearErrors(.transactionOffsetCommit)
        try await world.expectOnce(member)
        #expect(member.observer.seen.aborts.count > 1, "it was tried again before")
        guard case .failed(.consumer) = member.observer.seen.ends.first else {
            Issue.record("ended otherwise: \(member.observer.seen.ends)")
            return
        }
    }

    @Test("a static member whose place is taken ends, and does not take it back")
    func placeTaken() async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start(instanceID: "one")
        #expect(try await member.isAssigned())
        world.broker.pushErrors(.heartbeat, [.fencedInstanceID])
        let failure = await member.failure()
        guard case .fenced = failure else {
            Issue.record("ended otherwise: \(failure.map { "\($0)" } ?? "not at all")")
            return
        }
        #expect(member.observer.seen.sessions == 1)
    }
}

@Suite("Positions that are not in the log")
struct PositionTests {
    @Test("sent back to the log's beginning, the worker reads it again and publishes nothing of it")
    func outOfRange() async throws {
        let world = try await FaultyWorld.make()
        let member = try world.start()
        try await world.feed(40)
        #expect(try await world.settlesEverything())
        try world.broker.pushErrors(
            .fetch, [KafkaErrorCode](repeating: .offsetOutOfRange, count: 4), at: 1)
        #expect(try await eventually { try world.broker.remaining(.fetch, at: 1) == 0 })
        try await world.feed(40)
        try await world.expectOnce(member)
        #expect(member.observer.seen.sessions == 1)
        #expect(try await world.written().values.allSatisfy { $0.count == 1 })
    }

    @Test("records that expired before they were read are an alarm, and those that are left are published")
    func expired() async throws {
        let world = try await FaultyWorld.make()
        let first = try world.start()
        try await world.feed(3, to: 0)
        try await world.expectOnce(first)
        // The cluster retains 5 MiB.
        let written = 70
        try await world.feed(written, padding: 100_000, to: 0)
        let second = try world.start()
        #expect(try await eventually { !second.observer.seen.alarms.isEmpty })
        guard case .expiredUnread(let standing, next: 3) = second.observer.seen.alarms.first else {
            Issue.record("another alarm: \(second.observer.seen.alarms)")
            return
        }
        #expect(standing.low > 3)
        let left = 3 + written - Int(standing.low - 3)
        #expect(try await eventually { world.work.settled.count == left })
        #expect(try await second.stop())
        #expect(world.work.settled.values.allSatisfy { $0 == 1 })
    }
}
