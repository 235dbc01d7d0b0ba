public import BatchPipeline
public import ContactStore
import Foundation
public import KafkaClient
import Logging
public import ProtectedIdentity
public import RegistryWorker
import Synchronization

/// Reads a range of the events topic again, beside whatever runs: events that were missed are applied now and published, the
/// others stay as they are.
///
/// It has a group and a transactional id of its own, and an assignment by hand; its offsets move in its Kafka transactions, so it
/// is as exact as a worker, and one that was killed goes on where it stood. Nothing of the live group is touched.
public final class Replay: Sendable {
    /// What a replay stands on.
    public struct Surroundings: Sendable {
        /// The registry.
        public var store: any ReplayStore
        /// The cluster, and the live group.
        public var kafka: OperationsKafka
        /// The groups that workers run under, the live group among them: what they owe they publish at their next start.
        public var liveGroups: Set<String>
        /// The topic.
        public var eventsTopic: String
        /// The worker's settings; the group is replaced by the replay's own.
        public var work: RegistryWorkSettings
        /// How the pipeline paces itself.
        public var pipeline: PipelineSettings
        /// The wall clock.
        public var clock: @Sendable () -> Timestamp

        /// What a replay stands on.
        public init(
            store: any ReplayStore, kafka: OperationsKafka, liveGroups: Set<String>, eventsTopic: String,
            work: RegistryWorkSettings, pipeline: PipelineSettings, clock: @escaping @Sendable () -> Timestamp
        ) {
            self.store = store
            self.kafka = kafka
            self.liveGroups = liveGroups
            self.eventsTopic = eventsTopic
            self.work = work
            self.pipeline = pipeline
            self.clock = clock
        }
    }

    /// How a replay ended.
    public enum End: Hashable, Sendable {
        /// All of it is done.
        case finished(ReplayReport)
        /// It was stopped, and goes on when it is asked for again.
        case interrupted(ReplayReport)
        /// The registry was set back to an older copy meanwhile: asked for again it begins anew.
        case storeSetBack(ReplayReport)
        /// Another process has gone on with it, and brought it to its end.
        case finishedElsewhere(ReplayReport)

        /// What was done.
        public var report: ReplayReport {
            switch self {
            case .finished(let report), .interrupted(let report), .storeSetBack(let report),
                .finishedElsewhere(let report):
                report
            }
        }
    }

    /// Its name.
    public var id: String { replay.id }
    /// Whether an earlier run has begun it.
    public let isResumed: Bool
    /// What it reads.
    public let ranges: [TopicPartition: Range<Int64>]
    /// How many offsets of the range earlier runs are done with.
    public let doneBefore: Int64
    /// Partitions of which records from before the time that was asked for may have expired.
    public let truncated: [TopicPartition]

    private let store: any ReplayStore
    private let replay: UnfinishedReplay
    private let driver: PipelineDriver<ReplayWork>
    private let tally = ReplayTally()
    private let watch: ReplayWatch
    private let liveGroup: String
    private let kafka: OperationsKafka
    /// Whether nothing of its range is left out.
    private let isWhole: Bool

    /// The transactional id under which a group without members is written for: whoever has it is the one that may.
    static func transactionalID(of group: String) -> String { "protected-identity-group-\(group)" }

    /// Finds the replay that was asked for among those that have begun, or begins it. Blocks.
    ///
    /// - Parameters:
    ///   - observer: is told what happens, but for batches.
    ///   - progress: is told how many offsets of how many are done, after each batch.
    /// - Throws: ``ReplayRangeError``, ``ReplayRefusal``, ``MissingTopic``, ``StoreError``, ``KafkaClient/KafkaError``,
    ///   ``KafkaClient/KafkaConfigurationError``.
    public init(
        _ request: ReplayRequest, in surroundings: Surroundings, observer: any PipelineObserver,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) throws {
        store = surroundings.store
        liveGroup = surroundings.kafka.group
        kafka = surroundings.kafka
        isWhole = request.filter.isEmpty
        let begun = try Begun(request, in: surroundings)
        (replay, isResumed, truncated) = (begun.replay, begun.isResumed, begun.truncated)
        let ranges = replay.rangesInKafka
        self.ranges = ranges
        let left = Dictionary(
            uniqueKeysWithValues: ranges.map { partition, range in
                let start = min(max(begun.committed[partition] ?? 0, range.lowerBound), range.upperBound)
                return (partition, start..<range.upperBound)
            })
        doneBefore = ranges.offsetCount - left.offsetCount
        let (kafka, group) = (surroundings.kafka, replay.group)
        var work = surroundings.work
        work.group = group
        work.marksCopies = request.isRestoring
        watch = ReplayWatch(observer, left: left, missed: try begun.missed(of: left, in: kafka), progress: progress)
        driver = PipelineDriver(
            work: ReplayWork(
                store: store, settings: work, filter: request.filter, isRepublishing: request.isRepublishing,
                tally: tally, clock: surroundings.clock),
            source: .ranges(ranges, recordsPerSecond: request.recordsPerSecond), outgoing: work.topics.all,
            consumer: kafka.consumerConfiguration(of: group),
            producer: ProducerConfiguration(
                bootstrapServers: kafka.bootstrapServers, transactionalID: Self.transactionalID(of: group),
                properties: kafka.properties),
            settings: surroundings.pipeline, observer: watch, logger: kafka.logger)
    }

    /// A worker that found the registry behind its group need not say so again of what was read here from end to end. Where the
    /// topic begins within that, nobody can read what stood before.
    private func noteRead() throws {
        let consumer = try kafka.consumer()
        defer { _ = consumer.leave(within: .seconds(2)) }
        let retained = try consumer.ranges(of: ranges.keys.sorted(), within: OperationsKafka.patience)
        var read = replay.ranges
        for (partition, range) in ranges where retained[partition].map({ $0.lowerBound >= range.lowerBound }) ?? false {
            read[PartitionName(topic: partition.topic, partition: partition.partition)] = 0..<range.upperBound
        }
        try store.noteRead(read, of: liveGroup)
    }

    /// Asks for the end: what is in flight is finished. Said again, it ends at once.
    public func stop() {
        driver.stop()
    }

    /// Runs to the end, or until it is stopped.
    ///
    /// - Throws: ``BatchPipeline/SessionFailure/fenced(_:)`` where another process goes on with the same replay,
    ///   ``BatchPipeline/SessionFailure/store(_:)``, ``StoreError``, ``KafkaClient/KafkaConfigurationError``.
    public func run() async throws -> End {
        let begin = ContinuousClock.now
        do {
            _ = try await driver.run()
        } catch SessionFailure.store where tally.isFinishedElsewhere {
            return .finishedElsewhere(report(since: begin))
        }
        var report = report(since: begin)
        if watch.wasSetBack {
            try await BlockingCall { [store, id] () throws(StoreError) in try store.forgetReplay(id) }.result()
            return .storeSetBack(report)
        }
        guard watch.isExhausted else { return .interrupted(report) }
        let hasReadAll = isWhole && report.missed.isEmpty
        try await BlockingCall { [self] () throws(any Error) in
            if hasReadAll { try noteRead() }
            try store.forgetReplay(id)
        }.result()
        report.isFinished = true
        return .finished(report)
    }

    private func report(since begin: ContinuousClock.Instant) -> ReplayReport {
        var report = tally.report
        (report.id, report.ranges, report.truncated, report.doneBefore) = (id, ranges, truncated, doneBefore)
        (report.begunAt, report.missed) = (replay.begunAt, watch.missed)
        report.duration = .now - begin
        return report
    }
}

/// The replay that a request means, and where it stands.
private struct Begun {
    var replay: UnfinishedReplay
    var isResumed: Bool
    var truncated: [TopicPartition] = []
    var committed: [TopicPartition: Int64] = [:]

    init(_ request: ReplayRequest, in surroundings: Replay.Surroundings) throws {
        let (store, kafka) = (surroundings.store, surroundings.kafka)
        let content = request.content(of: surroundings.eventsTopic)
        let unfinished = try store.unfinishedReplays()
        let keyring = surroundings.work.keyring
        func isSame(_ replay: UnfinishedReplay) -> Bool {
            ContentDigest(bytes: replay.request).flatMap { keyring.matches($0, content) } ?? false
        }
        if let id = request.id, let other = unfinished.first(where: { $0.id == id }), !isSame(other) {
            throw ReplayRefusal.otherRequest(id: id)
        }
        if let earlier = unfinished.first(where: { isSame($0) && $0.id == request.id ?? $0.id }) {
            let consumer = try KafkaConsumer(kafka.consumerConfiguration(of: earlier.group), logger: kafka.logger)
            defer { _ = consumer.leave(within: .seconds(2)) }
            let committed = try consumer.committedOffsets(
                for: earlier.rangesInKafka.keys.sorted(), timeout: OperationsKafka.patience)
            if try Self.isApplied(earlier, upTo: committed, in: store) {
                guard request.isResuming else { throw ReplayRefusal.hasBegun(id: earlier.id, at: earlier.begunAt) }
                (replay, isResumed, self.committed) = (earlier, true, committed)
                return
            }
            // What this replay had applied the registry has forgotten: an older copy stands in its place.
            try store.forgetReplay(earlier.id)
            if request.isResuming {
                replay = Self.anew(earlier.id, of: kafka.group, content, keyring, earlier.ranges, surroundings.clock())
                isResumed = false
                try store.remember(replay)
                return
            }
        }
        guard !request.isResuming else { throw ReplayRefusal.nothingToResume(unfinished: unfinished.map(\.id)) }
        let consumer = try kafka.consumer()
        defer { _ = consumer.leave(within: .seconds(2)) }
        let resolved = try request.range.resolve(
            in: surroundings.eventsTopic, kafka, consumer, now: surroundings.clock())
        truncated = resolved.truncated
        replay = Self.anew(
            request.id ?? Self.random(8), of: kafka.group, content, keyring,
            Dictionary(
                uniqueKeysWithValues: resolved.ranges.map {
                    (PartitionName(topic: $0.key.topic, partition: $0.key.partition), $0.value)
                }), surroundings.clock())
        isResumed = false
        try store.remember(replay)
    }

    /// What of a range that was resolved some time ago the topic retains no longer.
    func missed(
        of left: [TopicPartition: Range<Int64>], in kafka: OperationsKafka
    ) throws -> [TopicPartition: Range<Int64>] {
        let consumer = try kafka.consumer()
        defer { _ = consumer.leave(within: .seconds(2)) }
        let retained = try consumer.ranges(of: left.keys.sorted(), within: OperationsKafka.patience)
        return left.reduce(into: [:]) { missed, part in
            let low = retained[part.key]?.lowerBound ?? 0
            let gone = part.value.lowerBound..<max(part.value.lowerBound, min(low, part.value.upperBound))
            if !gone.isEmpty { missed[part.key] = gone }
        }
    }

    /// A group that nobody has had: offsets that an earlier one has left behind prove nothing of this.
    private static func anew(
        _ id: String, of liveGroup: String, _ content: ContentDigestInput, _ keyring: DigestKeyring,
        _ ranges: [PartitionName: Range<Int64>], _ now: Timestamp
    ) -> UnfinishedReplay {
        UnfinishedReplay(
            id: id, group: "\(liveGroup)-replay-\(id)-\(random(6))", request: keyring.contentDigest(of: content).bytes,
            ranges: ranges, begunAt: now)
    }

    private static func random(_ count: Int) -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<count).compactMap { _ in letters.randomElement() })
    }

    private static func isApplied(
        _ replay: UnfinishedReplay, upTo committed: [TopicPartition: Int64], in store: any ReplayStore
    ) throws(StoreError) -> Bool {
        let positions = replay.ranges.keys.map { PartitionPosition(partition: $0, committed: nil) }
        let applied = try store.admit(positions, of: replay.group)
        return committed.allSatisfy { partition, offset in
            offset <= applied[PartitionName(topic: partition.topic, partition: partition.partition)] ?? 0
        }
    }
}

extension UnfinishedReplay {
    var rangesInKafka: [TopicPartition: Range<Int64>] {
        Dictionary(uniqueKeysWithValues: ranges.map { (TopicPartition($0.key), $0.value) })
    }
}

extension [TopicPartition: Range<Int64>] {
    /// How many offsets the ranges have.
    var offsetCount: Int64 { values.reduce(0) { $0 + $1.upperBound - $1.lowerBound } }
}

extension TopicPartition {
    init(_ name: PartitionName) {
        self.init(topic: name.topic, partition: name.partition)
    }
}

extension OperationsKafka {
    /// A reader of the events topic that keeps the offsets of a group of its own.
    func consumerConfiguration(of group: String) -> ConsumerConfiguration {
        var configuration = ConsumerConfiguration(
            bootstrapServers: bootstrapServers, groupID: group, properties: properties)
        configuration.tellsEnds = true
        return configuration
    }
}

/// Watches a replay's pipeline: how far it is, and how it ends.
private final class ReplayWatch: PipelineObserver {
    private struct State {
        var positions: [TopicPartition: Int64] = [:]
        var isExhausted = false
        var wasSetBack = false
        var missed: [TopicPartition: Range<Int64>] = [:]
    }

    private let observer: any PipelineObserver
    private let left: [TopicPartition: Range<Int64>]
    private let progress: @Sendable (Int64, Int64) -> Void
    private let state: Mutex<State>

    init(
        _ observer: any PipelineObserver, left: [TopicPartition: Range<Int64>],
        missed: [TopicPartition: Range<Int64>], progress: @escaping @Sendable (Int64, Int64) -> Void
    ) {
        state = Mutex(State(missed: missed))
        self.observer = observer
        self.left = left
        self.progress = progress
    }

    var isExhausted: Bool { state.withLock { $0.isExhausted } }
    var wasSetBack: Bool { state.withLock { $0.wasSetBack } }
    /// What expired before it was read.
    var missed: [TopicPartition: Range<Int64>] { state.withLock { $0.missed } }

    func published(_ report: BatchReport) {
        let done = state.withLock { state in
            state.positions.merge(report.offsets) { max($0, $1) }
            return state.positions.reduce(0) { $0 + max(0, $1.value - (left[$1.key]?.lowerBound ?? $1.value)) }
        }
        progress(done, left.offsetCount)
    }

    func noticed(_ notice: Notice) {
        switch notice {
        case .alarm(.storeBehindGroup): state.withLock { $0.wasSetBack = true }
        case .alarm(.expiredUnread(let standing, let next)):
            let end = min(standing.low, left[standing.partition]?.upperBound ?? standing.low)
            state.withLock { $0.missed[standing.partition] = next..<max(next, end) }
        default: break
        }
        observer.noticed(notice)
    }

    func sessionEnded(_ end: SessionEnd) {
        if case .exhausted = end { state.withLock { $0.isExhausted = true } }
        observer.sessionEnded(end)
    }

    func sessionBegan(_ number: Int) {
        observer.sessionBegan(number)
    }

    func clientFailed(_ error: KafkaError) {
        observer.clientFailed(error)
    }
}
