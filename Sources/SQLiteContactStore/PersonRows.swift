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

    /// The persons, and all the aliases that they are known by.
    func load(
        _ ids: Set<PersonID>, aliases: inout [PersonAlias: PersonID]
    ) throws -> [PersonID: Person] {
        var rows = PackedRows()
        for id in ids.sorted() { rows.append([.blob(id.bytes)]) }
        var persons: [PersonID: Person] = [:]
        try BatchReader.forEach(Self.aliasesOfPerson, rows, in: database) { row in
            guard let kind = PersonAlias.Kind(rawValue: row[1]), let digest = PersonDigest(bytes: row.bytes(2)) else {
                throw BatchReader.damaged
            }
            let id = PersonID(bytes: row.bytes(0))
            aliases[PersonAlias(kind, digest)] = id
            let hadNumber = persons[id]?.hasNumber ?? false
            persons[id, default: Person()].hasNumber = hadNumber || kind == .number
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
    private static let aliasesOfPerson = """
        SELECT aliases.person, aliases.kind, aliases.digest FROM \(PackedRows.source)
        CROSS JOIN aliases ON aliases.person = \(PackedRows.blob(0))
        """
    private static let words = """
        SELECT register_words.person, registry, observed_at, is_protected FROM \(PackedRows.source)
        CROSS JOIN register_words ON register_words.person = \(PackedRows.blob(0))
        """
}
