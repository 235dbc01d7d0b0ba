import ContactStore
import ContactStoreConformance
import Foundation
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

/// What is cleared is gone from the live rows at once, and from the files when the tables are rewritten.
///
/// The files are read as bytes, so the server has to be one that `scripts/postgres` has started.
@Suite(
    "After a clearing",
    .enabled(if: TestServer.url != nil && TestServer.folder != nil, "no PostgreSQL of ours: make test starts one"))
struct ErasureTests {
    /// How often a text stands in the files of the company's tables, their indexes and their overflow.
    private func occurrences(of texts: [String], _ fixture: PostgresFixture) throws -> Int {
        try fixture.sql("CHECKPOINT")
        let files = try fixture.sql(
            """
            SELECT pg_relation_filepath(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'i', 't') AND (n.nspname IN ('SCHEMA', '\(fixture.schema)') OR c.oid IN (
                SELECT t.reltoastrelid FROM pg_class t JOIN pg_namespace m ON m.oid = t.relnamespace
                WHERE m.nspname = 'SCHEMA'))
            """)
        let server = try #require(TestServer.folder)
        let folder = URL(filePath: server).appending(path: "data")
        var count = 0
        for row in files?.rows ?? 0..<0 {
            let url = folder.appending(path: files?.text(row, 0) ?? "")
            let data = (try? Data(contentsOf: url)) ?? Data()
            for text in texts where data.firstRange(of: Data(text.utf8)) != nil { count += 1 }
        }
        return count
    }

    @Test("nothing is left in the live rows; VACUUM leaves the bytes, and the documented rewrite does not")
    func isGoneAfterTheRewrite() throws {
        let fixture = try CustomerRegister.fixture()
        for id in 1...50 { try fixture.addCustomer(id, number: Events.number(id)) }
        let (name, street) = ("Hemligsson-\(UUID().uuidString)", "Gömda gatan \(UUID().uuidString)")
        try fixture.sql(
            "UPDATE SCHEMA.customer SET last_name = '\(name)', street = '\(street)' WHERE customer_id = 7",
            "UPDATE SCHEMA.delivery_address SET street = '\(street)' WHERE customer_id = 7")
        let values = [name, street, Events.number(7)]
        #expect(try occurrences(of: values, fixture) > 0)
        _ = try fixture.apply(.init(Events.number(7)))
        #expect(try !fixture.everything().contains { row in values.contains { row.contains($0) } })

        try TestServer.run("VACUUM \(fixture.map.table.sql)")
        #expect(try occurrences(of: values, fixture) > 0)
        // Maintenance is the owner's affair; a role of its own is a member of the owner's.
        let (owner, maintenance) = (try PrivilegeTests.Role(), try PrivilegeTests.Role())
        try owner.grant(["GRANT USAGE ON SCHEMA \(fixture.company) TO \(owner.name)"])
        try owner.grant(fixture.map.tables.map { "ALTER TABLE \($0.sql) OWNER TO \(owner.name)" })
        defer { _ = try? TestServer.run("REASSIGN OWNED BY \(owner.name) TO CURRENT_USER") }
        try maintenance.grant(["GRANT \(owner.name) TO \(maintenance.name)"])
        var connection = try PostgresConnection.open(try TestServer.target(maintenance.url), deadline: .seconds(10))
        // A rewrite keeps what a transaction may still see that is older than the clearing; other tests have such open.
        try waitUntil {
            for statement in Grants(map: fixture.map, schema: fixture.schema).maintenance {
                _ = try connection.run([Statement(statement)], deadline: .seconds(60))
            }
            return try occurrences(of: values, fixture) == 0
        }
    }
}
