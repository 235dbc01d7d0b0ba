public import ContactStore
internal import ProtectedIdentity

// What groups are beyond, and nothing is known of: few rows, and mostly none.
extension PostgresContactStore {
    /// Remembers gaps until they are closed.
    public func note(_ gaps: [PartitionGap]) throws(StoreError) {
        let statement = noting(gaps)
        try transaction { connection throws(PostgresError) in
            _ = try connection.run([Self.begin, statement, Statement("COMMIT")], deadline: Self.deadline)
        }
    }

    /// The gaps that nobody has closed.
    public func gaps() throws(StoreError) -> [PartitionGap] {
        let statement = Statement(operations.allGaps)
        return try transaction { connection throws(PostgresError) in
            PartitionGap.all(try connection.run([statement], deadline: Self.deadline)[0])
        }
    }

    /// Closes gaps, as far as they lie in some stretches.
    public func close(_ ranges: [PartitionName: Range<Int64>], of group: String) throws(StoreError) {
        let closing = try closing(ranges, of: group)
        let statements = [Self.begin] + closing + [Statement("COMMIT")]
        try transaction { connection throws(PostgresError) in
            _ = try connection.run(statements, deadline: Self.deadline)
        }
    }

    /// Notes that stretches were read from end to end.
    public func noteRead(_ ranges: [PartitionName: Range<Int64>], of group: String) throws(StoreError) {
        let read = SliceColumns(
            ranges.sorted { $0.key < $1.key }.map {
                BatchSlice(partition: $0.key, first: $0.value.lowerBound, last: $0.value.upperBound - 1)
            })
        let advance = Statement(
            operations.advanceProgressWithin, [.text(group), read.topics, read.partitions, read.firsts, read.behind])
        let closing = try closing(ranges, of: group)
        let statements = [Self.begin, advance] + closing + [Statement("COMMIT")]
        try transaction { connection throws(PostgresError) in
            _ = try connection.run(statements, deadline: Self.deadline)
        }
    }

    private func closing(
        _ ranges: [PartitionName: Range<Int64>], of group: String
    ) throws(StoreError) -> [Statement] {
        let closing = try gaps().filter { gap in
            gap.group == group && ranges[gap.partition]?.overlaps(gap.offsets) == true
        }
        guard !closing.isEmpty else { return [] }
        let closed = SliceColumns(
            closing.map { BatchSlice(partition: $0.partition, first: $0.offsets.lowerBound, last: 0) })
        let left = closing.flatMap { gap in ranges[gap.partition].map { gap.without($0) } ?? [gap] }
        return [
            Statement(operations.dropGaps, [.text(group), closed.topics, closed.partitions, closed.firsts]),
            noting(left),
        ]
    }

    private func noting(_ gaps: [PartitionGap]) -> Statement {
        var groups = ArrayParameter(.text)
        for gap in gaps { groups.append(gap.group) }
        let columns = SliceColumns(
            gaps.map {
                BatchSlice(partition: $0.partition, first: $0.offsets.lowerBound, last: $0.offsets.upperBound - 1)
            })
        return Statement(
            operations.noteGaps,
            [groups.parameter, columns.topics, columns.partitions, columns.firsts, columns.behind])
    }
}

extension PartitionGap {
    static func all(_ result: PostgresResult) -> [PartitionGap] {
        result.rows.map { row in
            let first = result.integer(row, 3)
            return PartitionGap(
                group: result.text(row, 0) ?? "",
                partition: PartitionName(
                    topic: result.text(row, 1) ?? "",
                    partition: Int32(truncatingIfNeeded: result.integer(row, 2))),
                offsets: first..<max(first, result.integer(row, 4)))
        }
    }
}
