import Testing

@testable import protected_identity

/// A wrong configuration and the problem that it is to give.
struct WrongConfiguration: Sendable, CustomTestStringConvertible {
    let yaml: String?
    let changes: [String: String]
    let key: String
    /// A part of the problem or its advice.
    let says: String

    init(_ yaml: String, _ key: String, _ says: String, without variable: String? = nil) {
        (self.yaml, self.key, self.says) = (yaml, key, says)
        self.changes = variable.map { [$0: ""] } ?? [:]
    }

    init(_ changes: [String: String], _ key: String, _ says: String) {
        (self.yaml, self.changes, self.key, self.says) = (nil, changes, key, says)
    }

    var testDescription: String { "\(key): \(says)" }
}

@Suite("Problems of the configuration")
struct ConfigurationProblemTests {
    static let wrong: [WrongConfiguration] = [
        .init(["KAFKA_BOOTSTRAP_SERVERS": ""], "kafka.bootstrapServers", "is required"),
        .init(["KAFKA_BOOTSTRAP_SERVERS": "a:1,,b:2"], "kafka.bootstrapServers", "HOST:PORT"),
        .init(["KAFKA_BOOTSTRAP_SERVERS": "a:99999"], "kafka.bootstrapServers", "not valid"),
        .init(["KAFKA_INSTANCE_ID": "pod 1"], "kafka.instanceId", "a-z A-Z 0-9"),
        .init("kafka.assignment: cooperative-stiky", "kafka.assignment", "Did you mean cooperative-sticky?"),
        .init("kafka.groupId: ''", "kafka.groupId", "is empty"),
        .init("deletions.groupId: protected-identity", "deletions.groupId", "the group is kafka.groupId too"),
        .init("topics.outcomes: 'a topic'", "topics.outcomes", "is not valid"),
        .init("topics: {events: t, outcomes: t}", "topics.outcomes", "that of topics.events too"),
        .init(["STORE_URL": ""], "store.url", "is required"),
        .init(["STORE_URL": "mysql://db"], "store.url", "or sqlite:///PATH"),
        .init("store.contacts.table: crm.customer", "store.contacts.table", "belongs to PostgreSQL"),
        .init(["STORE_URL": "sqlite://contacts.sqlite"], "store.url", "three slashes"),
        .init(["STORE_URL": "sqlite:///tmp/"], "store.url", "name of a file"),
        .init("store.journalRetention: 30", "store.journalRetention", "30d"),
        .init("store.journalRetention: 0s", "store.journalRetention", "or more"),
        .init(["IDENTITY_DIGEST_KEYS": ""], "identity.digestKeys", "keys generate"),
        .init(["IDENTITY_DIGEST_KEYS": "no-colon"], "identity.digestKeys", "entry 1 is not ID:BASE64"),
        .init(
            ["IDENTITY_DIGEST_KEYS": "an id:\(Fixture.digestKey)"], "identity.digestKeys", "entry 1 is not ID:BASE64"),
        .init(["IDENTITY_DIGEST_KEYS": "k1:AAAA"], "identity.digestKeys", "entry 1 has 3 bytes"),
        .init(
            ["IDENTITY_DIGEST_KEYS": "k1:\(Fixture.digestKey),k1:\(Fixture.digestKey)"], "identity.digestKeys",
            "entry 2 has an ID that came before"),
        .init("identity.digestKeysFile: /nowhere/keys", "identity.digestKeysFile", "digestKeys is set too"),
        .init(
            "identity.digestKeysFile: /nowhere/keys", "identity.digestKeysFile", "cannot be read",
            without: "IDENTITY_DIGEST_KEYS"),
        .init(["QUARANTINE_COORDINATES_ONLY": "false"], "quarantine.publicKey", "coordinatesOnly"),
        .init(["QUARANTINE_COORDINATES_ONLY": "maybe"], "quarantine.coordinatesOnly", "true or false"),
        .init(["QUARANTINE_PUBLIC_KEY": "key"], "quarantine.coordinatesOnly", "Set one of the two"),
        .init("outcomes.source: a b", "outcomes.source", "URI reference"),
        .init("batch.maxRecords: 0", "batch.maxRecords", "from 1 to 100000"),
        .init("batch.maxDelay: soon", "batch.maxDelay", "whole number and a unit"),
        .init("shutdown.timeout: 0s", "shutdown.timeout", "or more"),
        .init("admin.port: 65536", "admin.port", "0 to 65535"),
        .init(["ADMIN_PORT": "tcp://10.0.0.1:80"], "admin.port", "enableServiceLinks"),
        .init("log.level: verbose", "log.level", "critical"),
        .init("log.format: xml", "log.format", "json, text"),
        .init("kafka:\n  groupID: x", "kafka.groupID", "Did you mean kafka.groupId?"),
        .init("kafka.bootstrap.servers: x", "kafka.bootstrap.servers", "Did you mean kafka.bootstrapServers?"),
        .init("bootstrapServers: x", "bootstrapServers", "Did you mean kafka.bootstrapServers?"),
        .init("tenants: {shop: {polcy: keep}}", "tenants.shop.polcy", "Did you mean tenants.shop.policy?"),
        .init("store: {contacts: {table: t}}", "store.contacts.table", "belongs to PostgreSQL"),
        .init("colour: red", "colour", "Remove it"),
        .init("kafka: localhost", "kafka", "group of keys"),
        .init("kafka.groupId: a\nkafka:\n  groupId: b", "kafka.groupId", "set already on line 1"),
        .init("kafka: {groupId: [a, b]}", "kafka.groupId", "a list stands where one value"),
        .init("kafka: {groupId: a\n", "--config", "not YAML"),
        .init("- a\n- b", "--config", "not a mapping"),
        .init("log.level: info\nlog.level: debug", "--config", "set twice"),
    ]

    @Test("each wrong value gives one problem with its key and what to write instead", arguments: wrong)
    func single(wrong: WrongConfiguration) throws {
        let problems = Fixture.problems(wrong.yaml, wrong.changes)
        #expect(problems.count == 1)
        let problem = try #require(problems.first)
        #expect(problem.key == wrong.key)
        #expect("\(problem)".contains(wrong.says))
    }

    @Test("all problems are reported at once, in the order of the table, each with its place")
    func several() {
        let yaml = """
            log:
              level: loud
            kafka:
              assignment: rnage
              grupId: x
            """
        let problems = Fixture.problems(yaml, ["STORE_URL": "", "ADMIN_PORT": "http", "KAFKA_BOOTSTRAP_SERVERS": ""])
        #expect(
            problems.map(\.key) == [
                "kafka.bootstrapServers", "kafka.assignment", "store.url", "admin.port", "log.level", "kafka.grupId",
            ])
        #expect(
            problems.map { "\($0.origin)" } == [
                "not set", "worker.yaml:4", "not set", "ADMIN_PORT", "worker.yaml:2", "worker.yaml:5",
            ])
        let report = "\(ConfigurationProblems(problems: problems))"
        #expect(report.hasPrefix("The configuration has 6 problems:\n"))
        #expect(report.contains("\n  - kafka.assignment (worker.yaml:4): \"rnage\" is not valid. Did you mean range?"))
    }

    @Test("a file that is not there is the one problem: what it may set is not called missing")
    func missingFile() {
        do {
            _ = try WorkerConfiguration.load(file: "/nowhere/worker.yaml", environment: ["LOG_LEVEL": "loud"])
            Issue.record("a missing file was accepted")
        } catch {
            #expect(error.problems.map(\.key) == ["--config", "log.level"])
        }
    }
}
