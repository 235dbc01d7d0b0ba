import GRDB
import Testing

@testable import SQLiteContactStore

@Suite("An upgrade of the registry")
struct UpgradeTests {
    @Test("a registry of the first version is brought up to date, and what it knew counts from then on")
    func fromTheFirst() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("registry.sqlite")
        do {
            let queue = try DatabaseQueue(path: path)
            try Schema.migrator.migrate(queue, upTo: "1 registry and journal")
            try queue.write { database in
                try database.execute(sql: "INSERT INTO register_words VALUES (x'01', 'SPAR', 0, 0)")
            }
            try queue.close()
        }
        let store = try SQLiteContactStore(path: path)
        defer { store.close() }
        let age = try store.queue.read { database in
            try Int.fetchOne(database, sql: "SELECT unixepoch() * 1000000 - learnt_at FROM register_words")
        }
        #expect(try (0...3_600_000_000).contains(#require(age)))
    }
}
