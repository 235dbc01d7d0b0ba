public import ContactStore
public import ProtectedIdentity

extension PostgresContactStore {
    /// How much there is to do.
    public func backlog(at now: Timestamp) throws(StoreError) -> RegistryBacklog {
        let statements = [
            Statement(operations.countDue, [.timestamp(now)]), Statement(operations.countOwed),
            Statement(operations.allGaps), Statement(operations.replayProgress),
        ]
        return try transaction { connection throws(PostgresError) in
            let results = try connection.run(statements, deadline: Self.deadline)
            return RegistryBacklog(
                deletionsDue: Int(results[0].integer(0, 0)),
                owed: OwedCounts(slices: Int(results[1].integer(0, 0)), messages: Int(results[1].integer(0, 1))),
                gaps: PartitionGap.all(results[2]),
                replays: results[3].rows.map { row in
                    ReplayProgress(
                        id: results[3].text(row, 0) ?? "",
                        topics: (results[3].text(row, 1) ?? "").split(separator: ",").map(String.init),
                        begunAt: results[3].timestamp(row, 2) ?? Timestamp(microseconds: 0),
                        read: results[3].integer(row, 3), total: results[3].integer(row, 4))
                })
        }
    }

    /// What the journal has of an event.
    public func journalRow(_ keys: [EventKey]) throws(StoreError) -> JournalRow? {
        let own = reader.own
        return try onePage { connection throws(BatchFailure) in
            let found = try connection.run([
                Statement(own.findJournal, arrays: [ResolutionReader.uuids(keys)])
            ])[0]
            let rows = try JournalReader(schema: own.schema).rows(found)
            return keys.lazy.compactMap { rows[$0] }.first
        }
    }

    /// What is known of a contact.
    public func standing(
        of contact: ContactKey, _ reconciliation: Reconciliation
    ) throws(StoreError) -> ContactStanding {
        let (reader, sql) = (reader, operations)
        return try onePage { connection throws(BatchFailure) in
            let snapshot = try Self.glance(at: reconciliation.batch(of: [contact]), reader, &connection)
            let times = try connection.run([
                Statement(sql.deletion, [.text(contact.tenant.rawValue), .text(contact.id.rawValue)])
            ])[0]
            let deletion =
                times.rows.isEmpty
                ? ContactStanding.Deletion()
                : ContactStanding.Deletion(
                    notBefore: times.timestamp(0, 0), requestedFor: times.timestamp(0, 1),
                    noticeSentFor: times.timestamp(0, 2))
            return ContactStanding(of: contact, in: snapshot, deletion: deletion)
        }
    }
}
