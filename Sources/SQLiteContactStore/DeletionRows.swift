internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// Contacts that were asked to be deleted, and their end.
struct DeletionRows {
    let database: Database

    /// The contacts that these requests asked for.
    func requested(by requests: Set<UUIDv5>) throws -> [UUIDv5: RequestedContact] {
        var rows = PackedRows()
        for request in requests { rows.append([.blob(request.bytes)]) }
        var found: [UUIDv5: RequestedContact] = [:]
        try BatchReader.forEach(Self.byRequest, rows, in: database) { row in
            guard let request = UUIDv5(bytes: row.bytes(0)), let tenant = TenantName(rawValue: row[1]),
                let id = ContactID(rawValue: row[2])
            else { throw BatchReader.damaged }
            found[request] = RequestedContact(
                key: ContactKey(tenant: tenant, id: id),
                person: row.hasNull(atIndex: 3) ? nil : PersonID(bytes: row.bytes(3)),
                schedule: Timestamp(microseconds: row[4]),
                noticeSentFor: (row[5] as Int64?).map { Timestamp(microseconds: $0) })
        }
        return found
    }

    /// Deletes contacts. Their details lose every value and stay as rows of zeros: these rows never move (``Schema``).
    func delete(_ keys: Set<ContactKey>) throws {
        var rows = PackedRows()
        for key in keys.sorted() { rows.append([.text(key.tenant.rawValue), .text(key.id.rawValue)]) }
        let writer = BatchWriter(database: database, now: Timestamp(microseconds: 0))
        try writer.run(Self.overwriteDetails, rows)
        try writer.run(Self.deleteContacts, rows)
    }

    private static let byRequest = """
        SELECT deletion_request, tenant, id, person, deletion_requested_for, notice_sent_for
        FROM \(PackedRows.source) CROSS JOIN contacts INDEXED BY contacts_by_request
            ON contacts.deletion_request = \(PackedRows.blob(0))
        WHERE deletion_requested_for IS NOT NULL
        """
    private static let overwriteDetails = """
        UPDATE contact_details SET \(BatchWriter.overwriting(ContactColumns.all)) WHERE id IN (
            SELECT contacts.details FROM \(PackedRows.source) CROSS JOIN contacts
            ON contacts.tenant = \(PackedRows.text(0)) AND contacts.id = \(PackedRows.text(1))
        )
        """
    private static let deleteContacts = """
        DELETE FROM contacts WHERE (tenant, id) IN (
            SELECT \(PackedRows.text(0)), \(PackedRows.text(1)) FROM \(PackedRows.source)
        )
        """
}
