internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// The messages that are not known to be in Kafka.
struct OwedRows {
    let database: Database

    func take(_ limit: Int, now: Timestamp, lease: Timestamp) throws -> [OwedMessage] {
        try database.execute(
            sql: """
                DELETE FROM owed_messages WHERE leased_until <= ? AND schedule IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM contacts WHERE contacts.tenant = owed_messages.tenant
                        AND contacts.id = owed_messages.contact_id
                        AND contacts.deletion_not_before = owed_messages.schedule)
                """, arguments: [now.microseconds])
        let rows = try Row.fetchAll(
            database,
            sql: """
                UPDATE owed_messages SET leased_until = ? WHERE id IN (
                    SELECT id FROM owed_messages WHERE leased_until <= ? ORDER BY leased_until LIMIT ?)
                RETURNING message
                """, arguments: [lease.microseconds, now.microseconds, max(1, limit)])
        return try rows.map { try message($0.bytes(0)) }.sorted { $0.decidedAt < $1.decidedAt }
    }

    func settle(_ ids: [UUIDv5]) throws {
        var rows = PackedRows()
        for id in ids { rows.append([.blob(id.bytes)]) }
        try BatchWriter(database: database, now: Timestamp(microseconds: 0)).run(
            "DELETE FROM owed_messages WHERE id IN (SELECT \(PackedRows.blob(0)) FROM \(PackedRows.source))", rows)
    }

    func counts() throws -> OwedCounts {
        let row = try Row.fetchOne(
            database,
            sql: "SELECT (SELECT count(*) FROM unpublished_slices), (SELECT count(*) FROM owed_messages)")
        return OwedCounts(slices: row?[0] ?? 0, messages: row?[1] ?? 0)
    }

    private func message(_ bytes: [UInt8]) throws -> OwedMessage {
        do {
            return try OwedMessage(storedAs: bytes)
        } catch {
            switch error {
            case .unknownVersion:
                throw StoreError.unusable("a newer version has written what is owed; run that version")
            case .corrupt: throw BatchReader.damaged
            }
        }
    }
}
