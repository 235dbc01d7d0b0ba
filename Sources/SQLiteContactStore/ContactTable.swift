internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// Whole contacts, for people and for import.
struct ContactTable {
    let database: Database

    func contact(_ key: ContactKey) throws -> RegistryContact? {
        let statement = try database.cachedStatement(sql: Self.select + " WHERE tenant = ? AND contact_id = ?")
        return try Row.fetchOne(statement, arguments: [key.tenant.rawValue, key.id.rawValue]).map(Self.contact)
    }

    /// A page of a tenant's contacts in the order of their ids.
    func contacts(of tenant: TenantName, after id: ContactID?, limit: Int) throws -> [RegistryContact] {
        let statement = try database.cachedStatement(
            sql: Self.select + " WHERE tenant = ? AND contact_id > ? ORDER BY contact_id LIMIT ?")
        let arguments: StatementArguments = [tenant.rawValue, id?.rawValue ?? "", max(0, limit)]
        return try Row.fetchAll(statement, arguments: arguments).map(Self.contact)
    }

    func counts() throws -> ContactCounts {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT count(*), total(is_protected), count(deletion_not_before), (SELECT count(*) FROM journal),
                    (SELECT count(*) FROM unpublished_slices) FROM contacts
                """)
        guard let row else { return ContactCounts(contacts: 0, protected: 0, deletions: 0, events: 0, unpublished: 0) }
        return ContactCounts(
            contacts: row[0], protected: Int(row[1] as Double), deletions: row[2], events: row[3], unpublished: row[4])
    }

    private static let select = """
        SELECT tenant, contact_id, country, is_protected, deletion_not_before,
            \(ContactColumns.all.joined(separator: ", ")) FROM contact_list
        """

    private static func contact(_ row: Row) throws -> RegistryContact {
        guard let tenant = TenantName(rawValue: row[0]), let id = ContactID(rawValue: row[1]),
            let country = CountryCode(rawValue: row[2])
        else { throw BatchReader.damaged }
        var details = RegistryContact.Details()
        for (index, field) in ContactColumns.fields.enumerated() {
            details[keyPath: field] = (row[5 + index] as String?).map { Sensitive($0) }
        }
        return RegistryContact(
            key: ContactKey(tenant: tenant, id: id), country: country, details: details, isProtected: row[3],
            deletionNotBefore: (row[4] as Int64?).map { Timestamp(microseconds: $0) })
    }
}

/// The columns of `contact_details`.
enum ContactColumns {
    /// Those that a protected contact loses.
    static let cleared = ["number", "first_name", "last_name", "care_of", "street", "postal_code", "city"]
    /// Those that stay for the notice.
    static let kept = ["email", "phone"]
    /// All of them.
    static let all = cleared + kept

    /// The contact's fields in the order of ``all``.
    static var fields: [WritableKeyPath<RegistryContact.Details, Sensitive<String>?>] {
        [\.number, \.firstName, \.lastName, \.careOf, \.street, \.postalCode, \.city, \.email, \.phone]
    }
}
