import ContactStore
import Foundation
import KafkaClient
import Logging
import ProtectedIdentity
import SQLiteContactStore

/// A broker in a process of its own, a registry file, and the configuration that leads a worker to both.
final class Surroundings {
    static let events = "protected-identity.events"
    static let outcomes = "protected-identity.outcomes"
    static let written = [
        outcomes, "protected-identity.notifications", "protected-identity.deletions", "protected-identity.quarantine",
    ]

    let folder: URL
    let bootstrapServers: String
    private let broker: RunningProgram

    /// - Parameters:
    ///   - partitions: of the events topic.
    ///   - writtenPartitions: of each topic that the worker writes.
    ///   - roundTrip: how much later the broker answers, in milliseconds: as long, transactions stay open.
    init(partitions: Int = 4, writtenPartitions: Int = 1, roundTrip: Int = 0) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "end-to-end-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        let broker = try RunningProgram(
            "embedded-broker",
            ["--round-trip=\(roundTrip)", "\(Self.events):\(partitions)"]
                + Self.written.map { "\($0):\(writtenPartitions)" },
            folder: folder)
        guard try await eventually(within: 20, { broker.standardOutput.hasSuffix("\n") }) else {
            throw SurroundingsError.noBroker
        }
        self.broker = broker
        bootstrapServers = broker.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var database: String { folder.appending(path: "registry.sqlite").path }

    /// What a worker is configured with. The mock cluster wants a session timeout above three seconds.
    var environment: [String: String] {
        [
            "KAFKA_BOOTSTRAP_SERVERS": bootstrapServers, "STORE_URL": "sqlite:///\(database)",
            "IDENTITY_DIGEST_KEYS": "k1:" + Data(repeating: 9, count: 32).base64EncodedString(),
            "QUARANTINE_PUBLIC_KEY": Data((1...32).map { UInt8($0) }).base64EncodedString(),
            "KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "4000", "KAFKA_PROPERTIES_FETCH_WAIT_MAX_MS": "20",
            "LOG_FORMAT": "json", "LOG_LEVEL": "debug",
        ]
    }

    func startWorker(_ changes: [String: String] = [:], errors: Pipe? = nil) throws -> RunningProgram {
        try start(["run"], changes, errors: errors)
    }

    func start(
        _ arguments: [String], _ changes: [String: String] = [:], errors: Pipe? = nil
    ) throws -> RunningProgram {
        try RunningProgram(
            "protected-identity", arguments, environment: environment.merging(changes) { $1 }, folder: folder,
            errors: errors)
    }

    func signalBroker(_ number: Int32) { broker.signal(number) }

    /// Puts contacts into the registry while no worker has it.
    func add(_ contacts: [RegistryContact]) throws {
        let store = try SQLiteContactStore(path: database)
        defer { store.close() }
        try store.add(contacts, now: Timestamp(milliseconds: 1_795_000_000_000))
    }

    func contact(_ id: String, of tenant: String) throws -> RegistryContact? {
        guard let tenant = TenantName(rawValue: tenant), let id = ContactID(rawValue: id) else { return nil }
        return try SQLiteContactReader(path: database).contact(ContactKey(tenant: tenant, id: id))
    }

    /// The outcomes that the registry still owes, while no worker has it.
    func unpublishedSlices() throws -> [UnpublishedSlice] {
        let store = try SQLiteContactStore(path: database)
        defer { store.close() }
        return try store.unpublishedSlices()
    }

    func publish(_ records: [OutgoingRecord]) throws {
        let producer = try KafkaProducer(
            ProducerConfiguration(bootstrapServers: bootstrapServers), logger: Logger(label: "feed"))
        defer { producer.close(within: .seconds(2)) }
        for record in records { try producer.produce(record) }
        try producer.flush(within: .seconds(30))
    }

    /// The offset behind the last record of a topic's first partition.
    func end(of topic: String) throws -> Int64 {
        let consumer = try KafkaConsumer(
            ConsumerConfiguration(bootstrapServers: bootstrapServers, groupID: "ends"), logger: Logger(label: "ends"))
        defer { _ = consumer.leave(within: .seconds(2)) }
        return try consumer.offsetBounds(of: TopicPartition(topic: topic, partition: 0), timeout: .seconds(5)).high
    }

    /// Everything in a topic now, as a `read_committed` reader sees it.
    func read(_ topic: String, partitions: Int = 1) throws -> [RecordView] {
        let consumer = try KafkaConsumer(
            ConsumerConfiguration(
                bootstrapServers: bootstrapServers, groupID: "reader",
                properties: try KafkaProperties(["fetch.wait.max.ms": "20"])), logger: Logger(label: "reader"))
        defer { _ = consumer.leave(within: .seconds(2)) }
        var records: [RecordView] = []
        for partition in 0..<Int32(partitions) {
            let place = TopicPartition(topic: topic, partition: partition)
            let end = try consumer.offsetBounds(of: place, timeout: .seconds(5)).high
            guard end > 0 else { continue }
            try consumer.assign([place: 0])
            let deadline = ContinuousClock.now + .seconds(20)
            while (records.last { $0.topicPartition == place }?.offset ?? -1) < end - 1, .now < deadline {
                if case .records(let batch) = consumer.poll(maximum: 1_000, timeout: .milliseconds(100)) {
                    records += Array(batch)
                }
            }
        }
        return records
    }
}

enum SurroundingsError: Error {
    case noBroker
}

/// An event in binary mode.
func event(
    id: String, key: String = "k", data: String, headers: [RecordHeader] = []
) -> OutgoingRecord {
    OutgoingRecord(
        topic: Surroundings.events, key: Array(key.utf8), value: Array(data.utf8),
        headers: [
            RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", id),
            RecordHeader("ce_source", "/registry/spar"), RecordHeader("ce_type", StatusEvent.type),
            RecordHeader("content-type", "application/json"),
        ] + headers)
}

extension RecordView {
    var text: String { value.map { String(decoding: $0, as: UTF8.self) } ?? "" }

    func text(of header: String) -> String? {
        self.header(header).map { String(decoding: $0, as: UTF8.self) }
    }
}
