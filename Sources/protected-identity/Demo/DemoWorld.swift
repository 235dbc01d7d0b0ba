import BatchPipeline
import ContactStore
import Crypto
import Foundation
import KafkaClient
import Logging
import ProtectedIdentity
import RedactionWorker
import RegistryWorker
import SQLiteContactStore

/// Everything that the demo needs, in one process: a broker, a registry, a worker, and somebody who reads downstream.
///
/// The worker is the one that `run` starts. Only the broker is special: librdkafka's mock cluster.
struct DemoWorld {
    static let events = "protected-identity.events"

    let broker: EmbeddedBroker
    let store: SQLiteContactStore
    let driver: PipelineDriver<RedactionWork>
    let reader: TopicReader
    let ledger: DemoLedger
    let producer: KafkaProducer
    let topics = OutgoingTopics()
    let databasePath: String

    /// - Parameters:
    ///   - database: where the registry is made.
    ///   - partitions: of the events topic.
    ///   - keepsRecords: whether what is read downstream is wanted in full.
    init(database: URL, policies: TenantPolicies, partitions: Int, keepsRecords: Bool, logger: Logger) throws {
        broker = try EmbeddedBroker(logger: logger)
        try broker.createTopic(Self.events, partitions: partitions)
        for topic in topics.all { try broker.createTopic(topic, partitions: 4) }
        databasePath = database.path
        store = try SQLiteContactStore(path: database.path)
        ledger = DemoLedger(keepsVerdicts: keepsRecords)

        // Keys of this run alone: whoever keeps the folder keeps no key to it.
        guard
            let key = DigestKey(id: "demo", key: SymmetricKey(size: .bits256)),
            let keyring = DigestKeyring(writing: key)
        else { throw CommandFailure(.software, "no digest key could be made") }
        let group = "protected-identity-demo"
        let work = RedactionWork(
            store: store,
            settings: RegistryWorkSettings(
                group: group, topics: topics, source: "/protected-identity-worker", policies: policies,
                keyring: keyring, seal: QuarantineSeal(to: Curve25519.KeyAgreement.PrivateKey().publicKey)),
            observer: ledger, clock: { WallClock.now() })

        // The mock cluster answers an empty fetch only after its whole wait, and a first join only after three seconds.
        let quick = try KafkaClient.KafkaProperties([
            "fetch.wait.max.ms": "20", "heartbeat.interval.ms": "500", "session.timeout.ms": "4000",
        ])
        driver = PipelineDriver(
            work: work, topics: [Self.events], outgoing: topics.all,
            consumer: ConsumerConfiguration(
                bootstrapServers: broker.bootstrapServers, groupID: group, properties: quick),
            producer: ProducerConfiguration(
                bootstrapServers: broker.bootstrapServers, transactionalID: "protected-identity-demo",
                linger: .milliseconds(2)),
            settings: PipelineSettings(), observer: ledger, logger: logger)
        producer = try KafkaProducer(
            ProducerConfiguration(bootstrapServers: broker.bootstrapServers), logger: logger)
        var read = Dictionary(topics.all.map { ($0, 4) }) { first, _ in first }
        if keepsRecords { read[Self.events] = partitions }
        reader = try TopicReader(
            bootstrapServers: broker.bootstrapServers, topics: read, keepsRecords: keepsRecords, logger: logger)
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
