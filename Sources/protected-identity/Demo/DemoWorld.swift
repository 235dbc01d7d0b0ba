import BatchPipeline
import ContactStore
import Crypto
import Foundation
import KafkaClient
import Logging
import Operations
import ProtectedIdentity
import RedactionWorker
import RegisterFeeds
import RegistryWorker
import SQLiteContactStore

/// Everything that the demo needs, in one process: a broker, a registry, workers, and somebody who reads downstream.
///
/// The workers are those that `run` starts. Only the broker is special: librdkafka's mock cluster.
struct DemoWorld {
    static let events = "protected-identity.events"

    let broker: EmbeddedBroker
    let store: SQLiteContactStore
    let reader: TopicReader
    let ledger: DemoLedger
    let producer: KafkaProducer
    let topics = OutgoingTopics()
    let policies: TenantPolicies
    /// The clock of everything in here.
    let clock = MovableClock()
    private let keyring: DigestKeyring
    private let seal = QuarantineSeal(to: Curve25519.KeyAgreement.PrivateKey().publicKey)
    private let logger: Logger

    /// - Parameters:
    ///   - database: where the registry is made.
    ///   - partitions: of the events topic.
    ///   - keepsRecords: whether what is read downstream is wanted in full.
    init(database: URL, policies: TenantPolicies, partitions: Int, keepsRecords: Bool, logger: Logger) throws {
        broker = try EmbeddedBroker(logger: logger)
        try broker.createTopic(Self.events, partitions: partitions)
        for topic in topics.all { try broker.createTopic(topic, partitions: 4) }
        store = try SQLiteContactStore(path: database.path)
        ledger = DemoLedger(keepsVerdicts: keepsRecords)

        // Keys of this run alone: whoever keeps the folder keeps no key to it.
        guard
            let key = DigestKey(id: "demo", key: SymmetricKey(size: .bits256)),
            let keyring = DigestKeyring(writing: key)
        else { throw CommandFailure(.software, "no digest key could be made") }
        self.policies = policies
        self.keyring = keyring
        self.logger = logger
        producer = try KafkaProducer(
            ProducerConfiguration(bootstrapServers: broker.bootstrapServers), logger: logger)
        var read = Dictionary(topics.all.map { ($0, 4) }) { first, _ in first }
        if keepsRecords { read[Self.events] = partitions }
        reader = try TopicReader(
            bootstrapServers: broker.bootstrapServers, topics: read, keepsRecords: keepsRecords, logger: logger)
    }

    /// The worker that `run` starts.
    func redaction() throws -> PipelineDriver<RedactionWork> {
        let work = RedactionWork(
            store: store, settings: workSettings(of: "protected-identity-demo"), observer: ledger, clock: clock.now)
        return try driver(of: work, reading: Self.events, ledger: ledger)
    }

    /// What a worker has to know.
    func workSettings(of group: String) -> RegistryWorkSettings {
        RegistryWorkSettings(
            group: group, topics: topics, source: "/protected-identity-worker", policies: policies, keyring: keyring,
            seal: seal)
    }

    /// What feeding SPAR's notices has to know.
    func feedSettings(of tenant: TenantName) -> FeedDesk.Settings {
        FeedDesk.Settings(
            format: .spar, tenant: tenant, origin: .monitoring, country: .sweden, registry: "SPAR", keyring: keyring)
    }

    /// The way to the broker for operations.
    func operations(_ logger: Logger) -> OperationsKafka {
        OperationsKafka(
            bootstrapServers: broker.bootstrapServers, group: "protected-identity-demo", properties: .none,
            logger: logger)
    }

    /// A pipeline around a worker's work.
    func driver<Work: RegistryWork>(
        of work: Work, reading topic: String, ledger: DemoLedger
    ) throws -> PipelineDriver<Work> {
        // The mock cluster answers an empty fetch only after its whole wait, and a first join only after three seconds.
        let quick = try KafkaClient.KafkaProperties([
            "fetch.wait.max.ms": "20", "heartbeat.interval.ms": "500", "session.timeout.ms": "4000",
        ])
        let group = work.settings.group
        return PipelineDriver(
            work: work, topics: [topic], outgoing: topics.all,
            consumer: ConsumerConfiguration(
                bootstrapServers: broker.bootstrapServers, groupID: group, properties: quick),
            producer: ProducerConfiguration(
                bootstrapServers: broker.bootstrapServers, transactionalID: group, linger: .milliseconds(2)),
            settings: PipelineSettings(), observer: ledger, logger: logger)
    }

    /// How many outcomes and quarantine records somebody downstream has read.
    var answers: Int {
        let counts = reader.counts
        return counts[topics.outcomes, default: 0] + counts[topics.quarantine, default: 0]
    }

    func close() {
        reader.stop()
        producer.close(within: .seconds(2))
        store.close()
    }
}
