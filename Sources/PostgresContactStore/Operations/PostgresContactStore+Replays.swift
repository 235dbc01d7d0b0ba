public import ContactStore
public import ProtectedIdentity

extension PostgresContactStore {
    /// What the journal has of events.
    public func journalRows(_ keys: Set<EventKey>) throws(StoreError) -> [EventKey: JournalRow] {
        let own = reader.own
        return try onePage { connection throws(BatchFailure) in
            let statement = Statement(own.findJournal, arrays: [ResolutionReader.uuids(keys)])
            return try JournalReader(schema: own.schema).rows(try connection.run([statement])[0])
        }
    }

    /// Decides a batch behind the locks that it would take, gives them back, and changes nothing.
    public func rehearse(_ batch: RedactionBatch) throws(StoreError) -> [Verdict] {
        try run(StoreBatch(redaction: batch, slices: [])) { transaction, connection throws(BatchFailure) in
            try transaction.rehearse(&connection)
        }
    }

    /// The outcomes that stand in some slices.
    public func outcomes(in slices: [Int64]) throws(StoreError) -> [OwedOutcome] {
        var ids = ArrayParameter(.integer)
        for slice in slices { ids.append(slice) }
        let (own, statement) = (reader.own, Statement(operations.outcomesInSlices, arrays: [ids], isOneShot: true))
        return try onePage { connection throws(BatchFailure) in
            let result = try connection.run([statement])[0]
            let journal = JournalReader(schema: own.schema)
            var outcomes: [OwedOutcome] = []
            for row in result.rows {
                let coordinates = RecordCoordinates(
                    topic: result.text(row, 2) ?? "", partition: Int32(truncatingIfNeeded: result.integer(row, 3)),
                    offset: result.integer(row, 4))
                outcomes.append(
                    OwedOutcome(
                        outcome: try journal.outcome(result.bytes(row, 0)),
                        home: Home(group: result.text(row, 1) ?? "", coordinates: coordinates),
                        slice: result.integer(row, 5)))
            }
            return outcomes
        }
    }

    /// The replays that have not come to their end.
    public func unfinishedReplays() throws(StoreError) -> [UnfinishedReplay] {
        let statement = Statement(operations.unfinishedReplays)
        let rows = try transaction { connection throws(PostgresError) in
            let result = try connection.run([statement], deadline: Self.deadline)[0]
            return result.rows.map { row in
                let partition = PartitionName(
                    topic: result.text(row, 4) ?? "", partition: Int32(truncatingIfNeeded: result.integer(row, 5)))
                let first = result.integer(row, 6)
                return UnfinishedReplay(
                    id: result.text(row, 0) ?? "", group: result.text(row, 1) ?? "", request: result.bytes(row, 2),
                    ranges: [partition: first..<max(first, result.integer(row, 7))],
                    begunAt: result.timestamp(row, 3) ?? Timestamp(microseconds: 0))
            }
        }
        return Dictionary(grouping: rows, by: \.id).values.compactMap { rows in
            rows.first.map { first in
                UnfinishedReplay(
                    id: first.id, group: first.group, request: first.request,
                    ranges: rows.reduce(into: [:]) { $0.merge($1.ranges) { $1 } }, begunAt: first.begunAt)
            }
        }.sorted { ($0.begunAt, $0.id) < ($1.begunAt, $1.id) }
    }

    /// Remembers a replay until it is forgotten.
    public func remember(_ replay: UnfinishedReplay) throws(StoreError) {
        let ranges = replay.ranges.sorted { $0.key < $1.key }
        let columns = SliceColumns(
            ranges.map { BatchSlice(partition: $0.key, first: $0.value.lowerBound, last: $0.value.upperBound) })
        let statement = Statement(
            operations.rememberReplay,
            [
                .text(replay.id), .text(replay.group), .bytes(replay.request), .timestamp(replay.begunAt),
                columns.topics, columns.partitions, columns.firsts, columns.lasts,
            ])
        try transaction { connection throws(PostgresError) in
            _ = try connection.run([Self.begin, statement, Statement("COMMIT")], deadline: Self.deadline)
        }
    }

    /// Forgets a replay, and how far its group was applied.
    public func forgetReplay(_ id: String) throws(StoreError) {
        let statements = [
            Self.begin, Statement(operations.forgetProgress, [.text(id)]),
            Statement(operations.forgetGaps, [.text(id)]),
            Statement(operations.forgetReplay, [.text(id)]), Statement("COMMIT"),
        ]
        try transaction { connection throws(PostgresError) in
            _ = try connection.run(statements, deadline: Self.deadline)
        }
    }
}
