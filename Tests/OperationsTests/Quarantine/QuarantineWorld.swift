import Crypto
import Foundation
import KafkaClient
import Logging
import Operations
import ProtectedIdentity
import RegistryWorker
import Synchronization
import Testing

/// An embedded broker with events that were set aside, as a worker would have.
final class QuarantineWorld {
    static let events = "events"
    static let deletions = "deletions"
    static let quarantine = "quarantine"
    static let now = Timestamp(milliseconds: 1_795_426_200_000)

    /// What of the original goes into the quarantine.
    enum Payload {
        case sealed
        case coordinates
        case sealedToAnother
        case damaged
    }

    let broker: EmbeddedBroker
    let privateKey = Curve25519.KeyAgreement.PrivateKey()
    let trail = Trail()
    let kafka: OperationsKafka
    private let logger = Logger(label: "quarantine") { _ in SwiftLogNoOpLogHandler() }

    init(partitions: Int = 4) throws {
        broker = try EmbeddedBroker(logger: logger)
        try broker.createTopic(Self.events, partitions: partitions)
        try broker.createTopic(Self.deletions, partitions: 2)
        try broker.createTopic(Self.quarantine, partitions: 3)
        kafka = OperationsKafka(
            bootstrapServers: broker.bootstrapServers, group: "workers",
            properties: try KafkaProperties(["fetch.wait.max.ms": "20"]), logger: logger)
    }

    // MARK: What a worker would have done

    /// An event of a feed.
    static func event(
        _ id: String, key: String, tenant: String = "nordic-sport", to topic: String = events
    ) -> OutgoingRecord {
        let data = """
            {"tenant":"\(tenant)","status":"protected","origin":"monitoring","country":"SE",\
            "observedAt":"2026-11-23T09:29:58Z","contactId":"\(id)"}
            """
        return OutgoingRecord(
            topic: topic, key: Array(key.utf8), value: Array(data.utf8),
            headers: [
                RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", id),
                RecordHeader("ce_source", "/registry/spar"), RecordHeader("ce_type", StatusEvent.type),
                RecordHeader("content-type", "application/json"), RecordHeader("empty", nil),
            ])
    }

    func publish(_ records: [OutgoingRecord]) throws {
        let producer = try KafkaProducer(
            ProducerConfiguration(bootstrapServers: broker.bootstrapServers), logger: logger)
        defer { producer.close(within: .seconds(2)) }
        for record in records { try producer.produce(record) }
        try producer.flush(within: .seconds(20))
    }

    /// Sets records of a topic aside.
    func setAside(
        _ records: [RecordView], _ payload: Payload = .sealed, reason: QuarantineReason = .unknownTenant,
        timestamp: Int64? = nil
    ) throws {
        let key = payload == .sealedToAnother ? Curve25519.KeyAgreement.PrivateKey() : privateKey
        let seal = QuarantineSeal(to: key.publicKey)
        try publish(
            records.map { record in
                let place = RecordCoordinates(
                    topic: record.topicPartition.topic, partition: record.topicPartition.partition,
                    offset: record.offset)
                let redrives =
                    record.header("quarantine-redrives").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                var sealed: [UInt8]?
                if payload != .coordinates { sealed = try seal.seal(Self.original(record), at: place) }
                if payload == .damaged { sealed?[80] ^= 1 }
                let message = QuarantineMessage(
                    headers: QuarantineHeaders(
                        topic: place.topic, partition: place.partition, offset: place.offset,
                        timestamp: timestamp ?? record.timestamp ?? -1, consumerGroup: "workers", reason: reason,
                        attempts: redrives + 1, redrives: redrives, keyID: sealed == nil ? nil : seal.keyID),
                    sealed: sealed
                ).encoded()
                return OutgoingRecord(message, topic: Self.quarantine)
            })
    }

    /// Sets a record aside that has a place and nothing else, as anybody can write it who may write into the quarantine topic.
    func setAsideCoordinates(_ topic: String, offset: Int64) throws {
        let message = QuarantineMessage(
            headers: QuarantineHeaders(
                topic: topic, partition: 0, offset: offset, timestamp: -1, consumerGroup: "workers",
                reason: .unknownTenant, attempts: 1, redrives: 0, keyID: nil), sealed: nil
        ).encoded()
        try publish([OutgoingRecord(message, topic: Self.quarantine)])
    }

    private static func original(_ record: RecordView) -> OriginalRecord {
        OriginalRecord(
            key: record.key.map { Data($0) }, value: record.value.map { Data($0) },
            headers: record.headers.map { OriginalRecord.Header(name: $0.name, value: $0.value.map { Data($0) }) },
            timestamp: record.timestamp)
    }

    // MARK: What is looked at

    /// Everything in a topic, partition by partition.
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
        return records.sorted { ($0.topicPartition, $0.offset) < ($1.topicPartition, $1.offset) }
    }

    /// The copies in a topic, those that bear the count.
    func copies(in topic: String = events) throws -> [RecordView] {
        try read(topic).filter { $0.header("quarantine-redrives") != nil }
    }

    func sealed(_ action: AuditEntry.Action = .redrive) -> SealedRecords {
        let person = Operator(said: "ann", environment: [:])
        return SealedRecords(privateKey: privateKey, trail: trail) {
            AuditEntry(action, by: person, at: "2026-11-23T09:30:00.000Z", reason: "because")
        }
    }

    @discardableResult
    func redrive(
        _ filter: QuarantineFilter = QuarantineFilter(), withKey: Bool = true,
        _ adjust: (inout Redrive.Settings) -> Void = { _ in },
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in },
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) throws -> RedriveReport {
        var settings = Redrive.Settings(topics: [Self.events, Self.deletions])
        settings.records = 10
        adjust(&settings)
        let topic = try QuarantineTopic(Self.quarantine, in: kafka)
        defer { topic.close() }
        return try Redrive(
            filter, of: topic, in: kafka, settings: settings, sealed: withKey ? sealed() : nil,
            clock: { Self.now }, progress: progress, isStopped: isStopped
        ).run()
    }

    /// What `show` opens with the private key.
    func open(_ topic: String, partition: Int32 = 0, offset: Int64) throws -> OpenedRecord {
        let quarantine = try QuarantineTopic(Self.quarantine, in: kafka)
        defer { quarantine.close() }
        let person = Operator(said: "ann", environment: [:])
        return try quarantine.open(
            RecordCoordinates(topic: topic, partition: partition, offset: offset), with: sealed(.show), in: kafka,
            trail: trail, line: { AuditEntry(.show, by: person, at: "now", reason: nil) })
    }

    func list(
        _ filter: QuarantineFilter = QuarantineFilter(), isWaitingOnly: Bool = false, withKey: Bool = false
    ) throws -> (lines: [QuarantineListing.Line], counts: QuarantineCounts) {
        let topic = try QuarantineTopic(Self.quarantine, in: kafka)
        defer { topic.close() }
        var lines: [QuarantineListing.Line] = []
        let listing = QuarantineListing(
            topic, filter, isWaitingOnly: isWaitingOnly, sealed: withKey ? sealed(.list) : nil)
        let counts = try listing.read { lines.append($0) }
        return (lines, counts)
    }
}

/// An audit log in memory, which may be full.
final class Trail: AuditTrail {
    private let state = Mutex<(entries: [AuditEntry], isFull: Bool)>(([], false))

    var entries: [AuditEntry] { state.withLock { $0.entries } }

    func fill() { state.withLock { $0.isFull = true } }

    func record(_ entries: [AuditEntry]) throws(AuditFailure) {
        let isFull = state.withLock { state in
            if !state.isFull { state.entries += entries }
            return state.isFull
        }
        if isFull { throw AuditFailure(cause: .writing, path: "audit.log", reason: "no space left") }
    }
}

extension RecordView {
    var id: String { text("ce_id") ?? "" }

    func text(_ header: String) -> String? {
        self.header(header).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Everything that a copy must have as its original has it.
    var content: OutgoingRecord {
        OutgoingRecord(
            topic: topicPartition.topic, partition: topicPartition.partition, key: key.map { Array($0) },
            value: value.map { Array($0) },
            headers: headers.filter { !$0.hasName("quarantine-redrives") }.map { header in
                RecordHeader(header.name, header.value.map { Array($0) })
            })
    }
}
