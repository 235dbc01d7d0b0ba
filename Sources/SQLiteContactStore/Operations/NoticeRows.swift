internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// What notices before deletions need to know.
struct NoticeRows {
    let database: Database

    func snapshot(_ lookup: NoticeLookup) throws -> NoticeSnapshot {
        var snapshot = NoticeSnapshot()
        snapshot.journal = try JournalRows(database: database).load(lookup.journalKeys)
        var keys = PackedRows()
        for key in lookup.contacts.sorted() { keys.append([.text(key.tenant.rawValue), .text(key.id.rawValue)]) }
        try BatchReader.forEach(Self.byKey, keys, in: database) { row in try Self.read(row, into: &snapshot) }
        var schedules = PackedRows()
        for schedule in lookup.schedules {
            // A command tells whole milliseconds.
            let first = schedule.deletionNotBefore.milliseconds * 1_000
            schedules.append([.text(schedule.tenant.rawValue), .integer(first), .integer(first + 999)])
        }
        try BatchReader.forEach(Self.bySchedule, schedules, in: database) { row in
            try Self.read(row, into: &snapshot)
        }
        return snapshot
    }

    /// Whether a notice may go out now. There is one process, so nobody else has taken it.
    func stands(_ notice: DeletionNotice) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: Self.stands),
            arguments: [
                notice.contact.tenant.rawValue, notice.contact.id.rawValue, notice.deletionNotBefore.microseconds,
            ]) ?? false
    }

    private static func read(_ row: Row, into snapshot: inout NoticeSnapshot) throws {
        guard let tenant = TenantName(rawValue: row[0]), let id = ContactID(rawValue: row[1]) else {
            throw BatchReader.damaged
        }
        let key = ContactKey(tenant: tenant, id: id)
        snapshot.recipients[key] = NoticeRecipient(
            key: key, isProtected: row[2], deletionNotBefore: (row[3] as Int64?).map { Timestamp(microseconds: $0) },
            noticeSentFor: (row[4] as Int64?).map { Timestamp(microseconds: $0) },
            email: (row[5] as String?).map { Sensitive($0) })
    }

    private static let columns = """
        SELECT contacts.tenant, contacts.id, is_protected, deletion_not_before, notice_sent_for,
            CASE typeof(email) WHEN 'text' THEN email END
        FROM \(PackedRows.source) CROSS JOIN contacts
        """
    private static let details = "JOIN contact_details ON contact_details.id = contacts.details"

    private static let byKey = """
        \(columns) ON contacts.tenant = \(PackedRows.text(0)) AND contacts.id = \(PackedRows.text(1)) \(details)
        """
    private static let bySchedule = """
        \(columns) INDEXED BY contacts_due ON contacts.deletion_not_before IS NOT NULL
            AND contacts.deletion_requested_for IS NOT contacts.deletion_not_before
            AND contacts.deletion_not_before BETWEEN \(PackedRows.integer(1)) AND \(PackedRows.integer(2))
            AND contacts.tenant = \(PackedRows.text(0)) \(details)
        """
    private static let stands = """
        SELECT is_protected AND deletion_not_before IS ?3 AND notice_sent_for IS NOT ?3
        FROM contacts WHERE tenant = ?1 AND id = ?2
        """
}
