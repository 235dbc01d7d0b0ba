internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// Contacts, as far as a decision has to know them.
struct ContactRows {
    let database: Database

    func load(keys: Set<ContactKey>, into contacts: inout [ContactKey: ContactRecord]) throws {
        var rows = PackedRows()
        for key in keys.sorted() where contacts[key] == nil {
            rows.append([.text(key.tenant.rawValue), .text(key.id.rawValue)])
        }
        try BatchReader.forEach(Self.byKey, rows, in: database) { row in
            let contact = try Self.record(row)
            contacts[contact.key] = contact
        }
    }

    func load(numbers: Set<Lookup.Number>, into contacts: inout [ContactKey: ContactRecord]) throws {
        var rows = PackedRows()
        var wanted: Set<Wanted> = []
        for number in numbers {
            let written = ContactNumber(written: number.number.shortDigits.reveal())
            let country = CountryCode(number.number.country)
            // Two persons of different centuries may share the ten digits.
            guard wanted.insert(Wanted(tenant: number.tenant, country: country, number: written)).inserted else {
                continue
            }
            rows.append([.text(number.tenant.rawValue), .text(country.rawValue), .integer(written.bucket)])
        }
        try BatchReader.forEach(Self.byNumber, rows, in: database) { row in
            let contact = try Self.record(row)
            guard let number = contact.number?.reveal() else { return }
            let found = Wanted(
                tenant: contact.key.tenant, country: contact.country, number: ContactNumber(written: number))
            if wanted.contains(found) { contacts[contact.key] = contact }
        }
    }

    func load(persons: Set<PersonID>, into contacts: inout [ContactKey: ContactRecord]) throws {
        var rows = PackedRows()
        for person in persons.sorted() { rows.append([.blob(person.bytes)]) }
        try BatchReader.forEach(Self.byPerson, rows, in: database) { row in
            let contact = try Self.record(row)
            contacts[contact.key] = contact
        }
    }

    /// What a bucket is searched for; others may be in it.
    private struct Wanted: Hashable {
        let tenant: TenantName
        let country: CountryCode
        let number: ContactNumber
    }

    private static let columns = """
        SELECT contacts.tenant, contacts.id, contacts.country, contacts.is_protected, contacts.person,
            contacts.deletion_not_before, CASE typeof(number) WHEN 'text' THEN number END,
            \(holds(["first_name", "last_name"])), \(holds(["care_of", "street", "postal_code", "city"]))
        FROM \(PackedRows.source)
        """
    private static let details = "CROSS JOIN contact_details ON contact_details.id = contacts.details"

    private static let byKey = """
        \(columns) CROSS JOIN contacts
            ON contacts.tenant = \(PackedRows.text(0)) AND contacts.id = \(PackedRows.text(1)) \(details)
        """
    /// The planner takes the tenant alone for selective enough, and would read all of its contacts.
    private static let byNumber = """
        \(columns) CROSS JOIN contacts INDEXED BY contacts_by_number
            ON contacts.tenant = \(PackedRows.text(0)) AND contacts.country = \(PackedRows.text(1))
            AND contacts.number_bucket = \(PackedRows.integer(2)) \(details)
        """
    private static let byPerson = """
        \(columns) CROSS JOIN contacts ON contacts.person = \(PackedRows.blob(0)) \(details)
        """

    /// A text is a value, a blob is one that was cleared.
    private static func holds(_ columns: [String]) -> String {
        columns.map { "(typeof(\($0)) = 'text' AND \($0) <> '')" }.joined(separator: " OR ")
    }

    private static func record(_ row: Row) throws -> ContactRecord {
        guard let tenant = TenantName(rawValue: row[0]), let id = ContactID(rawValue: row[1]),
            let country = CountryCode(rawValue: row[2])
        else { throw BatchReader.damaged }
        let number = (row[6] as String?).flatMap { $0.isEmpty ? nil : Sensitive($0) }
        var holding: Set<ClearableField> = []
        if number != nil { holding.insert(.personalIdentityNumber) }
        if row[7] as Bool? == true { holding.insert(.name) }
        if row[8] as Bool? == true { holding.insert(.address) }
        let person = row.hasNull(atIndex: 4) ? nil : PersonID(bytes: row.bytes(4))
        return ContactRecord(
            key: ContactKey(tenant: tenant, id: id), country: country, number: number,
            mark: row[3] ? .standing : .absent,
            holding: holding, person: person,
            deletionNotBefore: (row[5] as Int64?).map { Timestamp(microseconds: $0) })
    }
}
