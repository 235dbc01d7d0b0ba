internal import ContactStore
internal import GRDB

/// What groups are beyond, and nothing is known of: few rows, and mostly none.
struct GapRows {
    let database: Database

    func note(_ gaps: [PartitionGap]) throws {
        for gap in gaps {
            try database.execute(
                sql: """
                    INSERT INTO gaps (group_id, topic, partition, first_offset, end_offset) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET end_offset = max(end_offset, excluded.end_offset)
                    """,
                arguments: [
                    gap.group, gap.partition.topic, gap.partition.partition, gap.offsets.lowerBound,
                    gap.offsets.upperBound,
                ])
        }
    }

    func all() throws -> [PartitionGap] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT group_id, topic, partition, first_offset, end_offset FROM gaps
                ORDER BY group_id, topic, partition, first_offset
                """)
        return rows.map { row in
            PartitionGap(
                group: row[0], partition: PartitionName(topic: row[1], partition: row[2]),
                offsets: row[3]..<max(row[3], row[4]))
        }
    }

    func close(_ ranges: [PartitionName: Range<Int64>], of group: String) throws {
        for gap in try all() where gap.group == group {
            guard let read = ranges[gap.partition], read.overlaps(gap.offsets) else { continue }
            try database.execute(
                sql: "DELETE FROM gaps WHERE group_id = ? AND topic = ? AND partition = ? AND first_offset = ?",
                arguments: [group, gap.partition.topic, gap.partition.partition, gap.offsets.lowerBound])
            try note(gap.without(read))
        }
    }
}
