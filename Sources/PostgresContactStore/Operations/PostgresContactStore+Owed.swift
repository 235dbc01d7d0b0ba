public import ContactStore
public import ProtectedIdentity

extension PostgresContactStore {
    /// Takes what is owed and whose lease is over.
    public func takeOwed(
        _ limit: Int, now: Timestamp, lease: Timestamp
    ) throws(StoreError) -> [OwedMessage] {
        let sql = operations
        let stored = try transaction { connection throws(PostgresError) in
            let results = try connection.run(
                [
                    Self.begin, Statement(sql.dropUntrue, [.timestamp(now)]),
                    Statement(
                        sql.takeOwed, [.timestamp(now), .timestamp(lease), .integer(Int64(max(1, limit)))]),
                    Statement("COMMIT"),
                ], deadline: Self.deadline)
            return results[2].rows.map { results[2].bytes($0, 0) }
        }
        var messages: [OwedMessage] = []
        for bytes in stored {
            do throws(StoredOutcomeError) {
                messages.append(try OwedMessage(storedAs: bytes))
            } catch {
                throw .unusable("\(sql.schema("owed_messages")): a newer version has written it; run that version")
            }
        }
        return messages.sorted { $0.decidedAt < $1.decidedAt }
    }

    /// Forgets what is known to be published.
    public func settleOwed(_ ids: [UUIDv5]) throws(StoreError) {
        var settled = ArrayParameter(.uuid)
        for id in ids { settled.append(id.bytes) }
        let statement = Statement(operations.settleOwed, arrays: [settled])
        try transaction { connection throws(PostgresError) in
            _ = try connection.run([Self.begin, statement, Statement("COMMIT")], deadline: Self.deadline)
        }
    }

    /// How much stands as owed.
    public func owed() throws(StoreError) -> OwedCounts {
        let sql = operations
        return try transaction { connection throws(PostgresError) in
            let result = try connection.run([Statement(sql.countOwed)], deadline: Self.deadline)[0]
            return OwedCounts(slices: Int(result.integer(0, 0)), messages: Int(result.integer(0, 1)))
        }
    }
}
