import ContactStore
import Foundation
import KafkaClient
import Logging
import ProtectedIdentity
import SQLiteContactStore
import Testing

@testable import protected_identity

@Suite("check")
struct CheckTests {
    private static let silent = Logger(label: "broker") { _ in SwiftLogNoOpLogHandler() }
    private let folder = try? TemporaryFolder()

    private func report(
        broker: String, _ changes: [String: String] = [:], timeout: Duration = .seconds(5)
    ) throws -> CheckReport {
        let folder = try #require(folder)
        var environment = Fixture.environment.merging(changes) { $1 }
        environment["KAFKA_BOOTSTRAP_SERVERS"] = broker
        if changes["STORE_URL"] == nil { environment["STORE_URL"] = "sqlite://\(folder.file("contacts.sqlite"))" }
        let assembly = try Assembly.load(ConfigurationSources(file: nil, environment: environment))
        return CheckReport(of: assembly, file: nil, timeout: timeout)
    }

    private func broker(topics: [String]) throws -> EmbeddedBroker {
        let broker = try EmbeddedBroker(logger: Self.silent)
        for topic in topics { try broker.createTopic("protected-identity.\(topic)", partitions: 3) }
        return broker
    }

    private func problems(_ report: CheckReport) -> [String] {
        report.findings.filter { $0.level == .problem }.map(\.subject)
    }

    @Test("a broker with every topic and a store to be made: no problem, and what the broker does not tell is said")
    func well() throws {
        let broker = try broker(topics: ["events", "outcomes", "notifications", "deletions", "quarantine"])
        let report = try report(broker: broker.bootstrapServers)
        #expect(problems(report) == [])
        #expect(report.exit == .success)
        #expect(report.findings.contains { $0.level == .warning && $0.subject == "store.journalRetention" })
        #expect(report.lines.contains("ok       topics.events: topic protected-identity.events has 3 partitions"))
    }

    @Test(
        "whether an address is this machine's own, over which nothing travels",
        arguments: [
            ("127.0.0.1:9092", true), ("localhost:9092", true), ("[::1]:9092", true), ("kafka.example.com:9092", false),
            ("10.0.0.127:9092", false), ("localhost.example.com:9092", false),
        ])
    func loopback(address: String, isOwn: Bool) {
        #expect(BrokerCheck.isLoopback(address) == isOwn)
    }

    @Test("every topic that is missing is named with the way to create it, and not created")
    func missingTopics() throws {
        let broker = try broker(topics: ["events", "outcomes"])
        for _ in 1...2 {
            let report = try report(broker: broker.bootstrapServers)
            #expect(problems(report) == ["topics.notifications", "topics.deletions", "topics.quarantine"])
            #expect(report.exit == .unavailable)
            let advice = report.findings.first { $0.subject == "topics.quarantine" }?.advice
            #expect(advice?.contains("--create --topic protected-identity.quarantine") == true)
        }
    }

    @Test("a broker that does not answer is told with the reason, and the store is looked at all the same")
    func unreachable() throws {
        let report = try report(broker: "127.0.0.1:1", timeout: .milliseconds(500))
        #expect(problems(report) == ["kafka.bootstrapServers"])
        #expect(report.exit == .unavailable)
        let message = report.findings.first { $0.level == .problem }?.message
        #expect(message?.contains("127.0.0.1:1") == true)
        #expect(message?.contains("Connection refused") == true)
        #expect(report.findings.contains { $0.subject == "store.url" && $0.level == .ok })
    }

    @Test("a wrong configuration is told problem by problem, each with its key and its place")
    func configuration() throws {
        let failure = #expect(throws: ConfigurationProblems.self) {
            _ = try Assembly.load(ConfigurationSources(file: nil, environment: ["STORE_URL": "sqlite://nowhere"]))
        }
        let report = CheckReport(try #require(failure))
        #expect(
            problems(report) == [
                "kafka.bootstrapServers", "store.url", "identity.digestKeys", "quarantine.publicKey",
            ])
        #expect(report.exit == .configuration)
        #expect(report.findings.contains { $0.message.contains("(STORE_URL)") })
    }

    @Test("no secret is printed, as a table or as JSON")
    func masked() throws {
        let report = try report(
            broker: "127.0.0.1:1",
            ["KAFKA_PROPERTIES_SASL_PASSWORD": "hunter2", "KAFKA_PROPERTIES_SSL_KEY_PASSWORD": "hunter3"],
            timeout: .milliseconds(200))
        let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        for text in [report.lines.joined(separator: "\n"), json] {
            #expect(!text.contains("hunter"))
            #expect(!text.contains(Fixture.digestKey))
            #expect(text.contains("kafka.properties.sasl.password"))
            #expect(text.contains(Secret.mask))
        }
    }

    @Test("rows under a key that is not configured are a problem of the configuration; a key without rows is not")
    func digestKeys() throws {
        let folder = try #require(folder)
        let path = folder.file("contacts.sqlite")
        let store = try SQLiteContactStore(path: path)
        let keyring = try DigestKeyring(parsing: "old:\(Fixture.digestKey)")
        _ = try store.apply(Self.refusal(keyring))
        store.close()
        let report = try report(broker: "127.0.0.1:1", timeout: .milliseconds(200))
        #expect(problems(report) == ["kafka.bootstrapServers", "identity.digestKeys"])
        #expect(report.exit == .configuration)
        #expect(report.findings.contains { $0.message.contains("1 row bears the digest key old") })
        #expect(report.findings.contains { $0.message == "key k1 writes; 0 rows bear it" && $0.level == .ok })
    }

    @Test("a registry that a worker holds is looked at beside it")
    func inUse() throws {
        let path = try #require(folder).file("contacts.sqlite")
        let store = try SQLiteContactStore(path: path)
        defer { store.close() }
        let findings = EmbeddedStoreCheck(path: path, keyring: try DigestKeyring(parsing: "k1:\(Fixture.digestKey)"))
            .findings()
        #expect(findings.allSatisfy { $0.level == .ok })
        #expect(findings.contains { $0.message == "\(path): in use by a running worker" })
    }

    @Test("a file that is no registry, and a folder that does not exist, are problems")
    func noStore() throws {
        let folder = try #require(folder)
        let keyring = try DigestKeyring(parsing: "k1:\(Fixture.digestKey)")
        let text = try folder.write("this is no database, however long it may be", to: "notes.txt")
        for path in [text, folder.file("missing/contacts.sqlite")] {
            let findings = EmbeddedStoreCheck(path: path, keyring: keyring).findings()
            #expect(findings.map(\.level) == [.problem])
            #expect(findings.first?.message.contains(path) == true)
        }
        #expect(try folder.names() == ["notes.txt"], "nothing is created")
    }

    @Test("a file that others may read is pointed out, the registry's and a configuration's that holds a secret")
    func permissions() throws {
        let folder = try #require(folder)
        let path = folder.file("contacts.sqlite")
        try SQLiteContactStore(path: path).close()
        chmod(path, 0o644)
        let keyring = try DigestKeyring(parsing: "k1:\(Fixture.digestKey)")
        #expect(EmbeddedStoreCheck(path: path, keyring: keyring).findings().contains { $0.level == .warning })

        let file = try folder.write("identity.digestKeys: k1:x\nkafka.properties.sasl.password: p", to: "worker.yaml")
        chmod(file, 0o640)
        let warning = FileCheck(path: file).findings().first
        #expect(warning?.message.contains("identity.digestKeys, kafka.properties.sasl.password") == true)
        chmod(file, 0o600)
        #expect(FileCheck(path: file).findings() == [])
    }

    private static func refusal(_ keyring: DigestKeyring) -> StoreBatch {
        let says = ContentDigestInput(raw: Array("nonsense".utf8)[...])
        let digest = keyring.contentDigest(of: says)
        let record = IncomingRecord(
            coordinates: RecordCoordinates(topic: "events", partition: 0, offset: 0), journalKeys: [],
            placeKeys: keyring.placeKeys(
                topic: "events", partition: 0, offset: 0, timestamp: 0, content: digest.bytes),
            says: says, raw: says, digest: digest, redrives: 0, content: .refused(.undecodable, isProtection: true))
        let batch = RedactionBatch(
            group: "workers", records: [record], decidedAt: WallClock.now(), policies: .keepEverywhere, keyring: keyring
        )
        let partition = PartitionName(topic: "events", partition: 0)
        return StoreBatch(redaction: batch, slices: [BatchSlice(partition: partition, first: 0, last: 0)])
    }
}
