internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// Saves what a decision has changed, set by set: a fixed number of statements, whatever the size of the batch.
struct BatchWriter {
    let database: Database
    let now: Timestamp

    func save(_ changes: Changes, standing slices: StandingSlices) throws {
        try merge(changes.mergeTargets)
        try saveAliases(changes.aliases)
        try saveLinks(changes.links)
        try saveWords(changes.persons)
        try saveContacts(changes.contacts)
        try saveDeletions(changes.deletions)
        try DeletionRows(database: database).delete(changes.deleted.union(changes.gone))
        try saveJournal(changes.journal, in: slices)
        try move(changes.moved, to: slices)
    }

    /// Runs one statement over packed rows and returns how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ rows: PackedRows) throws -> Int {
        guard !rows.isEmpty else { return 0 }
        try database.cachedStatement(sql: sql).execute(arguments: rows.arguments())
        return database.changesCount
    }
}

// Persons.
extension BatchWriter {
    private func merge(_ targets: [PersonID: PersonID]) throws {
        guard !targets.isEmpty else { return }
        var rows = PackedRows()
        for (from, into) in targets.sorted(by: { $0.key < $1.key }) {
            rows.append([.blob(from.bytes), .blob(into.bytes)])
        }
        for table in ["aliases", "contacts"] {
            try run(
                """
                UPDATE \(table) SET person = \(PackedRows.blob(1)) FROM \(PackedRows.source)
                WHERE \(table).person = \(PackedRows.blob(0))
                """, rows)
        }
        // The words of both are among those that are saved for the one that is left.
        try run(
            """
            DELETE FROM register_words WHERE person IN (SELECT \(PackedRows.blob(0)) FROM \(PackedRows.source))
            """, rows)
    }

    private func saveAliases(_ aliases: [PersonAlias: PersonID]) throws {
        var rows = PackedRows()
        for (alias, person) in aliases.sorted(by: { $0.key < $1.key }) {
            rows.append([.integer(Int64(alias.kind.rawValue)), .blob(alias.digest.bytes), .blob(person.bytes)])
        }
        try run(
            """
            INSERT INTO aliases (kind, digest, person)
            SELECT \(PackedRows.integer(0)), \(PackedRows.blob(1)), \(PackedRows.blob(2)) FROM \(PackedRows.source)
            WHERE true ON CONFLICT (kind, digest) DO UPDATE SET person = excluded.person
            """, rows)
    }

    private func saveWords(_ persons: [PersonID: Person]) throws {
        var rows = PackedRows()
        for (id, person) in persons.sorted(by: { $0.key < $1.key }) {
            for (registry, word) in person.words {
                rows.append([
                    .blob(id.bytes), .text(registry), .integer(word.observedAt.microseconds),
                    .integer(word.status == .protected ? 1 : 0), .integer(now.microseconds),
                ])
            }
        }
        try run(
            """
            INSERT INTO register_words (person, registry, observed_at, is_protected, learnt_at)
            SELECT \(PackedRows.blob(0)), \(PackedRows.text(1)), \(PackedRows.integer(2)), \(PackedRows.integer(3)),
                \(PackedRows.integer(4))
            FROM \(PackedRows.source)
            WHERE true ON CONFLICT (person, registry) DO UPDATE
            SET observed_at = excluded.observed_at, is_protected = excluded.is_protected, learnt_at = excluded.learnt_at
            """, rows)
    }
}
