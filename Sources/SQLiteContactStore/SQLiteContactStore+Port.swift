public import ContactStore
internal import GRDB
internal import ProtectedIdentity

extension SQLiteContactStore {
    /// Settles what the committed offsets prove to be published, and tells how far the group was applied.
    public func admit(
        _ positions: [PartitionPosition], of group: String
    ) throws(StoreError) -> [PartitionName: Int64] {
        try write { database in
            let slices = SliceRows(database: database, group: group)
            try slices.settle(committed: positions)
            return try slices.progress(of: positions.map(\.partition))
        }
    }

    /// Remembers gaps until they are closed.
    public func note(_ gaps: [PartitionGap]) throws(StoreError) {
        try write { try GapRows(database: $0).note(gaps) }
    }

    /// The gaps that nobody has closed.
    public func gaps() throws(StoreError) -> [PartitionGap] {
        try read { try GapRows(database: $0).all() }
    }

    /// Closes gaps, as far as they lie in some stretches.
    public func close(_ ranges: [PartitionName: Range<Int64>], of group: String) throws(StoreError) {
        try write { try GapRows(database: $0).close(ranges, of: group) }
    }

    /// Decides and saves one batch in one transaction that holds the write lock from its beginning.
    public func apply(_ batch: StoreBatch) throws(StoreError) -> AppliedBatch {
        let (applied, hasCleared) = try write { database in
            let rows = SliceRows(database: database, group: batch.redaction.group)
            try rows.check(batch.slices)
            // First of all: an outcome in a slice that is known to be published must not be published again.
            try rows.settle(batch.settling)
            let snapshot = try BatchReader(database: database).snapshot(for: batch.redaction)
            let decision = batch.redaction.decide(snapshot)
            let slices = try rows.insert(batch.slices)
            try BatchWriter(database: database, now: batch.redaction.decidedAt).save(decision.changes, standing: slices)
            try rows.advance(past: batch.slices)
            try SelectionRows(database: database).save(decision.changes.owed, lease: batch.lease)
            let applied = AppliedBatch(
                verdicts: decision.verdicts, sliceIDs: slices.ids, owed: decision.changes.owed.map(\.message))
            return (
                applied, !decision.changes.deleted.isEmpty || decision.changes.contacts.values.contains(where: \.clears)
            )
        }
        if hasCleared { truncation.request() }
        return applied
    }

    /// Forgets slices that are known to be published.
    public func settle(_ slices: [SettledSlice], of group: String) throws(StoreError) {
        try write { database in
            try SliceRows(database: database, group: group).settle(slices)
        }
        truncation.runIfDue()
    }

    /// The slices that stand as unpublished, oldest first.
    public func unpublishedSlices() throws(StoreError) -> [UnpublishedSlice] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, group_id, topic, partition, first_offset, last_offset FROM unpublished_slices ORDER BY id
                    """)
            var slices: [UnpublishedSlice] = []
            while let row = try rows.next() {
                let partition = PartitionName(topic: row[2], partition: row[3])
                let slice = BatchSlice(partition: partition, first: row[4], last: row[5])
                slices.append(UnpublishedSlice(id: row[0], group: row[1], slice: slice))
            }
            return slices
        }
    }

    /// How many rows still bear the id of each digest key: persons' aliases, and events in the journal.
    public func digestKeyUse() throws(StoreError) -> [String: Int] {
        try read { try SQLiteContactInspection.digestKeyUse($0) }
    }
}
