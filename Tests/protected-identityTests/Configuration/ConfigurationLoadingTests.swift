import Foundation
import Logging
import Testing

@testable import protected_identity

@Suite("Loading the configuration")
struct ConfigurationLoadingTests {
    @Test("four variables are enough, and the documented defaults hold for the rest")
    func defaults() throws {
        let configuration = try Fixture.load()
        #expect(configuration.kafka.bootstrapServers == "localhost:9092")
        #expect(configuration.kafka.groupId == "protected-identity")
        #expect(configuration.kafka.instanceId == nil)
        #expect(configuration.kafka.assignment == .cooperativeSticky)
        #expect(configuration.kafka.properties.reveal().isEmpty)
        #expect(configuration.topics.events == "protected-identity.events")
        #expect(configuration.topics.quarantine == "protected-identity.quarantine")
        #expect(configuration.store.location == .sqlite(path: "/tmp/contacts.sqlite"))
        #expect(configuration.store.journalRetention == .seconds(30 * 86_400))
        #expect(configuration.identity.digestKeys.reveal() == "k1:\(Fixture.digestKey)")
        #expect(configuration.quarantine == .coordinatesOnly)
        #expect(configuration.outcomesSource == "/protected-identity-worker")
        #expect(configuration.batch == BatchConfiguration(maxRecords: 1000, maxDelay: .zero))
        #expect(configuration.shutdownTimeout == .seconds(10))
        #expect(
            configuration.admin
                == AdminConfiguration(
                    isEnabled: true, host: "127.0.0.1", port: 8080, stalledAfter: .seconds(60), metricsByTenant: false))
        #expect(configuration.log == LogConfiguration(level: .info, format: nil))
        #expect(configuration.warnings.isEmpty)
    }

    @Test(
        "a key is written nested, dotted, or partly so",
        arguments: ["kafka:\n  groupId: redactors", "kafka.groupId: redactors", "{kafka: {groupId: \"redactors\"}}"])
    func spelling(yaml: String) throws {
        #expect(try Fixture.load(yaml).kafka.groupId == "redactors")
    }

    @Test("the environment wins over the file")
    func precedence() throws {
        let yaml = "kafka:\n  groupId: from-file\nbatch.maxRecords: 5"
        let configuration = try Fixture.load(yaml, ["KAFKA_GROUP_ID": "from-environment"])
        #expect(configuration.kafka.groupId == "from-environment")
        #expect(configuration.batch.maxRecords == 5)
    }

    @Test("an empty variable counts as unset, and the file holds")
    func emptyVariable() throws {
        #expect(try Fixture.load("kafka.groupId: from-file", ["KAFKA_GROUP_ID": ""]).kafka.groupId == "from-file")
    }

    @Test("a key with nothing behind it is unset, and its default holds")
    func emptyKey() throws {
        #expect(try Fixture.load("kafka:\n  groupId:\ntopics: ~").kafka.groupId == "protected-identity")
    }

    @Test("a list of brokers is written with commas or as a YAML list", arguments: ["[a:1, 'b:2']", "a:1, b:2"])
    func lists(written: String) throws {
        let configuration = try Fixture.load("kafka.bootstrapServers: \(written)", ["KAFKA_BOOTSTRAP_SERVERS": ""])
        #expect(configuration.kafka.bootstrapServers == "a:1,b:2")
    }

    @Test("numbers in the file are taken as they are written")
    func numbers() throws {
        let configuration = try Fixture.load("admin:\n  port: 0\nlog: {level: debug, format: text}")
        #expect(configuration.admin.port == 0)
        #expect(configuration.log == LogConfiguration(level: .debug, format: .text))
    }

    @Test("digest keys are read from a file, with comments, one on a line; a file that others may read is a warning")
    func digestKeysFile() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "digest-keys-\(UUID()).txt").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = "# the first one writes\nnew:\(Fixture.digestKey)\n\nold:\(Fixture.digestKey)\n"
        let changes = ["IDENTITY_DIGEST_KEYS": "", "IDENTITY_DIGEST_KEYS_FILE": path]

        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
        let unshared = try Fixture.load(nil, changes)
        #expect(unshared.identity.digestKeys.reveal() == "new:\(Fixture.digestKey),old:\(Fixture.digestKey)")
        #expect(unshared.warnings.isEmpty)

        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(try Fixture.load(nil, changes).warnings.map(\.key) == ["identity.digestKeysFile"])
    }

    @Test("a file is read from disk")
    func fromDisk() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "worker-\(UUID()).yaml").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: Data("kafka.groupId: redactors\n".utf8)))
        let configuration = try WorkerConfiguration.load(file: path, environment: Fixture.environment)
        #expect(configuration.kafka.groupId == "redactors")
    }

    @Test("the registry's commands need a store and nothing else")
    func storeAlone() throws {
        let store = try WorkerConfiguration.loadStore(file: nil, environment: ["STORE_URL": "sqlite:///tmp/x.sqlite"])
        #expect(store.location == .sqlite(path: "/tmp/x.sqlite"))
        #expect(throws: ConfigurationProblems.self) { try WorkerConfiguration.loadStore(file: nil, environment: [:]) }
    }
}
