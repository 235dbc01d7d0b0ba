public import ProtectedIdentity

/// What a registry must be able to do for replays: tell what the journal has of many events, decide without doing, tell what is
/// owed to a group that nobody runs any more, and remember the replays that are not at their end.
public protocol ReplayStore: ContactStore {
    /// What the journal has of events.
    func journalRows(_ keys: Set<EventKey>) throws(StoreError) -> [EventKey: JournalRow]

    /// Decides a batch on what the registry holds now, and changes nothing.
    ///
    /// - Returns: what ``ContactStore/apply(_:)`` would have said of each record.
    func rehearse(_ batch: RedactionBatch) throws(StoreError) -> [Verdict]

    /// The outcomes that stand in some slices, in the order of their homes.
    ///
    /// - Parameter slices: the ids of unpublished slices.
    func outcomes(in slices: [Int64]) throws(StoreError) -> [OwedOutcome]

    /// The replays that have begun and not come to their end, oldest first.
    func unfinishedReplays() throws(StoreError) -> [UnfinishedReplay]

    /// Remembers a replay until it is forgotten. One that is known under this id stays as it is.
    func remember(_ replay: UnfinishedReplay) throws(StoreError)

    /// Forgets a replay, and how far its group was applied. Its slices stay, where some are not settled.
    func forgetReplay(_ id: String) throws(StoreError)

    /// Notes that stretches were read from end to end, by whomever: gaps are closed as far as they lie in them, and a partition
    /// that was applied up to somewhere within counts as applied up to the end. Progress never goes back.
    ///
    /// - Parameter group: the group whose gaps and progress it is, and that need not be told again that it is ahead.
    func noteRead(_ ranges: [PartitionName: Range<Int64>], of group: String) throws(StoreError)
}

/// An outcome that is not known to be in Kafka, with the record that would have published it.
public struct OwedOutcome: Hashable, Sendable {
    /// What became of the event.
    public let outcome: StoredOutcome
    /// The record, and the group that read it.
    public let home: Home
    /// The slice that it stands in.
    public let slice: Int64

    /// An outcome that stands in a slice.
    public init(outcome: StoredOutcome, home: Home, slice: Int64) {
        self.outcome = outcome
        self.home = home
        self.slice = slice
    }
}

/// A replay that has begun: what it reads, and under which name. Whoever asks for the same again goes on with it.
public struct UnfinishedReplay: Hashable, Sendable {
    /// Its name.
    public let id: String
    /// The group that keeps its offsets.
    public let group: String
    /// A keyed digest of what was asked for, to know it again.
    public let request: [UInt8]
    /// What it reads: for each partition the first offset, and the one behind the last.
    public let ranges: [PartitionName: Range<Int64>]
    /// When it began.
    public let begunAt: Timestamp

    /// A replay that has begun.
    public init(
        id: String, group: String, request: [UInt8], ranges: [PartitionName: Range<Int64>], begunAt: Timestamp
    ) {
        self.id = id
        self.group = group
        self.request = request
        self.ranges = ranges
        self.begunAt = begunAt
    }
}
