internal import ContactStore
internal import Foundation
internal import GRDB
internal import ProtectedIdentity

/// Puts contacts into the registry, never over a protected one, and never by moving personal values; see ``Schema``.
struct ContactEntry {
    enum Result {
        case inserted
        case replaced
        case unchanged
        /// There is one, and it was not to be replaced.
        case exists
        /// There is one, and what was cleared stays cleared.
        case isProtected
        /// This run has put it in already.
        case isRepeated
    }

    let database: Database
    let now: Timestamp
    /// The run that puts contacts in, by which a second row for the same contact is noticed.
    let run: Int64
    let replacesExisting: Bool

    init(database: Database, now: Timestamp, replacesExisting: Bool) throws {
        self.database = database
        self.now = now
        self.replacesExisting = replacesExisting
        try database.execute(
            sql: "INSERT INTO imports (imported_at, contacts) VALUES (?, 0)", arguments: [now.microseconds])
        run = database.lastInsertedRowID
    }

    func put(_ contact: RegistryContact) throws -> Result {
        let key = [contact.key.tenant.rawValue, contact.key.id.rawValue]
        let found = try database.cachedStatement(
            sql: "SELECT details, is_protected, last_import, country FROM contacts WHERE tenant = ? AND id = ?")
        guard let row = try Row.fetchOne(found, arguments: StatementArguments(key)) else {
            try insert(contact)
            return .inserted
        }
        if row[2] as Int64? == run { return .isRepeated }
        guard replacesExisting else { return .exists }
        if row[1] as Bool { return .isProtected }
        let details = row[0] as Int64
        let isSame = try row[3] as String == contact.country.rawValue && holds(details, contact.details)
        try isSame ? touch(key) : replace(details, by: contact)
        return isSame ? .unchanged : .replaced
    }

    /// To be called at the end of a run.
    func finish(count: Int) throws {
        try database.execute(sql: "UPDATE imports SET contacts = ? WHERE id = ?", arguments: [count, run])
    }

    private func insert(_ contact: RegistryContact) throws {
        let details = try append(contact.details)
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO contacts (tenant, id, country, number_bucket, is_protected, deletion_not_before, details,
                    last_import, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(
            arguments: [
                contact.key.tenant.rawValue, contact.key.id.rawValue, contact.country.rawValue,
                Self.bucket(contact.details), contact.isProtected, contact.deletionNotBefore?.microseconds, details,
                run, now.microseconds, now.microseconds,
            ])
    }

    private func replace(_ details: Int64, by contact: RegistryContact) throws {
        let overwrite = try database.cachedStatement(
            sql: "UPDATE contact_details SET \(BatchWriter.overwriting(ContactColumns.all)) WHERE id = ?")
        try overwrite.execute(arguments: [details])
        let statement = try database.cachedStatement(
            sql: """
                UPDATE contacts SET country = ?, number_bucket = ?, details = ?, last_import = ?, updated_at = ?
                WHERE tenant = ? AND id = ?
                """)
        try statement.execute(
            arguments: [
                contact.country.rawValue, Self.bucket(contact.details), try append(contact.details), run,
                now.microseconds, contact.key.tenant.rawValue, contact.key.id.rawValue,
            ])
    }

    private func touch(_ key: [String]) throws {
        let statement = try database.cachedStatement(
            sql: "UPDATE contacts SET last_import = ? WHERE tenant = ? AND id = ?")
        try statement.execute(arguments: [run, key[0], key[1]])
    }

    private func append(_ details: RegistryContact.Details) throws -> Int64 {
        let marks = ContactColumns.all.map { _ in "?" }.joined(separator: ", ")
        let statement = try database.cachedStatement(
            sql: "INSERT INTO contact_details (\(ContactColumns.all.joined(separator: ", "))) VALUES (\(marks))")
        try statement.execute(arguments: StatementArguments(Self.values(details)))
        return database.lastInsertedRowID
    }

    private func holds(_ id: Int64, _ details: RegistryContact.Details) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT \(ContactColumns.all.joined(separator: ", ")) FROM contact_details WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { return false }
        return Self.values(details).enumerated().allSatisfy { index, value in
            let held = row[index] as String?
            return held.map { Array($0.utf8) } == value.map { Array($0.utf8) }
        }
    }

    private static func values(_ details: RegistryContact.Details) -> [String?] {
        ContactColumns.fields.map { field in
            details[keyPath: field].flatMap { $0.reveal().isEmpty ? nil : $0.reveal() }
        }
    }

    private static func bucket(_ details: RegistryContact.Details) -> Int64? {
        guard let number = details.number?.reveal(), !number.isEmpty else { return nil }
        return ContactNumber(written: number).bucket
    }
}
