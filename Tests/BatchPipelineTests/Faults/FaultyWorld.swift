import BatchPipeline
import Foundation
import KafkaClient
import Logging
import Synchronization
import Testing

/// An embedded cluster that fails on order, drivers of one group that share one journal, and what they wrote.
///
/// The cluster forgets offsets that were sent to a transaction, aborts nothing and fences nobody, so it cannot be asked
/// what was committed. What can be held against it: every event is in the outgoing topic, always with the same
/// decision; and each is settled once, which a journal is told only of transactions that the pipeline knows to be
/// committed. A transaction that was aborted shows as a further copy here.
final class FaultyWorld: Sendable {
    static let input = ["in"]
    private static let partitions: Int32 = 4

    let broker: EmbeddedBroker
    let work = JournalWork()
    private let logger = Logger(label: "faults") { _ in SwiftLogNoOpLogHandler() }
    private let fed = Atomic<Int>(0)

    /// A world, made on another thread: the cluster takes up to a second for each of its topics.
    static func make(brokers: Int = 1) async throws -> FaultyWorld {
        try await onThread { try FaultyWorld(brokers: brokers) }
    }

    private init(brokers: Int) throws {
        broker = try EmbeddedBroker(brokers: brokers, logger: logger)
        try broker.createTopic("in", partitions: Int(Self.partitions))
        try broker.createTopic("out", partitions: 1)
        guard brokers > 1 else { return }
        // Everything is at the first broker, until a test moves it.
        try broker.setCoordinator(of: .group("group"), 1)
        for place in places { try broker.setLeader(of: place, 1) }
    }

    var places: [TopicPartition] {
        (0..<Self.partitions).map { TopicPartition(topic: "in", partition: $0) } + [out]
    }

    var out: TopicPartition { TopicPartition(topic: "out", partition: 0) }

    /// A member of the group, running.
    func start(
        _ name: String = "one", instanceID: String? = nil, transactionTimeout: Duration = .seconds(10),
        _ adjust: (inout PipelineSettings) -> Void = { _ in }
    ) throws -> Member {
        var settings = PipelineSettings()
        settings.settleAfter = .milliseconds(50)
        settings.kafkaBackoff = (.milliseconds(20), .milliseconds(200))
        adjust(&settings)
        if broker.brokerCount > 1 { try broker.setCoordinator(of: .transaction(name), 1) }
        let observer = FaultObserver()
        let properties = try KafkaProperties([
            "reconnect.backoff.ms": "20", "reconnect.backoff.max.ms": "100", "fetch.wait.max.ms": "20",
            "heartbeat.interval.ms": "300", "topic.metadata.refresh.interval.ms": "1000",
        ])
        let driver = PipelineDriver(
            work: work, topics: Self.input, outgoing: ["out"],
            consumer: ConsumerConfiguration(
                bootstrapServers: broker.bootstrapServers, groupID: "group", instanceID: instanceID,
                properties: properties, sessionTimeout: .seconds(4)),
            producer: ProducerConfiguration(
                bootstrapServers: broker.bootstrapServers, transactionalID: name,
                transactionTimeout: transactionTimeout, linger: .zero,
                properties: try KafkaProperties(["reconnect.backoff.ms": "20", "reconnect.backoff.max.ms": "100"])),
            settings: settings, observer: observer, logger: logger)
        return Member(driver: driver, observer: observer, run: Task { try await driver.run() })
    }

    /// Writes this many more events, over all partitions.
    func feed(_ count: Int, padding: Int = 0, to partition: Int32? = nil) async throws {
        let first = fed.add(count, ordering: .relaxed).oldValue
        try await onThread { [self] in
            let producer = try KafkaProducer(
                ProducerConfiguration(bootstrapServers: broker.bootstrapServers, linger: .zero), logger: logger)
            defer { producer.close(within: .seconds(2)) }
            for index in first..<(first + count) {
                try producer.produce(
                    OutgoingRecord(
                        topic: "in", partition: partition ?? Int32(index) % Self.partitions,
                        key: Array("e-\(index)".utf8), value: [UInt8](repeating: 120, count: padding)))
                // A batch of records is what the cluster retains and forgets.
                if padding > 0 { try producer.flush(within: .seconds(30)) }
            }
            try producer.flush(within: .seconds(30))
            guard producer.deliveries.delivered == count else {
                throw KafkaError(code: .inconsistent, operation: "feed")
            }
        }
    }

    /// Whether every event that was fed is settled, waiting for it.
    func settlesEverything() async throws -> Bool {
        let count = fed.load(ordering: .relaxed)
        return try await eventually { self.work.settled.count >= count }
    }

    /// The decisions in the outgoing topic by their events.
    func written() async throws -> [String: [String]] {
        try await onThread { [self] in
            let reader = try KafkaConsumer(
                ConsumerConfiguration(
                    bootstrapServers: broker.bootstrapServers, groupID: "reader",
                    properties: try KafkaProperties(["fetch.wait.max.ms": "20"])), logger: logger)
            defer { _ = reader.leave(within: .seconds(5)) }
            let end = try reader.offsetBounds(of: out, timeout: .seconds(20)).high
            try reader.assign([out: 0])
            var written: [String: [String]] = [:]
            var next: Int64 = 0
            let deadline = ContinuousClock.now + .seconds(30)
            while next < end, .now < deadline {
                guard case .records(let batch) = reader.poll(maximum: 1_000, timeout: .milliseconds(100)) else {
                    continue
                }
                for record in batch {
                    next = record.offset + 1
                    written[record.text(record.key), default: []].append(record.text(record.value))
                }
            }
            return written
        }
    }

    /// Stops the members, and holds what they have done against what they were to do.
    func expectOnce(_ members: Member..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(try await settlesEverything(), sourceLocation: sourceLocation)
        for member in members {
            #expect(try await member.stop(), "a stop finishes what is in flight", sourceLocation: sourceLocation)
        }
        let count = fed.load(ordering: .relaxed)
        let (settled, decided, written) = (work.settled, work.decided, try await written())
        #expect(settled.count == count, "every event is settled", sourceLocation: sourceLocation)
        #expect(settled.values.allSatisfy { $0 == 1 }, "and once", sourceLocation: sourceLocation)
        #expect(written.count == count, "every event has an outcome", sourceLocation: sourceLocation)
        #expect(
            written.allSatisfy { id, copies in copies.allSatisfy { $0 == decided[id] } }, "and always the same one",
            sourceLocation: sourceLocation)
    }
}

/// A driver that runs, and who listens to it.
struct Member: Sendable {
    let driver: PipelineDriver<JournalWork>
    let observer: FaultObserver
    let run: Task<Bool, any Error>

    func stop() async throws -> Bool {
        driver.stop()
        return try await run.value
    }

    /// What ended it by itself; stopped, and `nil`, if nothing does.
    func failure() async -> SessionFailure? {
        let patience = Task {
            try await Task.sleep(for: .seconds(60))
            driver.stop()
        }
        defer { patience.cancel() }
        do {
            _ = try await run.value
            return nil
        } catch {
            return error as? SessionFailure
        }
    }

    func isAssigned() async throws -> Bool {
        try await eventually { self.observer.seen.assignments > 0 }
    }
}

/// Counts what a driver tells.
final class FaultObserver: PipelineObserver {
    struct Seen: Sendable {
        var sessions = 0
        var assignments = 0
        var departures = 0
        var messages = 0
        var aborts: [String] = []
        var alarms: [StandingAlarm] = []
        var ends: [SessionEnd] = []
        var failures: [KafkaError] = []
    }

    private let state = Mutex(Seen())

    var seen: Seen { state.withLock { $0 } }

    func sessionBegan(_ number: Int) { state.withLock { $0.sessions += 1 } }
    func published(_ report: BatchReport) { state.withLock { $0.messages += report.messages } }
    func clientFailed(_ error: KafkaError) { state.withLock { $0.failures.append(error) } }
    func sessionEnded(_ end: SessionEnd) { state.withLock { $0.ends.append(end) } }

    func noticed(_ notice: Notice) {

        state.withLock { seen in
            switch notice {
            case .assigned: seen.assignments += 1
            case .departed: seen.departures += 1
            case .alarm(let alarm): seen.alarms.append(alarm)
            case .kafkaRetry(_, _, let reason): seen.aborts.append(reason)
            case .storeRetry, .lookUpRetry: break
            }
        }
    }
}

extension RecordView {
    fileprivate func text(_ bytes: ArraySlice<UInt8>?) -> String {
        bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// Waits for a condition; the patience is for a machine with other things to do.
func eventually(within patience: Duration = .seconds(90), _ condition: () throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + patience
    while .now < deadline {
        if try condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return try condition()
}

/// Runs what blocks on a thread of its own: the pool that tasks run on has a thread a core.
private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
    }
}
