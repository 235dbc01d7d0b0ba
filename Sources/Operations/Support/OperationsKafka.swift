public import KafkaClient
public import Logging

/// How operations reach the cluster: as the worker does, without joining its group.
public struct OperationsKafka: Sendable {
    /// Brokers to begin with.
    public let bootstrapServers: String
    /// The worker's group: whose offsets are looked at. Nothing here is ever a member of it, or moves them.
    public let group: String
    /// Further properties of librdkafka.
    public let properties: KafkaProperties
    /// Where librdkafka's lines go.
    public let logger: Logger

    static let patience = Duration.seconds(15)

    /// The way to a cluster.
    public init(bootstrapServers: String, group: String, properties: KafkaProperties, logger: Logger) {
        self.bootstrapServers = bootstrapServers
        self.group = group
        self.properties = properties
        self.logger = logger
    }

    /// A consumer for ``TopicScan``, and for questions about offsets.
    public func consumer() throws(KafkaConfigurationError) -> KafkaConsumer {
        var configuration = ConsumerConfiguration(
            bootstrapServers: bootstrapServers, groupID: group, properties: properties)
        configuration.tellsEnds = true
        return try KafkaConsumer(configuration, logger: logger)
    }

    /// The partitions of a topic.
    ///
    /// - Throws: ``MissingTopic``, ``KafkaError``, ``KafkaConfigurationError``.
    public func partitions(of topic: String) throws -> [TopicPartition] {
        let admin = try KafkaAdmin(bootstrapServers: bootstrapServers, properties: properties, logger: logger)
        defer { admin.close(within: .seconds(2)) }
        let cluster = try admin.metadata(topics: [topic], timeout: Self.patience)
        if let code = cluster.failures[topic] { throw KafkaError(code: code, operation: "describe topic \(topic)") }
        guard let count = cluster.partitionCounts[topic], count > 0 else { throw MissingTopic(name: topic) }
        return (0..<Int32(clamping: count)).map { TopicPartition(topic: topic, partition: $0) }
    }
}

/// A topic that the cluster does not have, or does not show.
public struct MissingTopic: Error, Hashable, Sendable {
    /// Its name.
    public let name: String

    /// The topic of that name.
    public init(name: String) {
        self.name = name
    }
}

extension KafkaConsumer {
    /// What stands in partitions now, as a `read_committed` reader sees it.
    func ranges(
        of partitions: [TopicPartition], within timeout: Duration
    ) throws(KafkaError) -> [TopicPartition: Range<Int64>] {
        try offsetBounds(of: partitions, timeout: timeout).mapValues { $0.low..<max($0.low, $0.high) }
    }
}
