internal import ContactStore
internal import GRDB

extension SQLiteContactStore {
    private static let task = "compaction"

    /// Rewrites the file without the emptied rows that replaced contacts leave behind, where these are the greater part.
    func compactIfWorthwhile() throws(StoreError) {
        let isWorthwhile = try read { database in
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT (SELECT count(*) FROM contact_details) > 2 * (SELECT count(*) FROM contacts) + 1000
                    """) ?? false
        }
        if isWorthwhile { try compact() }
    }

    func needsCompaction() throws(StoreError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM unfinished_tasks WHERE name = ?)", arguments: [Self.task]
            ) ?? false
        }
    }

    /// Deleting rows lets SQLite merge pages, which leaves copies of the rows beside them (see ``Schema``), so nothing is
    /// right again before the file is rewritten. A process that dies in between finds the note and finishes. The rewrite
    /// takes as much memory as the file is large: in a temporary file, values would outlive their clearing.
    func compact() throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO unfinished_tasks (name) VALUES (?)", arguments: [Self.task])
            try database.execute(sql: "DELETE FROM contact_details WHERE id NOT IN (SELECT details FROM contacts)")
        }
        try failure.translating { try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM") } }
        try write { database in
            try database.execute(sql: "DELETE FROM unfinished_tasks WHERE name = ?", arguments: [Self.task])
        }
        truncation.request()
    }
}
