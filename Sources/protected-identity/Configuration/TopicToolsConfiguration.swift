import KafkaClient
import Logging
import Operations

/// What commands need that look at topics alone: no store and no digest keys. Whoever holds the quarantine's private key is not to
/// need the worker's secrets.
struct TopicToolsConfiguration: Sendable {
    let kafka: KafkaConfiguration
    let topics: TopicsConfiguration
    let auditLog: String?
    let log: LogConfiguration
    /// librdkafka's properties, each of them known to librdkafka.
    let properties: KafkaClient.KafkaProperties

    /// Reads the file, if one is named, and the environment, which wins.
    static func load(
        file: String?, environment: [String: String]
    ) throws(ConfigurationProblems) -> TopicToolsConfiguration {
        let sources = ConfigurationSources(file: file.map { ConfigurationFile(path: $0) }, environment: environment)
        var parsing = AssemblyParsing(sources: sources)
        var reading = WorkerConfiguration.begin(sources)
        let kafka = KafkaConfiguration.read(&reading)
        let properties = parsing.properties(of: kafka)
        let topics = TopicsConfiguration.read(&reading)
        let auditLog = reading.auditLog()
        let log = LogConfiguration.read(&reading)
        reading.problems(parsing.problems)
        guard reading.problems.isEmpty, let kafka, let topics, let log, let properties else {
            throw ConfigurationProblems(problems: reading.sortedProblems())
        }
        return TopicToolsConfiguration(
            kafka: kafka, topics: topics, auditLog: auditLog, log: log, properties: properties)
    }

    /// The way to the cluster.
    func operations(_ logger: Logger) -> OperationsKafka {
        OperationsKafka(
            bootstrapServers: kafka.bootstrapServers, group: kafka.groupId, properties: properties, logger: logger)
    }
}

extension ConfigurationReading {
    /// The audit log's file, where one is named.
    mutating func auditLog() -> String? {
        value("audit.log", expected: "an absolute path, like /var/log/protected-identity/audit.log") { text in
            text.hasPrefix("/") ? text : nil
        }
    }
}
