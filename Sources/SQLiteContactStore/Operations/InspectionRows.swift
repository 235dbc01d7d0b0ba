internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// What the tables tell somebody who changes nothing.
struct InspectionRows {
    let database: Database

    func backlog(at now: Timestamp) throws -> RegistryBacklog {
        let due = try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM contacts INDEXED BY contacts_due
                WHERE deletion_not_before IS NOT NULL AND deletion_requested_for IS NOT deletion_not_before
                    AND deletion_not_before <= ?
                """, arguments: [now.microseconds])
        return RegistryBacklog(
            deletionsDue: due ?? 0, owed: try OwedRows(database: database).counts(),
            gaps: try GapRows(database: database).all(), replays: try replayProgress())
    }

    /// How far each unfinished replay's group is in what it is to read. No topic's name has a comma.
    private func replayProgress() throws -> [ReplayProgress] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT r.id, group_concat(DISTINCT r.topic), min(r.begun_at),
                    sum(max(0, min(r.end_offset, coalesce(p.applied_to, 0)) - r.first_offset)),
                    sum(r.end_offset - r.first_offset)
                FROM replays AS r LEFT JOIN progress AS p USING (group_id, topic, partition)
                GROUP BY r.id ORDER BY 3, 1
                """
        ).map { row in
            ReplayProgress(
                id: row[0], topics: (row[1] as String).split(separator: ",").map(String.init),
                begunAt: Timestamp(microseconds: row[2]), read: row[3], total: row[4])
        }
    }

    func journalRow(_ keys: [EventKey]) throws -> JournalRow? {
        let rows = try JournalRows(database: database).load(Set(keys))
        return keys.lazy.compactMap { rows[$0] }.first
    }

    func standing(of contact: ContactKey, _ reconciliation: Reconciliation) throws -> ContactStanding {
        let snapshot = try BatchReader(database: database).snapshot(for: reconciliation.batch(of: [contact]))
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT deletion_not_before, deletion_requested_for, notice_sent_for FROM contacts
                WHERE tenant = ? AND id = ?
                """, arguments: [contact.tenant.rawValue, contact.id.rawValue])
        func time(_ column: Int) -> Timestamp? {
            (row?[column] as Int64?).map { Timestamp(microseconds: $0) }
        }
        return ContactStanding(
            of: contact, in: snapshot,
            deletion: ContactStanding.Deletion(notBefore: time(0), requestedFor: time(1), noticeSentFor: time(2)))
    }
}
