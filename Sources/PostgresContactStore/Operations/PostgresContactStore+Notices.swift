public import ContactStore
public import ProtectedIdentity

extension PostgresContactStore {
    /// Loads what notices need to know. Locks nothing.
    public func notices(_ lookup: NoticeLookup) throws(StoreError) -> NoticeSnapshot {
        let contacts = lookup.contacts.union(try scheduled(lookup.schedules))
        var journalKeys = ArrayParameter(.uuid)
        for key in lookup.journalKeys.sorted() { journalKeys.append(key.bytes) }
        let statements = [
            Statement(reader.own.findJournal, arrays: [journalKeys]),
            Statement(reader.sql.recipients, arrays: reader.keys(contacts.sorted())),
        ]
        let found = try transaction { connection throws(PostgresError) -> Result<NoticeSnapshot, StoreError> in
            let results = try connection.run(statements, deadline: Self.deadline)
            return Self.snapshot(journal: results[0], recipients: results[1], schema: self.settings.schema)
        }
        return try found.get()
    }

    private static func snapshot(
        journal: PostgresResult, recipients: PostgresResult, schema: SchemaName
    ) -> Result<NoticeSnapshot, StoreError> {
        var snapshot = NoticeSnapshot()
        do throws(BatchFailure) {
            snapshot.journal = try JournalReader(schema: schema).rows(journal)
        } catch .store(let error) {
            return .failure(error)
        } catch {
            return .failure(.transient("the journal cannot be read now"))
        }
        for row in recipients.rows {
            guard let key = key(recipients, row) else { continue }
            snapshot.recipients[key] = NoticeRecipient(
                key: key, isProtected: recipients.boolean(row, 2), deletionNotBefore: recipients.timestamp(row, 3),
                noticeSentFor: recipients.timestamp(row, 4), email: recipients.text(row, 5).map { Sensitive($0) })
        }
        return .success(snapshot)
    }

    private func scheduled(_ schedules: Set<NoticeLookup.Schedule>) throws(StoreError) -> Set<ContactKey> {
        guard !schedules.isEmpty else { return [] }
        var (tenants, first, last) = (ArrayParameter(.text), ArrayParameter(.timestamp), ArrayParameter(.timestamp))
        for schedule in schedules {
            // A command tells whole milliseconds.
            let begin = schedule.deletionNotBefore.milliseconds * 1_000
            tenants.append(schedule.tenant.rawValue)
            first.append(Timestamp(microseconds: begin))
            last.append(Timestamp(microseconds: begin + 999))
        }
        let statement = Statement(operations.scheduledBetween, arrays: [tenants, first, last])
        return try transaction { connection throws(PostgresError) in
            let found = try connection.run([statement], deadline: Self.deadline)[0]
            return Set(found.rows.compactMap { Self.key(found, $0) })
        }
    }

    private static func key(_ result: PostgresResult, _ row: Int32) -> ContactKey? {
        guard let tenant = result.text(row, 0).flatMap(TenantName.init(rawValue:)),
            let id = result.text(row, 1).flatMap(ContactID.init(rawValue:))
        else { return nil }
        return ContactKey(tenant: tenant, id: id)
    }

    /// Takes a notice, until the server's clock says that the lease is over.
    public func takeNotice(_ notice: DeletionNotice, for lease: Duration) throws(StoreError) -> Bool {
        let (seconds, attoseconds) = lease.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        let statement = Statement(
            operations.takeNotice,
            [
                .text(notice.contact.tenant.rawValue), .text(notice.contact.id.rawValue),
                .timestamp(notice.deletionNotBefore), .integer(milliseconds),
            ])
        return try transaction { connection throws(PostgresError) in
            try connection.run([Self.begin, statement, Statement("COMMIT")], deadline: Self.deadline)[1].rows.count == 1
        }
    }

    /// Gives a notice back.
    public func giveBackNotice(_ notice: DeletionNotice) throws(StoreError) {
        let statement = Statement(
            operations.giveBackNotice, [.text(notice.contact.tenant.rawValue), .text(notice.contact.id.rawValue)])
        try transaction { connection throws(PostgresError) in
            _ = try connection.run([Self.begin, statement, Statement("COMMIT")], deadline: Self.deadline)
        }
    }

    /// Notes that notices have gone out.
    public func noteNotices(_ notices: [DeletionNotice]) throws(StoreError) {
        var columns = ScheduleColumns()
        for notice in notices { columns.append(notice.contact, notice.deletionNotBefore) }
        let statement = Statement(operations.noteNotices, arrays: columns.arrays)
        try transaction { connection throws(PostgresError) in
            _ = try connection.run([Self.begin, statement, Statement("COMMIT")], deadline: Self.deadline)
        }
    }
}
