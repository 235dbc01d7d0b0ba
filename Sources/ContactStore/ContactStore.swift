public import ProtectedIdentity

/// What any contact registry must be able to do for the workers.
///
/// Every call blocks until it is durable or has failed; callers give a store a thread of its own and make one call at a
/// time. A store loads and saves. What follows from what it has loaded, the domain decides.
public protocol ContactStore: Sendable {
    /// Holds freshly assigned partitions against the progress of their group, settles the slices that the committed
    /// offsets prove to be published, and returns the offset up to which each partition was applied, where one was.
    func admit(_ positions: [PartitionPosition], of group: String) throws(StoreError) -> [PartitionName: Int64]

    /// Decides and saves one batch in one durable transaction: changes to contacts and persons, journal rows, the slices
    /// as unpublished, the group's progress, and the deletion of slices that are known to be published.
    ///
    /// - Throws: ``StoreError/setBack(_:applied:expected:)`` where the group's progress is less than a slice follows.
    func apply(_ batch: StoreBatch) throws(StoreError) -> AppliedBatch

    /// Forgets slices that are known to be published, and those that the same partition had before them.
    func settle(_ slices: [SettledSlice], of group: String) throws(StoreError)

    /// The slices that stand as unpublished, oldest first.
    func unpublishedSlices() throws(StoreError) -> [UnpublishedSlice]

    /// Remembers gaps until they are closed, whatever is applied behind them. One that begins where a known one does is the same.
    func note(_ gaps: [PartitionGap]) throws(StoreError)

    /// The gaps that nobody has closed, of all groups.
    func gaps() throws(StoreError) -> [PartitionGap]

    /// Closes a group's gaps, as far as they lie in some stretches: they were read, or will be, or are gone for good.
    func close(_ ranges: [PartitionName: Range<Int64>], of group: String) throws(StoreError)

    /// The ids of the digest keys that persons and events are still remembered under, each with its number of rows
    /// (aliases and journal rows). A key may go when no row bears its id: without it nobody could be recognised.
    func digestKeyUse() throws(StoreError) -> [String: Int]
}

/// Records that a group is beyond, and that the registry knows nothing of: it was set back to an older copy, or offsets were
/// moved forward. Until somebody reads them, whoever they are about may be exposed.
public struct PartitionGap: Hashable, Sendable {
    /// The group.
    public let group: String
    /// The partition.
    public let partition: PartitionName
    /// The offsets that are missing.
    public let offsets: Range<Int64>

    /// A gap of a group.
    public init(group: String, partition: PartitionName, offsets: Range<Int64>) {
        self.group = group
        self.partition = partition
        self.offsets = offsets
    }

    /// What is left of it once a stretch was read.
    public func without(_ read: Range<Int64>) -> [PartitionGap] {
        let parts = [
            offsets.lowerBound..<max(offsets.lowerBound, min(offsets.upperBound, read.lowerBound)),
            min(offsets.upperBound, max(offsets.lowerBound, read.upperBound))..<offsets.upperBound,
        ]
        return parts.filter { !$0.isEmpty }.map { PartitionGap(group: group, partition: partition, offsets: $0) }
    }
}

/// A batch on its way into the store.
public struct StoreBatch: Sendable {
    /// What is to be decided.
    public let redaction: RedactionBatch
    /// The batch's share of each partition.
    public let slices: [BatchSlice]
    /// Slices to be forgotten with it.
    public let settling: [SettledSlice]
    /// Until when what reconciled contacts owe is the sender's to publish.
    public let lease: Timestamp

    /// A batch, and the slices that a transaction since has published.
    public init(
        redaction: RedactionBatch, slices: [BatchSlice], settling: [SettledSlice] = [], lease: Timestamp? = nil
    ) {
        self.lease = lease ?? redaction.decidedAt
        self.redaction = redaction
        self.slices = slices
        self.settling = settling
    }
}

/// What became of a batch.
public struct AppliedBatch: Sendable {
    /// What to publish for each record, in the batch's order.
    public let verdicts: [Verdict]
    /// The ids that the slices got, in their order.
    public let sliceIDs: [Int64]
    /// What stands as owed for contacts that were reconciled.
    public let owed: [OwedMessage]

    /// The result of an applied batch.
    public init(verdicts: [Verdict], sliceIDs: [Int64], owed: [OwedMessage] = []) {
        self.owed = owed
        self.verdicts = verdicts
        self.sliceIDs = sliceIDs
    }
}
