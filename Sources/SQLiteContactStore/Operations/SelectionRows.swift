internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// The scheduled selection on the registry's tables.
struct SelectionRows {
    let database: Database

    /// The contacts of a page.
    func contacts(_ page: SelectionPage, at now: Timestamp) throws -> [ScheduledContact] {
        let rows: [Row]
        switch page.start {
        case .due(let place):
            rows = try Row.fetchAll(
                database.cachedStatement(sql: Self.due),
                arguments: [
                    now.microseconds, place?.notBefore.microseconds ?? .min, place?.key.tenant.rawValue ?? "",
                    place?.key.id.rawValue ?? "", page.limit,
                ])
        case .unscheduled(let key):
            rows = try Row.fetchAll(
                database.cachedStatement(sql: Self.unscheduled),
                arguments: [key?.tenant.rawValue ?? "", key?.id.rawValue ?? "", page.limit])
        }
        return try rows.map(Self.contact)
    }

    /// Those of the aliases that somebody is remembered by.
    func remembered(_ aliases: Set<PersonAlias>) throws -> Set<PersonAlias> {
        Set(try PersonRows(database: database).loadAliases(aliases).keys)
    }

    func save(_ decision: SelectionDecision, lease: Timestamp) throws {
        let writer = BatchWriter(database: database, now: lease)
        try writer.saveDeletions(decision.deletions)
        var requests = PackedRows()
        for (key, request) in decision.requests {
            requests.append(Self.row(key) + [.integer(request.schedule.microseconds), .blob(request.id.bytes)])
        }
        try writer.run(
            """
            UPDATE contacts SET deletion_requested_for = \(PackedRows.integer(2)),
                deletion_request = \(PackedRows.blob(3)) \(Self.fromRows)
            """, requests)
        try save(decision.owed, lease: lease)
    }

    func save(_ entries: [SelectionDecision.Owed], lease: Timestamp) throws {
        var owed = PackedRows()
        for entry in entries {
            owed.append(
                [.blob(entry.message.id.bytes)] + Self.row(entry.contact) + [
                    entry.schedule.map { .integer($0.microseconds) } ?? .null, .blob(entry.message.stored()),
                    .integer(lease.microseconds),
                ])
        }
        try BatchWriter(database: database, now: lease).run(Self.insertOwed, owed)
    }

    func note(_ notices: [DeletionNotice]) throws {
        var rows = PackedRows()
        for notice in notices {
            rows.append(Self.row(notice.contact) + [.integer(notice.deletionNotBefore.microseconds)])
        }
        try BatchWriter(database: database, now: Timestamp(microseconds: 0)).run(
            """
            UPDATE contacts SET notice_sent_for = \(PackedRows.integer(2)) \(Self.fromRows)
                AND contacts.deletion_not_before = \(PackedRows.integer(2))
            """, rows)
    }

    private static func row(_ key: ContactKey) -> [PackedRows.Value] {
        [.text(key.tenant.rawValue), .text(key.id.rawValue)]
    }

    private static func contact(_ row: Row) throws -> ScheduledContact {
        guard let tenant = TenantName(rawValue: row[0]), let id = ContactID(rawValue: row[1]) else {
            throw BatchReader.damaged
        }
        func time(_ column: Int) -> Timestamp? {
            (row[column] as Int64?).map { Timestamp(microseconds: $0) }
        }
        return ScheduledContact(
            key: ContactKey(tenant: tenant, id: id), exists: true, isProtected: row[2], deletionNotBefore: time(3),
            noticeSentFor: time(4))
    }

    private static let columns =
        "SELECT tenant, id, is_protected, deletion_not_before, notice_sent_for FROM contacts"

    private static let due = """
        \(columns) INDEXED BY contacts_due
        WHERE deletion_not_before IS NOT NULL AND deletion_requested_for IS NOT deletion_not_before
            AND deletion_not_before <= ? AND (deletion_not_before, tenant, id) > (?, ?, ?)
        ORDER BY deletion_not_before, tenant, id LIMIT ?
        """
    private static let unscheduled = """
        \(columns) INDEXED BY contacts_unscheduled
        WHERE is_protected AND deletion_not_before IS NULL AND (tenant, id) > (?, ?) ORDER BY tenant, id LIMIT ?
        """
    private static let fromRows = """
        FROM \(PackedRows.source)
        WHERE contacts.tenant = \(PackedRows.text(0)) AND contacts.id = \(PackedRows.text(1))
        """
    private static let insertOwed = """
        INSERT INTO owed_messages (id, tenant, contact_id, schedule, message, leased_until)
        SELECT \(PackedRows.blob(0)), \(PackedRows.text(1)), \(PackedRows.text(2)), \(PackedRows.integer(3)),
            \(PackedRows.blob(4)), \(PackedRows.integer(5)) FROM \(PackedRows.source)
        WHERE true ON CONFLICT (id) DO UPDATE SET leased_until = excluded.leased_until
        """
}
