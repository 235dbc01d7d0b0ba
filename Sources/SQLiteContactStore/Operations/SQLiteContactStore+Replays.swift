public import ContactStore
internal import GRDB
public import ProtectedIdentity

extension SQLiteContactStore {
    /// What the journal has of events.
    public func journalRows(_ keys: Set<EventKey>) throws(StoreError) -> [EventKey: JournalRow] {
        try read { try JournalRows(database: $0).load(keys) }
    }

    /// Decides a batch on what stands here now, and changes nothing.
    public func rehearse(_ batch: RedactionBatch) throws(StoreError) -> [Verdict] {
        try read { batch.decide(try BatchReader(database: $0).snapshot(for: batch)).verdicts }
    }

    /// The outcomes that stand in some slices.
    public func outcomes(in slices: [Int64]) throws(StoreError) -> [OwedOutcome] {
        try read { try ReplayRows(database: $0).outcomes(in: slices) }
    }

    /// The replays that have not come to their end.
    public func unfinishedReplays() throws(StoreError) -> [UnfinishedReplay] {
        try read { try ReplayRows(database: $0).unfinished() }
    }

    /// Remembers a replay until it is forgotten.
    public func remember(_ replay: UnfinishedReplay) throws(StoreError) {
        try write { try ReplayRows(database: $0).remember(replay) }
    }

    /// Forgets a replay, and how far its group was applied.
    public func forgetReplay(_ id: String) throws(StoreError) {
        try write { try ReplayRows(database: $0).forget(id) }
    }

    /// Notes that stretches were read from end to end.
    public func noteRead(_ ranges: [PartitionName: Range<Int64>], of group: String) throws(StoreError) {
        try write { database in
            let slices = SliceRows(database: database, group: group)
            let progress = try slices.progress(of: Array(ranges.keys))
            let reached = ranges.filter { partition, range in
                (range.lowerBound...range.upperBound).contains(progress[partition] ?? 0)
            }
            try slices.advance(
                past: reached.map { BatchSlice(partition: $0.key, first: 0, last: $0.value.upperBound - 1) })
            try GapRows(database: database).close(ranges, of: group)
        }
    }
}
