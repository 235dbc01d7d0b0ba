/// What a cluster consists of, as far as the client may see it.
public struct ClusterMetadata: Hashable, Sendable {
    /// A broker.
    public struct Broker: Hashable, Sendable {
        /// Its id.
        public var id: Int32
        /// Where it listens: `host:port`.
        public var address: String
    }

    /// The brokers.
    public var brokers: [Broker]
    /// How many partitions each topic has.
    public var partitionCounts: [String: Int]
    /// Of the topics asked for, those that do not exist or may not be seen.
    public var missingTopics: [String]
    /// Of the topics asked for, those that exist but cannot be described, and why.
    public var failures: [String: KafkaErrorCode]
}

/// A topic to be created.
public struct NewTopic: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// How many partitions; `nil`: the cluster's default.
    public var partitions: Int32?
    /// How many replicas of each; `nil`: the cluster's default.
    public var replicationFactor: Int32?
    /// Its configuration, such as `retention.ms`.
    public var configuration: [String: String]

    /// A topic to be created.
    public init(
        _ name: String, partitions: Int32? = nil, replicationFactor: Int32? = nil, configuration: [String: String] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.configuration = configuration
    }
}

/// A consumer group as its coordinator knows it.
public struct GroupDescription: Hashable, Sendable {
    /// A member of the group.
    public struct Member: Hashable, Sendable {
        /// The id that the coordinator gave it; a static member's (KIP-345) begins with its own.
        public var id: String
        /// What the client calls itself.
        public var clientID: String
        /// Where it connects from.
        public var host: String
        /// Its partitions, sorted.
        public var partitions: [TopicPartition]
    }

    /// The coordinator's word: `Stable`, `Empty`, `PreparingRebalance`, …
    public var state: String
    /// Its members; none where nobody has joined.
    public var members: [Member]
}
