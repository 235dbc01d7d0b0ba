internal import ContactStore
internal import GRDB

/// How the database is opened.
enum Connection {
    /// How long a statement waits for another process, in seconds; only a reader can be one.
    static let busySeconds = 5.0

    static var writing: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busySeconds)
        configuration.foreignKeysEnabled = true
        configuration.label = "contact registry"
        configuration.prepareDatabase { database in
            // Statement journals and sorters would put values into files that nobody watches.
            try database.execute(
                sql: """
                    PRAGMA temp_store = MEMORY;
                    PRAGMA secure_delete = ON;
                    PRAGMA cache_size = -16384;
                    PRAGMA cell_size_check = ON;
                    PRAGMA trusted_schema = OFF;
                    """)
        }
        return configuration
    }

    static var reading: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busySeconds)
        configuration.label = "contact registry, reading"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    /// Makes a new database ours, or makes sure that it is, and brings it up to date.
    static func adopt(_ queue: DatabaseQueue, failure: StoreFailure) throws {
        try queue.inDatabase { database in
            try checkOrigin(database, path: failure.path, allowsEmpty: true)
            let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            guard mode == "wal" else {
                throw StoreError.unusable(
                    "\(failure.path): its file system cannot hold a write-ahead log; use a local disk")
            }
            try database.execute(sql: "PRAGMA synchronous = FULL")
            let securesDeletes = try Int.fetchOne(database, sql: "PRAGMA secure_delete")
            guard securesDeletes == 1 else {
                throw StoreError.unusable("\(failure.path): this SQLite does not overwrite what it deletes")
            }
        }
        try Schema.migrator.migrate(queue)
    }

    /// Refuses another application's database, and one that a newer version has upgraded.
    static func checkOrigin(_ database: Database, path: String, allowsEmpty: Bool) throws {
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if tables == 0, allowsEmpty { return }
        let id = try Int32.fetchOne(database, sql: "PRAGMA application_id")
        guard id == Schema.applicationID else {
            throw StoreError.unusable(
                "\(path): this database is not a contact registry of this program; name another file")
        }
        guard try !Schema.migrator.hasBeenSuperseded(database) else {
            throw StoreError.unusable("\(path): a newer version has upgraded this database; run that version")
        }
        if !allowsEmpty, try !Schema.migrator.hasCompletedMigrations(database) {
            throw StoreError.unusable("\(path): an older version wrote this database; run `migrate` first")
        }
    }
}
