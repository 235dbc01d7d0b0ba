import BatchPipeline
import Foundation
import KafkaClient
import Logging
import Synchronization
import Testing

@Suite("The driver on the embedded broker", .serialized)
struct PipelineDriverTests {
    @Test("a stop is heard by the first session, and what was read is published")
    func publishes() async throws {
        let world = try World()
        try world.feed(100)
        let run = Task { try await world.driver.run() }
        #expect(try await eventually { world.observer.messages >= 100 })
        world.driver.stop()
        #expect(try await run.value)
        #expect(world.observer.sessions == 1)
    }

    @Test("a fatal error is followed by another session, which hears a stop, too")
    func anotherSession() async throws {
        let world = try World()
        let run = Task { try await world.driver.run() }
        #expect(try await eventually { world.observer.sessions == 1 })
        world.broker.pushErrors(.addOffsetsToTransaction, [.invalidProducerEpoch])
        try world.feed(10)
        #expect(try await eventually { world.observer.sessions >= 2 && world.observer.messages >= 10 })
        world.driver.stop()
        #expect(try await run.value)
    }

    @Test("a store that fails for now is asked again until it works")
    func storeRetried() async throws {
        let world = try World(failures: 3)
        try world.feed(10)
        let run = Task { try await world.driver.run() }
        #expect(try await eventually { world.observer.messages >= 10 })
        #expect(world.observer.retries >= 3)
        world.driver.stop()
        #expect(try await run.value)
    }

    @Test("a store that cannot be worked with ends the driver")
    func storeUnusable() async throws {
        let world = try World(isUnusable: true)
        try world.feed(1)
        await #expect(throws: SessionFailure.store("no such table")) { try await world.driver.run() }
    }

    private func eventually(_ condition: () -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(40)
        while .now < deadline, !condition() { try await Task.sleep(for: .milliseconds(20)) }
        return condition()
    }
}

/// A broker, a driver with work that echoes, and someone who counts.
private final class World: Sendable {
    let broker: EmbeddedBroker
    let observer = CountingObserver()
    let driver: PipelineDriver<EchoWork>
    private let logger: Logger

    init(failures: Int = 0, isUnusable: Bool = false) throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        self.logger = logger
        broker = try EmbeddedBroker(logger: logger)
        try broker.createTopic("in", partitions: 2)
        try broker.createTopic("out", partitions: 1)
        let properties = try KafkaProperties(["fetch.wait.max.ms": "20", "heartbeat.interval.ms": "500"])
        driver = PipelineDriver(
            work: EchoWork(failures: failures, isUnusable: isUnusable), topics: ["in"], outgoing: ["out"],
            consumer: ConsumerConfiguration(
                bootstrapServers: broker.bootstrapServers, groupID: "echo", properties: properties,
                sessionTimeout: .seconds(4)),
            producer: ProducerConfiguration(bootstrapServers: broker.bootstrapServers, transactionalID: "echo"),
            settings: PipelineSettings(), observer: observer, logger: logger)
    }

    func feed(_ count: Int) throws {
        let producer = try KafkaProducer(
            ProducerConfiguration(bootstrapServers: broker.bootstrapServers), logger: logger)
        defer { producer.close(within: .seconds(2)) }
        for index in 0..<count {
            try producer.produce(OutgoingRecord(topic: "in", key: Array("\(index)".utf8), value: Array("x".utf8)))
        }
        try producer.flush(within: .seconds(10))
    }
}

/// Publishes what it reads; fails as often as it is told to.
private final class EchoWork: PipelineWork {
    private let failuresLeft: Mutex<Int>
    private let isUnusable: Bool
    private let slices = Atomic<Int64>(0)

    init(failures: Int, isUnusable: Bool) {
        failuresLeft = Mutex(failures)
        self.isUnusable = isUnusable
    }

    func decode(_ records: RecordBatch) -> [BatchPipeline.Slice<[UInt8]>] {
        records.runs.compactMap { run in
            let views = Array(records.records(of: run))
            guard let first = views.first, let last = views.last else { return nil }
            return BatchPipeline.Slice(
                partition: run.topicPartition, first: first.offset, last: last.offset,
                items: views.map { $0.value.map(Array.init) ?? [] })
        }
    }

    func admit(_ standings: [PartitionStanding]) throws(StoreFailure) -> [StandingAlarm] { [] }

    func apply(
        _ slices: [BatchPipeline.Slice<[UInt8]>], settling: [PublishedSlice]
    ) throws(StoreFailure) -> [AppliedSlice<[UInt8]>] {
        if isUnusable { throw .permanent("no such table") }
        let fails = failuresLeft.withLock { left in
            left -= 1
            return left >= 0
        }
        if fails { throw .transient("busy") }
        return slices.map { slice in
            let id = self.slices.add(1, ordering: .relaxed).newValue
            return AppliedSlice(id: id, partition: slice.partition, last: slice.last, messages: slice.items)
        }
    }

    func settle(_ slices: [PublishedSlice]) throws(StoreFailure) {}

    func encode(_ message: [UInt8]) -> OutgoingRecord {
        OutgoingRecord(topic: "out", value: message)
    }
}

private final class CountingObserver: PipelineObserver {
    private let counts = Mutex((sessions: 0, messages: 0, retries: 0))

    var sessions: Int { counts.withLock { $0.sessions } }
    var messages: Int { counts.withLock { $0.messages } }
    var retries: Int { counts.withLock { $0.retries } }

    func sessionBegan(_ number: Int) { counts.withLock { $0.sessions = number } }
    func published(_ report: BatchReport) { counts.withLock { $0.messages += report.messages } }
    func clientFailed(_ error: KafkaError) {}
    func sessionEnded(_ end: SessionEnd) {}

    func noticed(_ notice: Notice) {
        if case .storeRetry = notice { counts.withLock { $0.retries += 1 } }
    }
}
