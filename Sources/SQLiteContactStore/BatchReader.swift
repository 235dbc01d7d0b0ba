internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// Loads what a batch has to know, set by set: fifteen statements at most, whatever the size of the batch.
struct BatchReader {
    let database: Database

    /// Everything that the decision over `batch` can ask for.
    func snapshot(for batch: RedactionBatch) throws -> Snapshot {
        var named = batch.lookup()
        var snapshot = Snapshot()
        snapshot.requested = try DeletionRows(database: database).requested(by: named.requests)
        named.formUnion(batch.lookup(behind: snapshot.requested.values))
        let journal = JournalRows(database: database)
        snapshot.journal = try journal.load(named.journalKeys)
        snapshot.journal.merge(try journal.load(batch.places(behind: snapshot.journal))) { first, _ in first }
        let contacts = ContactRows(database: database)
        try contacts.load(keys: named.contacts, into: &snapshot.contacts)
        try contacts.load(numbers: named.numbers, into: &snapshot.contacts)

        // The contacts' own numbers lead to further contacts and persons.
        let behind = batch.lookup(after: snapshot.contacts.values)
        try contacts.load(keys: behind.contacts, into: &snapshot.contacts)
        try contacts.load(numbers: behind.numbers.subtracting(named.numbers), into: &snapshot.contacts)

        let persons = PersonRows(database: database)
        snapshot.aliases = try persons.loadAliases(named.aliases.union(behind.aliases))
        var ids = Set(snapshot.aliases.values)
        ids.formUnion(snapshot.contacts.values.compactMap(\.person))
        ids.formUnion(snapshot.requested.values.compactMap(\.person))
        try contacts.load(persons: ids, into: &snapshot.contacts)
        snapshot.persons = try persons.load(ids, aliases: &snapshot.aliases)
        return snapshot
    }
}

extension BatchReader {
    /// Steps through what a statement finds for packed rows; none where there are none.
    static func forEach(
        _ sql: String, _ rows: PackedRows, in database: Database, _ body: (Row) throws -> Void
    ) throws {
        guard !rows.isEmpty else { return }
        let cursor = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: rows.arguments())
        while let row = try cursor.next() { try body(row) }
    }

    /// A row that this program cannot have written.
    static var damaged: DatabaseError {
        DatabaseError(resultCode: .SQLITE_CORRUPT)
    }
}

extension Row {
    /// The bytes of a blob.
    func bytes(_ column: Int) -> [UInt8] {
        (try? withUnsafeData(atIndex: column) { data in data.map { Array($0) } }) ?? []
    }
}
