internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// The replays that have not come to their end, and what is owed to groups.
struct ReplayRows {
    let database: Database

    func outcomes(in slices: [Int64]) throws -> [OwedOutcome] {
        let journal = JournalRows(database: database)
        var outcomes: [OwedOutcome] = []
        let ids = "[\(slices.map(String.init).joined(separator: ","))]"
        let rows = try Row.fetchCursor(database, sql: Self.standing, arguments: [ids])
        while let row = try rows.next() {
            let coordinates = RecordCoordinates(topic: row[2], partition: row[3], offset: row[4])
            outcomes.append(
                OwedOutcome(
                    outcome: try journal.outcome(row.bytes(0)), home: Home(group: row[1], coordinates: coordinates),
                    slice: row[5]))
        }
        return outcomes
    }

    func unfinished() throws -> [UnfinishedReplay] {
        var found: [String: UnfinishedReplay] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT id, group_id, request, begun_at, topic, partition, first_offset, end_offset FROM replays")
        while let row = try rows.next() {
            let (first, end): (Int64, Int64) = (row[6], row[7])
            var ranges = found[row[0]]?.ranges ?? [:]
            ranges[PartitionName(topic: row[4], partition: row[5])] = first..<max(first, end)
            found[row[0]] = UnfinishedReplay(
                id: row[0], group: row[1], request: row.bytes(2), ranges: ranges,
                begunAt: Timestamp(microseconds: row[3]))
        }
        return found.values.sorted { ($0.begunAt, $0.id) < ($1.begunAt, $1.id) }
    }

    func remember(_ replay: UnfinishedReplay) throws {
        var rows = PackedRows()
        for (partition, range) in replay.ranges {
            rows.append([
                .text(replay.id), .text(replay.group), .blob(replay.request),
                .integer(replay.begunAt.microseconds), .text(partition.topic), .integer(Int64(partition.partition)),
                .integer(range.lowerBound), .integer(range.upperBound),
            ])
        }
        guard !rows.isEmpty else { return }
        try database.execute(sql: Self.insert, arguments: rows.arguments())
    }

    func forget(_ id: String) throws {
        try database.execute(
            sql: "DELETE FROM progress WHERE group_id IN (SELECT group_id FROM replays WHERE id = ?)", arguments: [id])
        try database.execute(
            sql: "DELETE FROM gaps WHERE group_id IN (SELECT group_id FROM replays WHERE id = ?)", arguments: [id])
        try database.execute(sql: "DELETE FROM replays WHERE id = ?", arguments: [id])
    }

    private static let standing = """
        SELECT outcome, home_group, home_topic, home_partition, home_offset, slice FROM journal
        WHERE slice IN (SELECT value FROM json_each(?)) ORDER BY home_topic, home_partition, home_offset
        """
    private static let insert = """
        INSERT INTO replays (id, group_id, request, begun_at, topic, partition, first_offset, end_offset)
        SELECT \(PackedRows.text(0)), \(PackedRows.text(1)), \(PackedRows.blob(2)), \(PackedRows.integer(3)),
            \(PackedRows.text(4)), \(PackedRows.integer(5)), \(PackedRows.integer(6)), \(PackedRows.integer(7))
        FROM \(PackedRows.source) WHERE NOT EXISTS (SELECT 1 FROM replays WHERE replays.id = \(PackedRows.text(0)))
        """
}
