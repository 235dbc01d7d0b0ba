internal import ContactStore
internal import GRDB
internal import ProtectedIdentity

/// What is remembered of persons.
struct PersonRows {
    let database: Database

    func loadAliases(_ aliases: Set<PersonAlias>) throws -> [PersonAlias: PersonID] {
        var rows = PackedRows()
        for alias in aliases.sorted() {
            rows.append([.integer(Int64(alias.kind.rawValue)), .blob(alias.digest.bytes)])
        }
        var found: [PersonAlias: PersonID] = [:]
        try BatchReader.forEach(Self.byAlias, rows, in: database) { row in
            guard let kind = PersonAlias.Kind(rawValue: row[0]), let digest = PersonDigest(bytes: row.bytes(1)) else {
                throw BatchReader.damaged
            }
            found[PersonAlias(kind, digest)] = PersonID(bytes: row.bytes(2))
        }
        return found
    }

    func load(_ ids: Set<PersonID>) throws -> [PersonID: Person] {
        var rows = PackedRows()
        for id in ids.sorted() { rows.append([.blob(id.bytes)]) }
        var persons: [PersonID: Person] = [:]
        try BatchReader.forEach(Self.withNumber, rows, in: database) { row in
            persons[PersonID(bytes: row.bytes(0))] = Person(hasNumber: row[1])
        }
        try BatchReader.forEach(Self.words, rows, in: database) { row in
            let word = RegisterWord(
                observedAt: Timestamp(microseconds: row[2]), status: row[3] ? .protected : .notProtected)
            persons[PersonID(bytes: row.bytes(0)), default: Person()].words[row[1]] = word
        }
        return persons
    }

    private static let byAlias = """
        SELECT aliases.kind, aliases.digest, aliases.person FROM \(PackedRows.source)
        CROSS JOIN aliases ON aliases.kind = \(PackedRows.integer(0)) AND aliases.digest = \(PackedRows.blob(1))
        """
    private static let withNumber = """
        SELECT \(PackedRows.blob(0)), EXISTS (
            SELECT 1 FROM aliases
            WHERE person = \(PackedRows.blob(0)) AND kind = \(PersonAlias.Kind.number.rawValue)
        ) FROM \(PackedRows.source)
        """
    private static let words = """
        SELECT register_words.person, registry, observed_at, is_protected FROM \(PackedRows.source)
        CROSS JOIN register_words ON register_words.person = \(PackedRows.blob(0))
        """
}
