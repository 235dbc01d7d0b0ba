internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// What the journal knows of event identities.
struct JournalRows {
    let database: Database

    func load(_ keys: Set<EventKey>) throws -> [EventKey: JournalRow] {
        var rows = PackedRows()
        for key in keys.sorted() { rows.append([.blob(key.bytes)]) }
        var found: [EventKey: JournalRow] = [:]
        try BatchReader.forEach(Self.byKey, rows, in: database) { row in
            guard let key = EventKey(bytes: row.bytes(0)), let content = ContentDigest(bytes: row.bytes(1)) else {
                throw BatchReader.damaged
            }
            found[key] = JournalRow(
                content: content, outcome: try outcome(row.bytes(2)),
                home: Home(
                    group: row[3],
                    coordinates: RecordCoordinates(topic: row[4], partition: row[5], offset: row[6])),
                isUnpublished: row[7], redrives: row[8])
        }
        return found
    }

    func outcome(_ bytes: [UInt8]) throws -> StoredOutcome {
        do {
            return try StoredOutcome(decoding: bytes)
        } catch {
            switch error {
            case .unknownVersion: throw StoreError.unusable("a newer version has written the journal; run that version")
            case .corrupt: throw BatchReader.damaged
            }
        }
    }

    private static let byKey = """
        SELECT key, content, outcome, home_group, home_topic, home_partition, home_offset,
            EXISTS (SELECT 1 FROM unpublished_slices WHERE unpublished_slices.id = journal.slice), redrives
        FROM \(PackedRows.source) CROSS JOIN journal ON journal.key = \(PackedRows.blob(0))
        """
}
