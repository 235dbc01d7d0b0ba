/// A partition of a topic.
public struct PartitionName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The topic's name.
    public let topic: String
    /// The partition, from 0.
    public let partition: Int32

    /// A topic's partition.
    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// `topic-partition`.
    public var description: String {
        "\(topic)-\(partition)"
    }

    /// By topic, then by number.
    public static func < (left: PartitionName, right: PartitionName) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}

/// Where a group stands in a partition that a worker was just given.
public struct PartitionPosition: Hashable, Sendable {
    /// The partition.
    public let partition: PartitionName
    /// The offset that the group has committed, where it has one: the proof that everything below is published.
    public let committed: Int64?

    /// The position of a group in `partition`.
    public init(partition: PartitionName, committed: Int64?) {
        self.partition = partition
        self.committed = committed
    }
}

/// One partition's share of a batch.
public struct BatchSlice: Hashable, Sendable {
    /// The partition.
    public let partition: PartitionName
    /// The offset of its first record.
    public let first: Int64
    /// The offset of its last record.
    public let last: Int64
    /// The offset up to which the sender knows the partition to be applied, where it knows. The group's progress in the
    /// store must not be less. Not stored.
    public let follows: Int64?

    /// The records of `partition` from `first` to `last`, both included.
    public init(partition: PartitionName, first: Int64, last: Int64, follows: Int64? = nil) {
        self.partition = partition
        self.first = first
        self.last = last
        self.follows = follows
    }
}

/// A slice that a committed Kafka transaction holds.
public struct SettledSlice: Hashable, Sendable {
    /// The id that the store gave it.
    public let id: Int64
    /// Its partition.
    public let partition: PartitionName
    /// The offset of its last record.
    public let last: Int64

    /// The published slice `id`.
    public init(id: Int64, partition: PartitionName, last: Int64) {
        self.id = id
        self.partition = partition
        self.last = last
    }
}

/// A slice whose outcomes are not known to be in Kafka.
public struct UnpublishedSlice: Hashable, Sendable {
    /// The id that the store gave it.
    public let id: Int64
    /// The group that read it.
    public let group: String
    /// Its place and extent.
    public let slice: BatchSlice

    /// A standing slice.
    public init(id: Int64, group: String, slice: BatchSlice) {
        self.id = id
        self.group = group
        self.slice = slice
    }
}
