import BatchPipeline
import ContactStore
import ContactStoreConformance
import Foundation
import KafkaClient
import Logging
import Operations
import ProtectedIdentity
import RedactionWorker
import RegistryWorker
import Simulation
import Synchronization
import Testing

/// An embedded broker with events, a registry in memory, and a worker that may have missed some.
///
/// The embedded broker forgets the offsets of transactions: a replay that goes on reads its range from the beginning, which the
/// journal answers.
final class ReplayWorld {
    static let now = Timestamp(milliseconds: 1_795_426_200_000)
    static let group = "workers"

    let registry = InMemoryContactStore()
    let kafka: OperationsKafka
    let keyring: DigestKeyring
    private let broker: EmbeddedBroker
    private let logger = Logger(label: "replay") { _ in SwiftLogNoOpLogHandler() }

    init(partitions: Int = 2) throws {
        broker = try EmbeddedBroker(logger: logger)
        try broker.createTopic("events", partitions: partitions)
        for topic in ["outcomes", "notifications", "deletions", "quarantine"] {
            try broker.createTopic(topic, partitions: 1)
        }
        kafka = OperationsKafka(
            bootstrapServers: broker.bootstrapServers, group: Self.group,
            properties: try KafkaProperties(["fetch.wait.max.ms": "20"]), logger: logger)
        keyring = try DigestKeyring(parsing: "old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
    }

    var work: RegistryWorkSettings {
        RegistryWorkSettings(
            group: Self.group,
            topics: OutgoingTopics(
                outcomes: "outcomes", notifications: "notifications", deletions: "deletions", quarantine: "quarantine"),
            source: "/w", policies: SweepWorld.policies, keyring: keyring, seal: nil)
    }

    var surroundings: Replay.Surroundings {
        var pipeline = PipelineSettings()
        pipeline.maximumRecords = 10
        return Replay.Surroundings(
            store: registry, kafka: kafka, liveGroups: [Self.group, "deletions"], eventsTopic: "events", work: work,
            pipeline: pipeline, clock: { Self.now })
    }

    /// A request for everything from the beginning on.
    static func request(
        from: ReplayBound = .offsets([0: 0, 1: 0]), to: ReplayBound? = nil, partitions: Set<Int32> = [],
        filter: ReplayFilter = ReplayFilter()
    ) -> ReplayRequest {
        ReplayRequest(
            range: ReplayRange(from: from, to: to, partitions: partitions),
            rangeAsSaid: "\(said(from)) \(to.map(said) ?? "")",
            filter: filter)
    }

    /// The same words for the same bound: a dictionary has no order of its own.
    private static func said(_ bound: ReplayBound) -> String {
        guard case .offsets(let offsets) = bound else { return "\(bound)" }
        return offsets.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
    }

    func replay(_ request: ReplayRequest) async throws -> Replay.End {
        try await Replay(request, in: surroundings, observer: SilentPipeline()).run()
    }

    // MARK: The feed

    /// Events that say *protected* of a contact each, spread over the partitions; the number of each contact's person is its own.
    func feed(_ range: Range<Int>, tenant: String = "nordic-sport", country: String = "SE") throws {
        registry.put(
            try range.map { try Events.contact("c-\($0)", number: Events.number($0), text: "Alva") })
        try publish(
            range.map { index in
                Self.event(
                    "e-\(index)", partition: Int32(index % 2),
                    #"{"tenant":"\#(tenant)","status":"protected","origin":"monitoring","country":"\#(country)","#
                        + #""observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"\#(Events.number(index))"}"#)
            })
    }

    static func event(_ id: String, partition: Int32, _ data: String) -> OutgoingRecord {
        OutgoingRecord(
            topic: "events", partition: partition, key: Array(id.utf8), value: Array(data.utf8),
            headers: [
                RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", id),
                RecordHeader("ce_source", "/registry/spar"), RecordHeader("ce_type", StatusEvent.type),
                RecordHeader("content-type", "application/json"),
            ])
    }

    func publish(_ records: [OutgoingRecord]) throws {
        let producer = try KafkaProducer(
            ProducerConfiguration(bootstrapServers: broker.bootstrapServers), logger: logger)
        defer { producer.close(within: .seconds(2)) }
        for record in records { try producer.produce(record) }
        try producer.flush(within: .seconds(20))
    }

    // MARK: The worker

    /// A worker of a group has applied the events that it has not missed, and settled them once they were published; nothing of
    /// what it has published stands in the topics.
    func live(group: String = group, settles: Bool = true, missing isMissed: (String) -> Bool = { _ in false }) throws {
        var settings = work
        settings.group = group
        let work = RedactionWork(store: registry, settings: settings, clock: { Self.now })
        let consumer = try kafka.consumer()
        defer { _ = consumer.leave(within: .seconds(2)) }
        var ends: [TopicPartition: Int64] = [:]
        for partition in try kafka.partitions(of: "events") {
            ends[partition] = try consumer.offsetBounds(of: partition, timeout: .seconds(10)).high
        }
        try consumer.assign(ends.mapValues { _ in 0 })
        var left = ends.values.reduce(0, +)
        let deadline = ContinuousClock.now + .seconds(20)
        while left > 0, .now < deadline {
            guard case .records(let batch) = consumer.poll(maximum: 1_000, timeout: .milliseconds(50)) else { continue }
            left -= Int64(batch.count)
            let kept = batch.filtered { record in
                !isMissed(record.header("ce_id").map { String(decoding: $0, as: UTF8.self) } ?? "")
            }
            let applied = try work.apply(work.decode(kept), settling: [])
            guard settles else { continue }
            try work.settle(applied.map { PublishedSlice(id: $0.id, partition: $0.partition, last: $0.last) })
        }
        #expect(left == 0)
    }

    // MARK: What is looked at

    func read(_ topic: String) throws -> [RecordView] {
        let consumer = try kafka.consumer()
        defer { _ = consumer.leave(within: .seconds(2)) }
        var ranges: [TopicPartition: Range<Int64>] = [:]
        for partition in try kafka.partitions(of: topic) {
            let bounds = try consumer.offsetBounds(of: partition, timeout: .seconds(10))
            ranges[partition] = bounds.low..<bounds.high
        }
        var records: [RecordView] = []
        var scan = try TopicScan(ranges, on: consumer)
        while let more = try scan.next() { records += more }
        return records
    }

    func contact(_ id: String) throws -> RegistryContact {
        try #require(registry.contacts[try Events.contact(id, number: Events.number(0), text: "").key])
    }
}

extension RecordView {
    var text: String { value.map { String(decoding: $0, as: UTF8.self) } ?? "" }

    func text(of header: String) -> String? {
        self.header(header).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Looks away.
struct SilentPipeline: PipelineObserver {
    func sessionBegan(_ number: Int) {}
    func noticed(_ notice: Notice) {}
    func published(_ report: BatchReport) {}
    func clientFailed(_ error: KafkaError) {}
    func sessionEnded(_ end: SessionEnd) {}
}
