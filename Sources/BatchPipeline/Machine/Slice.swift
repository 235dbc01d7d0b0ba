public import KafkaClient

/// One partition's share of one batch, in offset order.
///
/// Everything the pipeline strikes, commits and recovers is a whole slice, so a batch is an array of these and never a
/// flat list of records.
public struct Slice<Item: Sendable>: Sendable {
    /// Where the items were read.
    public let partition: TopicPartition
    /// The offset of the first record in the slice.
    public let first: Int64
    /// The offset of the last record in the slice; the group goes on at the one behind it.
    public private(set) var last: Int64
    /// What the records decoded to, in offset order.
    public private(set) var items: [Item]
    /// The offset up to which this session knows the partition to be applied: a store that knows of less was set back.
    public internal(set) var follows: Int64?

    /// A slice of items read from `partition` between `first` and `last`, both included.
    public init(partition: TopicPartition, first: Int64, last: Int64, items: [Item], follows: Int64? = nil) {
        self.partition = partition
        self.first = first
        self.last = last
        self.items = items
        self.follows = follows
    }

    /// The slice without the items that are not wanted. It reaches as far: what was left out is done with.
    public func filtered(_ isWanted: (Item) -> Bool) -> Slice {
        var slice = self
        slice.items.removeAll { !isWanted($0) }
        return slice
    }

    /// Adds what was read from the same partition right behind this slice.
    mutating func append(_ next: Slice) {
        last = next.last
        items.append(contentsOf: next.items)
    }
}

/// What the store made of one slice: the messages that its Kafka transaction has to carry.
public struct AppliedSlice<Message: Sendable>: Sendable {
    /// The store's own name of the slice; it stands in the store as unpublished until it is settled.
    public let id: Int64
    /// Where the records were read.
    public let partition: TopicPartition
    /// The offset of the last record in the slice.
    public let last: Int64
    /// What is to be published for the slice, in order. Often fewer than there were records: duplicates publish nothing.
    public private(set) var messages: [Message]

    /// The result of applying a slice that ends at `last`.
    public init(id: Int64, partition: TopicPartition, last: Int64, messages: [Message]) {
        self.id = id
        self.partition = partition
        self.last = last
        self.messages = messages
    }
}

extension AppliedSlice {
    /// The slice with more to be published, behind what it has.
    public func appending(_ further: [Message]) -> AppliedSlice {
        var slice = self
        slice.messages += further
        return slice
    }
}

/// A slice that a committed Kafka transaction is known to hold, and that the store may forget.
public struct PublishedSlice: Hashable, Sendable {
    /// The store's own name of the slice.
    public let id: Int64
    /// Where its records were read.
    public let partition: TopicPartition
    /// The offset of its last record.
    public let last: Int64

    /// The slice `id`, which ends at `last`.
    public init(id: Int64, partition: TopicPartition, last: Int64) {
        self.id = id
        self.partition = partition
        self.last = last
    }
}

/// Where a group and the log stand in a partition at the moment of its assignment.
public struct PartitionStanding: Hashable, Sendable {
    /// The partition.
    public let partition: TopicPartition
    /// The offset that the group has committed, where it has.
    public let committed: Int64?
    /// The oldest offset that the log retains.
    public let low: Int64
    /// The offset behind the last record that a `read_committed` reader sees.
    public let end: Int64

    /// The standing of one partition.
    public init(partition: TopicPartition, committed: Int64?, low: Int64, end: Int64) {
        self.partition = partition
        self.committed = committed
        self.low = low
        self.end = end
    }
}

/// Why a partition's standing cannot be right: somebody has to look, although the worker goes on.
public enum StandingAlarm: Hashable, Sendable {
    /// The group is ahead of the store: the store was restored from an older copy, or somebody moved the offsets forward. What
    /// is missing stays so until somebody reads it.
    case storeBehindGroup(PartitionStanding, missing: Range<Int64>)
    /// The log ends before what was applied: another topic stands under the same name.
    case logBehindStore(PartitionStanding, applied: Int64)
    /// Records expired before they were read.
    case expiredUnread(PartitionStanding, next: Int64)

    /// Where Kafka stands.
    public var standing: PartitionStanding {
        switch self {
        case .storeBehindGroup(let standing, _), .logBehindStore(let standing, _), .expiredUnread(let standing, _):
            standing
        }
    }
}
