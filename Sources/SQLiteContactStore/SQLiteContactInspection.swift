public import ContactStore
internal import GRDB

/// What an operator wants to know of a registry before a worker runs on it, taken beside a worker that may be running.
///
/// It takes no lock and changes nothing.
public struct SQLiteContactInspection: Sendable {
    /// The version of the tables.
    public let layout: String
    /// How much there is of what.
    public let counts: ContactCounts
    /// How many rows bear the id of each digest key, as ``ContactStore/digestKeyUse()`` has it.
    public let digestKeyUse: [String: Int]
    /// Whether SQLite finds every page and row in order (`PRAGMA quick_check`, which reads the whole file).
    public let isIntact: Bool
    /// What is dangerous about the file but not wrong.
    public let warnings: [String]

    /// Looks into the registry at `path`.
    ///
    /// - Throws: ``StoreError`` where there is none, where it is not ours or not of this version, or cannot be read.
    public init(path: String) throws(StoreError) {
        let file = try DatabaseFile(path: path)
        try file.check(writable: false)
        warnings = file.warnings
        let failure = StoreFailure(path: file.path)
        (layout, counts, digestKeyUse, isIntact) = try failure.translating {
            let queue = try DatabaseQueue(path: file.path, configuration: Connection.reading)
            return try queue.read { database in
                try Connection.checkOrigin(database, path: file.path, allowsEmpty: false)
                return (
                    try Schema.migrator.appliedMigrations(database).last ?? "none",
                    try ContactTable(database: database).counts(), try Self.digestKeyUse(database),
                    try String.fetchAll(database, sql: "PRAGMA quick_check(1)") == ["ok"]
                )
            }
        }
    }

    /// How many rows still bear the id of each digest key: persons' aliases, and events in the journal. A digest is the
    /// length of the key's id, the id, and 32 bytes.
    static func digestKeyUse(_ database: Database) throws -> [String: Int] {
        var use: [String: Int] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT CAST(substr(digest, 2, length(digest) - 33) AS TEXT) AS key, count(*) FROM (
                    SELECT digest FROM aliases UNION ALL SELECT content FROM journal
                ) GROUP BY key
                """)
        while let row = try rows.next() { use[row[0]] = row[1] }
        return use
    }
}
