import ContactStore
import Foundation
import Testing

@testable import PostgresContactStore

@Suite("The worker's own tables", .enabled(if: TestServer.url != nil, TestServer.missing))
struct MigrationTests {
    private func schema() throws -> SchemaName {
        try #require(SchemaName("worker_\(String(UInt64.random(in: .min ... .max), radix: 36))"))
    }

    @Test("any number of processes may migrate at once: each migration is made once")
    func migratesOnce() async throws {
        let schema = try schema()
        defer { _ = try? TestServer.run("DROP SCHEMA IF EXISTS \(schema.name) CASCADE") }
        let migrator = Migrator(target: try TestServer.target(), schema: schema)
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 { group.addTask { try migrator.migrate().count } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(applied.reduce(0, +) == Migration.all.count)
    }

    @Test("the printed script makes what migrate would make")
    func printsTheSame() throws {
        let schema = try schema()
        defer { _ = try? TestServer.run("DROP SCHEMA IF EXISTS \(schema.name) CASCADE") }
        let migrator = Migrator(target: try TestServer.target(), schema: schema)
        let file = FileManager.default.temporaryDirectory.appending(path: "\(schema).sql")
        try Data(migrator.script.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let url = try #require(TestServer.url)
        let psql = Process()
        psql.executableURL = URL(filePath: "/usr/bin/env")
        psql.arguments = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", file.path, url]
        try psql.run()
        psql.waitUntilExit()
        #expect(psql.terminationStatus == 0)
        #expect(try migrator.migrate().isEmpty)
    }

    @Test("a version that another build has made is refused by its checksum, and a newer one by its number")
    func refusesStrangers() throws {
        let schema = try schema()
        defer { _ = try? TestServer.run("DROP SCHEMA IF EXISTS \(schema.name) CASCADE") }
        let migrator = Migrator(target: try TestServer.target(), schema: schema)
        _ = try migrator.migrate()
        try TestServer.run("UPDATE \(schema("migrations")) SET checksum = 'other' WHERE version = 1")
        #expect(throws: StoreError.self) { try migrator.migrate() }
        try TestServer.run(
            "UPDATE \(schema("migrations")) SET checksum = '\(Migration.all[0].checksum)'",
            "INSERT INTO \(schema("migrations")) VALUES (99, 'later', 'x')")
        let error = #expect(throws: StoreError.self) { try migrator.migrate() }
        #expect(error?.description.contains("newer version") == true)
    }

    @Test("a store without its tables says what to run")
    func namesTheWayOut() throws {
        let settings = PostgresContactStore.Settings(
            target: try TestServer.target(), schema: try schema(), map: PostgresFixture.map("nowhere"))
        let error = #expect(throws: StoreError.self) { try PostgresContactStore(settings) }
        #expect(error?.description.contains("protected-identity migrate") == true)
    }
}
