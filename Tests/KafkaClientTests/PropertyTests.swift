import KafkaClient
import Testing

@Suite("Properties of librdkafka")
struct PropertyTests {
    @Test("every fault is reported at once, by name")
    func faults() {
        let error = #expect(throws: KafkaConfigurationError.self) {
            try KafkaProperties(
                [
                    "linger.mss": "5", "session.timeout.ms": "soon", "isolation.level": "read_uncommitted",
                    "client.rack": "a", "debug": "broker",
                ], refusing: ["client.rack"])
        }
        #expect(
            error?.faults.map(\.property) == ["client.rack", "isolation.level", "linger.mss", "session.timeout.ms"])
        #expect(
            error?.faults.map(\.kind) == [.ownedByProgram, .ownedByProgram, .unknownName, .invalidValue])
        #expect(error?.description.contains("No such configuration property") == true)
    }

    @Test("a secret value is in no message")
    func secrets() {
        let error = #expect(throws: KafkaConfigurationError.self) {
            try KafkaProperties(["ssl.keystore.passwordd": "hunter2", "compression.type": "perhaps"])
        }
        #expect(error?.faults.count == 2)
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.description.contains("perhaps") == true, "what is no secret is quoted")
    }

    @Test("a secret value is in no message about properties that do not fit together")
    func secretsTogether() throws {
        let given = try KafkaProperties([
            "security.protocol": "ssl", "ssl.key.pem": "hunter2-is-no-key", "ssl.key.password": "hunter3",
        ])
        let error = #expect(throws: KafkaConfigurationError.self) {
            try KafkaProducer(ProducerConfiguration(bootstrapServers: "localhost:1", properties: given), logger: quiet)
        }
        #expect(error?.faults.map(\.kind) == [.inconsistent])
        #expect(error?.description.contains("hunter") == false)
    }

    @Test("what is given wins over the client's defaults, never over what it owns")
    func precedence() throws {
        for name in KafkaProperties.ownedByClient {
            #expect(throws: KafkaConfigurationError.self, "\(name)") { try KafkaProperties([name: "1"]) }
        }
        // A consumer with a heartbeat slower than its session can only be refused if the given value came through.
        let given = try KafkaProperties(["heartbeat.interval.ms": "5000", "max.poll.interval.ms": "1000"])
        let error = #expect(throws: KafkaConfigurationError.self) {
            try KafkaConsumer(
                ConsumerConfiguration(
                    bootstrapServers: "localhost:1", groupID: "g", properties: given, sessionTimeout: .seconds(6)),
                logger: quiet)
        }
        #expect(error?.description.contains("max.poll.interval.ms") == true)
    }

    @Test("a transactional producer without an id is refused")
    func noTransactionalID() {
        let error = #expect(throws: KafkaConfigurationError.self) {
            try TransactionalProducer(ProducerConfiguration(bootstrapServers: "localhost:1"), logger: quiet)
        }
        #expect(error?.faults.map(\.property) == ["transactional.id"])
    }

    @Test(
        "whatever may be a secret is taken for one",
        arguments: [
            ("sasl.password", true), ("ssl.key.password", true), ("ssl.key.pem", true),
            ("sasl.oauthbearer.config", true),
            ("sasl.oauthbearer.client.secret", true), ("SASL.PASSWORD", true), ("sasl.username", true),
            ("security.protocol", false), ("ssl.key.location", false), ("ssl.ca.location", false),
        ])
    func secrets(name: String, isSecret: Bool) {
        #expect(KafkaProperties.isSecret(name) == isSecret)
    }
}
