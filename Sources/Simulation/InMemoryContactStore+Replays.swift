public import ContactStore
public import ProtectedIdentity
import Synchronization

extension InMemoryContactStore {
    /// What the journal has of events.
    public func journalRows(_ keys: Set<EventKey>) throws(StoreError) -> [EventKey: JournalRow] {
        state.withLock { state in
            var rows: [EventKey: JournalRow] = [:]
            for key in keys { rows[key] = state.row(key) }
            return rows
        }
    }

    /// Decides a batch, and changes nothing.
    public func rehearse(_ batch: RedactionBatch) throws(StoreError) -> [Verdict] {
        state.withLock { batch.decide(Self.snapshot(for: batch, of: $0)).verdicts }
    }

    /// The outcomes that stand in some slices.
    public func outcomes(in slices: [Int64]) throws(StoreError) -> [OwedOutcome] {
        state.withLock { state in
            state.journal.values.filter { slices.contains($0.slice) }.map {
                OwedOutcome(outcome: $0.row.outcome, home: $0.row.home, slice: $0.slice)
            }.sorted { left, right in
                let (left, right) = (left.home.coordinates, right.home.coordinates)
                return (left.topic, left.partition, left.offset) < (right.topic, right.partition, right.offset)
            }
        }
    }

    /// The replays that have not come to their end.
    public func unfinishedReplays() throws(StoreError) -> [UnfinishedReplay] {
        state.withLock { $0.operations.replays.values.sorted { ($0.begunAt, $0.id) < ($1.begunAt, $1.id) } }
    }

    /// Remembers a replay until it is forgotten.
    public func remember(_ replay: UnfinishedReplay) throws(StoreError) {
        guard !replay.ranges.isEmpty else { return }
        try transaction { state throws(StoreError) in
            if state.operations.replays[replay.id] == nil { state.operations.replays[replay.id] = replay }
        }
    }

    /// Forgets a replay, and how far its group was applied.
    public func forgetReplay(_ id: String) throws(StoreError) {
        try transaction { state throws(StoreError) in
            guard let replay = state.operations.replays.removeValue(forKey: id) else { return }
            state.progress = state.progress.filter { $0.key.group != replay.group }
            state.operations.gaps.removeAll { $0.group == replay.group }
        }
    }

    /// Notes that stretches were read from end to end.
    public func noteRead(_ ranges: [PartitionName: Range<Int64>], of group: String) throws(StoreError) {
        try transaction { state throws(StoreError) in
            for (partition, range) in ranges {
                let place = Place(group: group, partition: partition)
                let applied = state.progress[place] ?? 0
                guard (range.lowerBound...range.upperBound).contains(applied) else { continue }
                state.progress[place] = range.upperBound
            }
        }
        try close(ranges, of: group)
    }
}

extension InMemoryContactStore.State {
    /// A row of the journal, as it stands now.
    func row(_ key: EventKey) -> JournalRow? {
        journal[key].map { stored in
            let row = stored.row
            return JournalRow(
                content: row.content, outcome: row.outcome, home: row.home,
                isUnpublished: unpublished[stored.slice] != nil, redrives: row.redrives)
        }
    }
}
