import KafkaClient
import ProtectedIdentity

/// Looks at the broker and the topics.
struct BrokerCheck {
    let assembly: Assembly
    /// How long each question to the broker may take.
    let timeout: Duration

    /// All that is to be said of them.
    func findings() -> [Finding] {
        let log = CollectedLog()
        let kafka = assembly.configuration.kafka
        let admin: KafkaAdmin
        do throws(KafkaConfigurationError) {
            admin = try KafkaAdmin(
                bootstrapServers: kafka.bootstrapServers, properties: assembly.properties, logger: log.logger())
        } catch {
            return ConfigurationProblems(error).problems.map { Finding($0, level: .problem) }
        }
        defer { admin.close(within: .seconds(1)) }
        do throws(KafkaError) {
            let cluster = try admin.metadata(topics: topics.map(\.name), timeout: timeout)
            return [brokers(cluster)] + topics.flatMap { findings(of: $0, in: cluster, admin: admin) }
        } catch {
            return [unreachable(error, log: log)]
        }
    }

    private struct Topic {
        let key: String
        let name: String
    }

    private var topics: [Topic] {
        let topics = assembly.configuration.topics
        return [
            Topic(key: "topics.events", name: topics.events), Topic(key: "topics.outcomes", name: topics.outcomes),
            Topic(key: "topics.notifications", name: topics.notifications),
            Topic(key: "topics.deletions", name: topics.deletions),
            Topic(key: "topics.quarantine", name: topics.quarantine),
        ]
    }

    private func brokers(_ cluster: ClusterMetadata) -> Finding {
        let addresses = cluster.brokers.map(\.address).sorted()
        let shown = addresses.prefix(3).joined(separator: ", ") + (addresses.count > 3 ? ", …" : "")
        let (key, found) = ("kafka.bootstrapServers", "\(counted(addresses.count, "broker")): \(shown)")
        guard !isEncrypted, !addresses.allSatisfy(Self.isLoopback) else { return .ok(key, found) }
        return .warning(
            key, "\(found), not encrypted",
            advice: "Numbers travel over it: set kafka.properties.security.protocol to ssl or sasl_ssl")
    }

    private var isEncrypted: Bool {
        assembly.configuration.kafka.properties.reveal()["security.protocol"]?.lowercased().hasSuffix("ssl") ?? false
    }

    /// Whether an address, `HOST:PORT`, is this machine's own.
    static func isLoopback(_ address: String) -> Bool {
        ["127.", "localhost:", "[::1]:", "::1:"].contains { address.hasPrefix($0) }
    }

    private func unreachable(_ error: KafkaError, log: CollectedLog) -> Finding {
        let servers = assembly.configuration.kafka.bootstrapServers
        let reasons = ([error.reason] + log.lines).joined(separator: "; ")
        return .problem(
            "kafka.bootstrapServers",
            "no broker answers at \(servers) within \(DurationText.describe(timeout)): \(reasons)",
            advice: reasons.contains("uthenticat") ? adviceOnLogin : Self.adviceOnWay, .surroundings)
    }

    private static let adviceOnWay =
        "Start the broker or correct the address; where it wants TLS or SASL, set kafka.properties"

    private var adviceOnLogin: String {
        "Correct kafka.properties.sasl.username and the password, which is kafka.properties.sasl.password or in the file that "
            + "kafka.saslPasswordFile names"
            + (isScramDoubtful ? "; SCRAM with Kafka 4 needs librdkafka 2.6.1 (#4895)" : "")
    }

    private var isScramDoubtful: Bool {
        let properties = assembly.configuration.kafka.properties.reveal()
        let mechanism = properties["sasl.mechanism"] ?? properties["sasl.mechanisms"] ?? ""
        return mechanism.uppercased().hasPrefix("SCRAM") && LibraryVersion.current < LibraryVersion(2, 6, 1)
    }

    private func findings(of topic: Topic, in cluster: ClusterMetadata, admin: KafkaAdmin) -> [Finding] {
        if let failure = cluster.failures[topic.name] {
            return [
                .problem(
                    topic.key, "topic \(topic.name) cannot be described (\(failure))",
                    advice: failure == .topicAuthorizationFailed
                        ? "Grant this user the right to describe it" : "Look at the broker's log", .surroundings)
            ]
        }
        guard let partitions = cluster.partitionCounts[topic.name] else {
            let servers = assembly.configuration.kafka.bootstrapServers
            return [
                .problem(
                    topic.key, "topic \(topic.name) does not exist, or this user may not see it",
                    advice: "Create it: kafka-topics.sh --bootstrap-server \(servers) --create --topic \(topic.name)",
                    .surroundings)
            ]
        }
        let found = Finding.ok(
            topic.key, "topic \(topic.name) has \(counted(partitions, "partition"))")
        return [found]
            + (Self.content(of: topic, assembly.policies).map { retention(of: topic, $0, admin: admin) } ?? [])
    }

    /// What a worker reads from a topic, each of which is to have one outcome.
    private static func content(of topic: Topic, _ policies: TenantPolicies) -> String? {
        switch topic.key {
        case "topics.events": "events"
        case "topics.deletions" where policies.anyDeletes: "commands"
        default: nil
        }
    }

    private func retention(of topic: Topic, _ content: String, admin: KafkaAdmin) -> [Finding] {
        do throws(KafkaError) {
            let described = try admin.describeTopicConfiguration(topic.name, timeout: timeout)
            return RetentionCheck(
                topic: topic.name, topicKey: topic.key, content: content, configuration: described,
                journalRetention: assembly.configuration.store.journalRetention
            ).findings()
        } catch {
            let reason = error.isUnsupportedByBroker ? "this broker does not tell" : error.reason
            return [
                .warning(
                    "store.journalRetention", "the retention of topic \(topic.name) is not known: \(reason)",
                    advice: "Make sure that the topic keeps \(content) no longer than "
                        + DurationText.describe(assembly.configuration.store.journalRetention))
            ]
        }
    }
}
