import Testing

@testable import protected_identity

@Suite("librdkafka properties")
struct KafkaPropertiesTests {
    @Test("properties are written nested or dotted, and as variables with underscores, which win")
    func sources() throws {
        let yaml = """
            kafka:
              properties:
                security.protocol: PLAINTEXT
                ssl:
                  ca:
                    location: /etc/ca.pem
            """
        let configuration = try Fixture.load(
            yaml, ["KAFKA_PROPERTIES_SECURITY_PROTOCOL": "SSL", "KAFKA_PROPERTIES_SOCKET_KEEPALIVE_ENABLE": "true"])
        #expect(
            configuration.kafka.properties.reveal() == [
                "security.protocol": "SSL", "ssl.ca.location": "/etc/ca.pem", "socket.keepalive.enable": "true",
            ])
    }

    @Test(
        "what the worker owns is refused, from the file and from the environment",
        arguments: [
            "isolation.level", "enable.auto.commit", "enable.auto.offset.store", "transactional.id",
            "enable.idempotence",
            "auto.commit.enable",
        ])
    func owned(name: String) {
        let variable = "KAFKA_PROPERTIES_" + name.uppercased().replacing(".", with: "_")
        for problems in [Fixture.problems("kafka.properties.\(name): x"), Fixture.problems(nil, [variable: "x"])] {
            #expect(problems.map(\.key) == ["kafka.properties.\(name)"])
            #expect(problems.first?.problem.contains("the worker owns") == true)
        }
    }

    @Test(
        "a property that has a key of its own is refused with that key",
        arguments: [
            ("bootstrap.servers", "kafka.bootstrapServers"), ("metadata.broker.list", "kafka.bootstrapServers"),
            ("group.id", "kafka.groupId"), ("group.instance.id", "kafka.instanceId"),
            ("partition.assignment.strategy", "kafka.assignment"),
        ])
    func renamed(name: String, key: String) {
        let problems = Fixture.problems("kafka.properties: {\(name): x}")
        #expect(problems.map(\.key) == ["kafka.properties.\(name)"])
        #expect(problems.first?.advice == "Write \(key) instead")
    }

    @Test(
        "callbacks and pointers are refused",
        arguments: ["rebalance_cb", "dr_msg_cb", "ssl.certificate.verify_cb", "opaque"])
    func callbacks(name: String) {
        #expect(Fixture.problems("kafka.properties.\(name): x").map(\.key) == ["kafka.properties.\(name)"])
    }
}
