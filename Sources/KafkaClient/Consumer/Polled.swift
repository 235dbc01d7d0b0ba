/// What one poll brought.
public enum Polled: Sendable {
    /// Records, never of both sides of a rebalance.
    case records(RecordBatch)
    /// The group moves partitions: nothing is given or taken before ``KafkaConsumer/answer(_:)``.
    case rebalance(Rebalance)
    /// Something is wrong; librdkafka goes on trying by itself.
    case failure(KafkaError)
    /// The consumer can go on no longer: leave, and make another one.
    case unusable(KafkaError)
    /// Nothing within the time.
    case nothing
}

/// Partitions that the group gives to this member, or takes from it.
public struct Rebalance: Hashable, Sendable {
    /// Which way the partitions go.
    public enum Kind: Hashable, Sendable {
        /// They become this member's when it answers.
        case assigned
        /// They stay this member's until it answers: what is in flight can still be finished and committed.
        case revoked
        /// They are another's already (session timeout, fenced, too late to poll): nothing may be committed any more.
        case lost
    }

    /// Which way the partitions go.
    public var kind: Kind
    /// The partitions concerned, sorted; in a cooperative group the difference, else all. They may be none, and the
    /// rebalance wants its answer all the same.
    public var partitions: [TopicPartition]

    /// A rebalance; made by hand only for stand-ins of this client in tests.
    public init(kind: Kind, partitions: [TopicPartition]) {
        self.kind = kind
        self.partitions = partitions
    }
}

/// Where a partition's log begins and ends for this consumer.
public struct OffsetBounds: Hashable, Sendable {
    /// The offset of the first record still there.
    public var low: Int64
    /// The offset behind the last record that a `read_committed` consumer may read (the last stable offset).
    public var high: Int64

    /// Bounds of a log.
    public init(low: Int64, high: Int64) {
        self.low = low
        self.high = high
    }
}
