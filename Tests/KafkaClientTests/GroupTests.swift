import KafkaClient
import Testing

@Suite("Consumer groups", .ownThread)
struct GroupTests {
    let topic = "events"
    let broker: EmbeddedBroker

    init() throws {
        broker = try EmbeddedBroker(logger: quiet)
        try broker.createTopic(topic, partitions: 4)
    }

    private var partitions: [TopicPartition] { (0..<4).map { TopicPartition(topic: topic, partition: $0) } }

    private func writeEverywhere(_ values: [String]) throws {
        for partition in 0..<Int32(4) { try write(values, to: topic, partition: partition, broker) }
    }

    @Test("nothing is read before the assignment is answered, nothing with a maximum of 0, then all of it in order")
    func joinAndBackPressure() throws {
        try writeEverywhere((0..<50).map { "\($0)" })
        let consumer = try makeConsumer(broker)
        try consumer.subscribe(to: [topic])
        let rebalance = try #require(nextRebalance(consumer, maximum: 100))
        #expect(rebalance == Rebalance(kind: .assigned, partitions: partitions))
        #expect(!poll(consumer, within: .milliseconds(300)) { if case .records = $0 { true } else { false } })

        let stranger = Rebalance(kind: .revoked, partitions: partitions)
        let error = #expect(throws: KafkaError.self) { try consumer.answer(stranger) }
        #expect(error?.code == .state)
        try consumer.answer(rebalance)
        #expect(consumer.groupMetadata() != nil)
        #expect(
            !poll(consumer, maximum: 0, within: .milliseconds(500)) { if case .records = $0 { true } else { false } })

        let seen = read(200, consumer, maximum: 30)
        #expect(seen.count == 200)
        #expect(seen.sorted().map(\.offset) == (0..<4).flatMap { _ in Array(0..<Int64(50)) })
        #expect(consumer.leave(within: patience))
        #expect(consumer.groupMetadata() == nil)
    }

    @Test("a cooperative group gives up only what moves, and neither loses nor repeats a record")
    func cooperative() throws {
        try writeEverywhere((0..<20).map { "\($0)" })
        let first = try makeConsumer(broker)
        try first.subscribe(to: [topic])
        var held: Set<TopicPartition> = []
        let assigned = try #require(nextRebalance(first))
        apply(assigned, to: &held)
        try first.answer(assigned)
        #expect(held == Set(partitions))
        // Some of it stays in librdkafka's queues while the group rebalances.
        var seen = read(10, first, maximum: 10)

        let second = try makeConsumer(broker)
        try second.subscribe(to: [topic])
        var revoked: Rebalance?
        var other: Set<TopicPartition> = []
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end, held.count != 2 || other.count != 2 {
            switch first.poll(maximum: 5, timeout: .milliseconds(20)) {
            case .rebalance(let rebalance):
                if rebalance.kind == .revoked { revoked = rebalance }
                apply(rebalance, to: &held)
                try first.answer(rebalance)
            case .records(let batch):
                #expect(batch.runs.allSatisfy { held.contains($0.topicPartition) })
                seen += batch.seen
            default: break
            }
            if case .rebalance(let rebalance) = second.poll(maximum: 0, timeout: .milliseconds(20)) {
                apply(rebalance, to: &other)
                try second.answer(rebalance)
            }
        }
        #expect(revoked?.partitions.count == 2, "the difference, not everything")
        #expect(held.union(other) == Set(partitions))
        #expect(held.isDisjoint(with: other))

        let total = Set(seen).count
        #expect(total == seen.count, "the first member saw a record twice")
        let kept = Set(held.map(\.partition))
        // Nobody commits, so the second member begins its partitions at their beginning.
        while Set(seen.filter { kept.contains($0.partition) }).count < 40 {
            let more = read(1, first)
            guard !more.isEmpty else { break }
            seen += more
        }
        #expect(seen.filter { kept.contains($0.partition) }.sorted().map(\.offset) == (0..<2).flatMap { _ in 0..<20 })
        #expect(Set(read(40, second).map(\.partition)) == Set(other.map(\.partition)))
        #expect(first.leave(within: patience))
        #expect(second.leave(within: patience))
    }

    @Test("a group by range gives up everything, and nothing of it is read after the answer")
    func range() throws {
        let first = try makeConsumer(broker, assignment: .range)
        try first.subscribe(to: [topic])
        let assigned = try #require(nextRebalance(first))
        try first.answer(assigned)

        let second = try makeConsumer(broker, assignment: .range)
        try second.subscribe(to: [topic])
        let revoked = try #require(nextRebalance(first))
        #expect(revoked == Rebalance(kind: .revoked, partitions: partitions))
        // Still ours: a revoke is a barrier, and what is in flight can be committed.
        #expect(first.groupMetadata() != nil)
        try writeEverywhere(["late"])
        try first.answer(revoked)
        #expect(!poll(first, within: .milliseconds(300)) { if case .records = $0 { true } else { false } })

        let held = try settle([(first, 2), (second, 2)], cooperative: false)
        #expect(held[0].union(held[1]) == Set(partitions))
        #expect(Set(read(2, first).map(\.partition)) == Set(held[0].map(\.partition)))
        #expect(Set(read(2, second).map(\.partition)) == Set(held[1].map(\.partition)))
        #expect(first.leave(within: patience))
        #expect(second.leave(within: patience))
    }

    @Test("a member that the group has forgotten loses its partitions and is no member")
    func lost() throws {
        let consumer = try makeConsumer(broker)
        try consumer.subscribe(to: [topic])
        let assigned = try #require(nextRebalance(consumer))
        try consumer.answer(assigned)
        broker.pushErrors(.heartbeat, [.unknownMemberID])
        let lost = try #require(nextRebalance(consumer))
        #expect(lost == Rebalance(kind: .lost, partitions: partitions))
        #expect(consumer.groupMetadata() == nil)
        try consumer.answer(lost)
        let again = try #require(nextRebalance(consumer))
        #expect(again.kind == .assigned)
        try consumer.answer(again)
        #expect(consumer.groupMetadata() != nil)
        #expect(consumer.leave(within: patience))
    }

    @Test("leaving settles a rebalance that nobody answered, and the group goes on without the member")
    func leavesUnanswered() throws {
        let consumer = try makeConsumer(broker)
        try consumer.subscribe(to: [topic])
        _ = try #require(nextRebalance(consumer))
        #expect(consumer.leave(within: patience))
        #expect(consumer.leave(within: .zero), "leaving twice is leaving")
        #expect(throws: KafkaError.self) { try consumer.subscribe(to: [topic]) }
        #expect(throws: KafkaError.self) { try consumer.assign([TopicPartition(topic: topic, partition: 0): 0]) }
        #expect(throws: KafkaError.self) { try consumer.committedOffsets(for: partitions, timeout: .zero) }

        let successor = try makeConsumer(broker)
        try successor.subscribe(to: [topic])
        #expect(try #require(nextRebalance(successor)).partitions == partitions)
        #expect(successor.leave(within: patience))
    }

    @Test("leaving before anything was assigned does not crash")
    func leavesEarly() throws {
        let idle = try makeConsumer(broker)
        #expect(idle.leave(within: patience))
        let joining = try makeConsumer(broker)
        try joining.subscribe(to: [topic])
        _ = joining.poll(maximum: 0, timeout: .milliseconds(300))
        _ = joining.leave(within: .seconds(5))
    }

    @Test("leaving keeps to its deadline when the coordinator is silent")
    func leaveDeadline() throws {
        let consumer = try makeConsumer(broker)
        try consumer.subscribe(to: [topic])
        let assigned = try #require(nextRebalance(consumer))
        try consumer.answer(assigned)
        try broker.setRoundTrip(broker: 1, .seconds(20))
        let start = ContinuousClock.now
        #expect(!consumer.leave(within: .milliseconds(500)))
        #expect(ContinuousClock.now - start < .seconds(5))
        try broker.setRoundTrip(broker: 1, .zero)
    }

    @Test("an unknown topic is a failure, and is found once it exists")
    func unknownTopic() throws {
        let error = KafkaErrorCode.unknownTopicOrPartition
        broker.setTopicError("later", error)
        let consumer = try makeConsumer(broker) {
            $0.properties = (try? properties(["topic.metadata.refresh.interval.ms": "200"])) ?? .none
        }
        try consumer.subscribe(to: ["later"])
        var failure: KafkaError?
        #expect(
            poll(consumer, maximum: 0) { polled in
                if case .failure(let error) = polled { failure = error }
                return failure != nil
            })
        #expect(failure?.isUnknownTopicOrPartition == true)
        #expect(failure?.isFatal == false)
        broker.setTopicError("later", .none)
        #expect(nextRebalance(consumer)?.kind == .assigned)
        #expect(consumer.leave(within: patience))
    }

    @Test("a coordinator that moves costs an error at most, and the member stays")
    func coordinatorMoves() throws {
        let broker = try EmbeddedBroker(brokers: 2, logger: quiet)
        try broker.createTopic(topic, partitions: 1)
        try broker.setCoordinator(of: .group("group"), 1)
        let consumer = try makeConsumer(broker)
        try consumer.subscribe(to: [topic])
        let assigned = try #require(nextRebalance(consumer))
        try consumer.answer(assigned)
        broker.pushErrors(.heartbeat, [.notCoordinator, .coordinatorNotAvailable])
        try broker.setCoordinator(of: .group("group"), 2)
        try write(["after"], to: topic, broker)
        #expect(read(1, consumer).map(\.value) == ["after"])
        #expect(consumer.groupMetadata() != nil)
        #expect(consumer.leave(within: patience))
    }

    @Test("a consumer that is let go of without leaving blocks nobody")
    func letGo() throws {
        do {
            let joining = try makeConsumer(broker, group: "joining")
            try joining.subscribe(to: [topic])
            _ = joining.poll(maximum: 0, timeout: .milliseconds(200))
        }
        let start: ContinuousClock.Instant
        do {
            let member = try makeConsumer(broker)
            try member.subscribe(to: [topic])
            let assigned = try #require(nextRebalance(member))
            try member.answer(assigned)
            start = .now
        }
        #expect(ContinuousClock.now - start < .seconds(1))
    }
}
