internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

extension BatchWriter {
    /// Writes the journal's rows. One writer at a time cannot meet a row that its snapshot did not show; if one does, the
    /// lock was circumvented, and the batch has to begin again.
    func saveJournal(_ journal: [Changes.Journal], in slices: StandingSlices) throws {
        var new = PackedRows()
        var replacing = PackedRows()
        for entry in journal {
            let row = try packed(entry, in: slices)
            if entry.replaces { replacing.append(row) } else { new.append(row) }
        }
        guard try run(Self.insert + " ON CONFLICT (key) DO NOTHING", new) == new.count,
            try run(Self.insert + Self.onConflictReplace, replacing) == replacing.count
        else { throw StoreError.transient("another writer has decided an event of this batch; beginning again") }
    }

    /// Gives rows whose outcome is published again to this batch's slices.
    func move(_ moved: [(key: EventKey, coordinates: RecordCoordinates)], to slices: StandingSlices) throws {
        var rows = PackedRows()
        for (key, coordinates) in moved { rows.append([.blob(key.bytes), .integer(try slices.id(of: coordinates))]) }
        try run(
            """
            UPDATE journal SET slice = \(PackedRows.integer(1)) FROM \(PackedRows.source)
            WHERE journal.key = \(PackedRows.blob(0))
            """, rows)
    }

    private func packed(_ entry: Changes.Journal, in slices: StandingSlices) throws -> [PackedRows.Value] {
        let row = entry.row
        let home = row.home.coordinates
        return [
            .blob(entry.key.bytes), .blob(row.content.bytes), .blob(row.outcome.encoded()), .text(row.home.group),
            .text(home.topic), .integer(Int64(home.partition)), .integer(home.offset),
            .integer(try slices.id(of: home)), .integer(Int64(row.redrives)),
            .integer(row.outcome.decidedAt.microseconds),
        ]
    }

    private static let insert = """
        INSERT INTO journal (key, content, outcome, home_group, home_topic, home_partition, home_offset, slice, redrives,
            decided_at)
        SELECT \(PackedRows.blob(0)), \(PackedRows.blob(1)), \(PackedRows.blob(2)), \(PackedRows.text(3)),
            \(PackedRows.text(4)), \(PackedRows.integer(5)), \(PackedRows.integer(6)), \(PackedRows.integer(7)),
            \(PackedRows.integer(8)), \(PackedRows.integer(9))
        FROM \(PackedRows.source) WHERE true
        """
    private static let onConflictReplace = """
         ON CONFLICT (key) DO UPDATE SET content = excluded.content, outcome = excluded.outcome,
            home_group = excluded.home_group, home_topic = excluded.home_topic,
            home_partition = excluded.home_partition, home_offset = excluded.home_offset, slice = excluded.slice,
            redrives = excluded.redrives, decided_at = excluded.decided_at
        """
}
