internal import ContactStore
internal import ProtectedIdentity

/// Reads rows of the journal.
struct JournalReader {
    let schema: SchemaName

    func rows(_ result: PostgresResult) throws(BatchFailure) -> [EventKey: JournalRow] {
        var rows: [EventKey: JournalRow] = [:]
        for row in result.rows {
            guard let key = EventKey(bytes: result.bytes(row, 0)),
                let content = ContentDigest(bytes: result.bytes(row, 1)),
                let group = result.text(row, 3), let topic = result.text(row, 4)
            else { throw .store(damaged) }
            let coordinates = RecordCoordinates(
                topic: topic, partition: Int32(truncatingIfNeeded: result.integer(row, 5)),
                offset: result.integer(row, 6))
            rows[key] = JournalRow(
                content: content, outcome: try outcome(result.bytes(row, 2)),
                home: Home(group: group, coordinates: coordinates), isUnpublished: result.boolean(row, 8),
                redrives: Int(result.integer(row, 7)))
        }
        return rows
    }

    func outcome(_ bytes: [UInt8]) throws(BatchFailure) -> StoredOutcome {
        do {
            return try StoredOutcome(decoding: bytes)
        } catch {
            switch error {
            case .unknownVersion:
                throw .store(.unusable("a newer version has written \(schema("journal")); run that version"))
            case .corrupt: throw .store(damaged)
            }
        }
    }

    private var damaged: StoreError {
        .unusable("\(schema("journal")) holds what this program has not written; restore a backup and replay")
    }
}
