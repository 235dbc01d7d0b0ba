internal import ContactStore
internal import GRDB

/// The slices that are not known to be in Kafka, and how far groups have got.
struct SliceRows {
    let database: Database
    let group: String

    /// Writes new slices and returns them with their ids.
    func insert(_ slices: [BatchSlice]) throws -> StandingSlices {
        var rows = PackedRows()
        for (index, slice) in slices.enumerated() {
            rows.append([
                .integer(Int64(index)), .text(group), .text(slice.partition.topic),
                .integer(Int64(slice.partition.partition)), .integer(slice.first), .integer(slice.last),
            ])
        }
        guard !rows.isEmpty else { return StandingSlices([], ids: []) }
        try database.cachedStatement(sql: Self.insert).execute(arguments: rows.arguments())
        // One writer, and rows inserted in the order of the batch: the ids are the last ones, without a gap.
        let last = database.lastInsertedRowID
        let ids = (0..<Int64(slices.count)).map { last - Int64(slices.count) + 1 + $0 }
        return StandingSlices(slices, ids: ids)
    }

    /// Throws where less of a partition is applied than a slice follows.
    func check(_ slices: [BatchSlice]) throws {
        let progress = try progress(of: slices.filter { $0.follows != nil }.map(\.partition))
        for slice in slices {
            let applied = progress[slice.partition] ?? 0
            guard let expected = slice.follows, applied < expected else { continue }
            throw StoreError.setBack(slice.partition, applied: applied, expected: expected)
        }
    }

    /// Remembers that everything up to the ends of `slices` is applied; never less than was known.
    func advance(past slices: [BatchSlice]) throws {
        var rows = PackedRows()
        for slice in slices {
            rows.append([
                .text(group), .text(slice.partition.topic), .integer(Int64(slice.partition.partition)),
                .integer(slice.last + 1),
            ])
        }
        guard !rows.isEmpty else { return }
        try database.cachedStatement(sql: Self.advance).execute(arguments: rows.arguments())
    }

    /// Forgets published slices, and with each those that its partition had before it: one whose reply was lost is
    /// published by the slice that came after.
    func settle(_ slices: [SettledSlice]) throws {
        var rows = PackedRows()
        for slice in slices {
            rows.append([
                .integer(slice.id), .text(group), .text(slice.partition.topic),
                .integer(Int64(slice.partition.partition)), .integer(slice.last),
            ])
        }
        guard !rows.isEmpty else { return }
        try database.cachedStatement(sql: Self.settle).execute(arguments: rows.arguments())
    }

    /// Forgets slices that end below a committed offset.
    func settle(committed positions: [PartitionPosition]) throws {
        var rows = PackedRows()
        for position in positions {
            guard let committed = position.committed else { continue }
            rows.append([
                .integer(.max), .text(group), .text(position.partition.topic),
                .integer(Int64(position.partition.partition)), .integer(committed - 1),
            ])
        }
        guard !rows.isEmpty else { return }
        try database.cachedStatement(sql: Self.settle).execute(arguments: rows.arguments())
    }

    /// The offset up to which each of the partitions was applied.
    func progress(of partitions: [PartitionName]) throws -> [PartitionName: Int64] {
        var rows = PackedRows()
        for partition in partitions {
            rows.append([.text(group), .text(partition.topic), .integer(Int64(partition.partition))])
        }
        guard !rows.isEmpty else { return [:] }
        var progress: [PartitionName: Int64] = [:]
        try BatchReader.forEach(Self.progress, rows, in: database) { row in
            progress[PartitionName(topic: row[0], partition: row[1])] = row[2]
        }
        return progress
    }

    private static let insert = """
        INSERT INTO unpublished_slices (group_id, topic, partition, first_offset, last_offset)
        SELECT \(PackedRows.text(1)), \(PackedRows.text(2)), \(PackedRows.integer(3)), \(PackedRows.integer(4)),
            \(PackedRows.integer(5))
        FROM \(PackedRows.source) ORDER BY \(PackedRows.integer(0))
        """
    private static let advance = """
        INSERT INTO progress (group_id, topic, partition, applied_to)
        SELECT \(PackedRows.text(0)), \(PackedRows.text(1)), \(PackedRows.integer(2)), \(PackedRows.integer(3))
        FROM \(PackedRows.source)
        WHERE true ON CONFLICT (group_id, topic, partition) DO UPDATE
        SET applied_to = max(applied_to, excluded.applied_to)
        """
    private static let settle = """
        DELETE FROM unpublished_slices WHERE id IN (
            SELECT standing.id FROM \(PackedRows.source) CROSS JOIN unpublished_slices AS standing
            ON standing.id <= \(PackedRows.integer(0)) AND standing.group_id = \(PackedRows.text(1))
            AND standing.topic = \(PackedRows.text(2)) AND standing.partition = \(PackedRows.integer(3))
            AND standing.last_offset <= \(PackedRows.integer(4))
        )
        """
    private static let progress = """
        SELECT progress.topic, progress.partition, progress.applied_to FROM \(PackedRows.source) CROSS JOIN progress
        ON progress.group_id = \(PackedRows.text(0)) AND progress.topic = \(PackedRows.text(1))
        AND progress.partition = \(PackedRows.integer(2))
        """
}
