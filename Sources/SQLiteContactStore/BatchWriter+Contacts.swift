internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

extension BatchWriter {
    func saveLinks(_ links: [ContactKey: PersonID]) throws {
        var rows = PackedRows()
        for (key, person) in links.sorted(by: { $0.key < $1.key }) {
            rows.append([.text(key.tenant.rawValue), .text(key.id.rawValue), .blob(person.bytes)])
        }
        try run("UPDATE contacts SET person = \(PackedRows.blob(2)) \(Self.fromRows)", rows)
    }

    func saveContacts(_ contacts: [ContactKey: Changes.Contact]) throws {
        var rows = PackedRows()
        for (key, contact) in contacts.sorted(by: { $0.key < $1.key }) {
            rows.append([
                .text(key.tenant.rawValue), .text(key.id.rawValue), .integer(contact.clears ? 1 : 0),
                .integer(contact.isMarked ? 1 : 0), .integer(now.microseconds),
            ])
        }
        try run(Self.clearDetails, rows)
        try run(
            """
            UPDATE contacts SET is_protected = \(PackedRows.integer(3)), updated_at = \(PackedRows.integer(4)),
                number_bucket = iif(\(PackedRows.integer(2)), NULL, number_bucket) \(Self.fromRows)
            """, rows)
    }

    func saveDeletions(_ deletions: [ContactKey: Timestamp?]) throws {
        var rows = PackedRows()
        for (key, notBefore) in deletions.sorted(by: { $0.key < $1.key }) {
            rows.append([
                .text(key.tenant.rawValue), .text(key.id.rawValue),
                notBefore.map { .integer($0.microseconds) } ?? .null,
            ])
        }
        try run("UPDATE contacts SET deletion_not_before = \(PackedRows.integer(2)) \(Self.fromRows)", rows)
    }

    private static let fromRows = """
        FROM \(PackedRows.source)
        WHERE contacts.tenant = \(PackedRows.text(0)) AND contacts.id = \(PackedRows.text(1))
        """

    /// Zeros of the same length, so that SQLite writes them over the value in its place; see ``Schema``.
    static func overwriting(_ columns: [String]) -> String {
        columns.map { "\($0) = iif(typeof(\($0)) = 'text', zeroblob(length(CAST(\($0) AS BLOB))), \($0))" }
            .joined(separator: ", ")
    }

    private static let clearDetails = """
        UPDATE contact_details SET \(overwriting(ContactColumns.cleared)) WHERE id IN (
            SELECT contacts.details FROM \(PackedRows.source) CROSS JOIN contacts
            ON contacts.tenant = \(PackedRows.text(0)) AND contacts.id = \(PackedRows.text(1))
            WHERE \(PackedRows.integer(2))
        )
        """
}
