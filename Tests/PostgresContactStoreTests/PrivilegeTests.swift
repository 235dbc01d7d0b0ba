import ContactStore
import ContactStoreConformance
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

@Suite(
    "The worker runs with exactly the privileges that it prints",
    .enabled(if: TestServer.url != nil, TestServer.missing))
struct PrivilegeTests {
    /// A role that may do nothing but what it is granted; goes at the end.
    final class Role {
        let name: String
        let url: String

        init() throws {
            name = "worker_role_\(String(UInt64.random(in: .min ... .max), radix: 36))"
            try TestServer.run("CREATE ROLE \(name) LOGIN PASSWORD 'secret'")
            url = try TestServer.url(role: name, password: "secret")
        }

        /// A role that may do what a worker has to.
        convenience init(workingOn fixture: PostgresFixture) throws {
            try self.init()
            try grant(Grants(map: fixture.map, schema: fixture.schema).worker(role: name))
        }

        func grant(_ statements: [String]) throws {
            try TestServer.run(statements.map { Statement($0) })
        }

        deinit {
            _ = try? TestServer.run("DROP OWNED BY \(name)", "DROP ROLE \(name)")
        }
    }

    @Test("a contact that a policy shows and keeps from being written is refused, and not waited for")
    func refusesWhatPoliciesKeep() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        let role = try Role(workingOn: fixture)
        try fixture.sql(
            "ALTER TABLE SCHEMA.customer ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY all_are_seen ON SCHEMA.customer FOR SELECT USING (true)",
            "CREATE POLICY none_is_written ON SCHEMA.customer FOR UPDATE USING (customer_id <> 1)")
        let store = try PostgresContactStore(try fixture.settings(url: role.url))
        defer { store.close() }
        var events = try Events()
        let batch = try events.batch([TestNumbers.asa])
        let error = #expect(throws: StoreError.self) { try store.apply(batch) }
        guard case .refused(let text) = error else {
            Issue.record("not refused: \(String(describing: error))")
            return
        }
        #expect(text.contains("row-level policy"))
    }

    @Test("with them it clears, and reads or writes no other column")
    func suffices() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        let role = try Role(workingOn: fixture)
        let store = try PostgresContactStore(try fixture.settings(url: role.url))
        var events = try Events()
        let applied = try store.apply(try events.batch([.init(TestNumbers.asa)]))
        guard case .outcome(.redacted, contacts: ["1"], _) = applied.verdicts.map(Published.init).first else {
            Issue.record("not redacted")
            return
        }
        try store.settle(
            [SettledSlice(id: applied.sliceIDs[0], partition: events.partition, last: 0)], of: events.group)
        #expect(try store.unpublishedSlices().isEmpty)
        #expect(try store.digestKeyUse().isEmpty == false)
        store.close()

        var connection = try PostgresConnection.open(try TestServer.target(role.url), deadline: .seconds(10))
        for statement in [
            "SELECT phone FROM \(fixture.company).customer", "SELECT created_at FROM \(fixture.company).customer",
            "UPDATE \(fixture.company).customer SET email = NULL", "DELETE FROM \(fixture.company).customer",
            "UPDATE \(fixture.company).customer SET customer_id = 2", "TRUNCATE \(fixture.schema("journal"))",
            "INSERT INTO \(fixture.company).delivery_address (customer_id, recipient) VALUES (1, 'x')",
            "UPDATE \(fixture.schema("migrations")) SET checksum = ''",
        ] {
            let error = #expect(throws: PostgresError.self) {
                try connection.run([Statement(statement)], deadline: .seconds(10))
            }
            #expect(error?.state == .insufficientPrivilege, "\(statement)")
        }
    }

    @Test("without one of them the map is refused, with the grant that is missing")
    func namesWhatIsMissing() throws {
        let fixture = try CustomerRegister.fixture()
        let role = try Role()
        let grants = Grants(map: fixture.map, schema: fixture.schema).worker(role: role.name)
        try role.grant(grants)
        let table = fixture.map.table.sql
        for (revoked, named) in [
            ("UPDATE (street) ON \(table)", "GRANT UPDATE (\"street\")"),
            ("SELECT (national_id) ON \(table)", "GRANT SELECT (\"national_id\")"),
            ("DELETE ON \(fixture.map.dependents[1].table.sql)", "GRANT DELETE ON"),
            ("INSERT ON \(fixture.schema("journal"))", "GRANT SELECT, INSERT, UPDATE, DELETE"),
            ("USAGE ON SEQUENCE \(fixture.schema("slice_ids"))", "GRANT USAGE ON SEQUENCE"),
        ] {
            try TestServer.run("REVOKE \(revoked) FROM \(role.name)")
            let error = #expect(throws: StoreError.self) {
                try PostgresContactStore(try fixture.settings(url: role.url))
            }
            #expect(error?.description.contains(named) == true, "\(revoked): \(String(describing: error))")
            try role.grant(grants)
        }
    }

    @Test("a role without any is told each of them")
    func namesAllThatIsMissing() throws {
        let fixture = try CustomerRegister.fixture()
        let role = try Role()
        let settings = try fixture.settings(url: role.url)
        let error = #expect(throws: StoreError.self) { try PostgresContactStore(settings) }
        #expect(error?.description.contains("GRANT USAGE ON SCHEMA \"\(fixture.schema)\"") == true)
        let inspection = try PostgresContactInspection(settings)
        #expect(inspection.findings.contains { $0.advice.contains("GRANT USAGE ON SCHEMA \"\(fixture.company)\"") })
        #expect(inspection.findings.contains { $0.advice.contains("GRANT SELECT (\"national_id\")") })
    }

    @Test("a privilege that goes while the worker runs stops it with a clear word, and nothing is lost")
    func noticesRevocation() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        let role = try Role(workingOn: fixture)
        let store = try PostgresContactStore(try fixture.settings(url: role.url))
        try TestServer.run("REVOKE UPDATE (street) ON \(fixture.map.table.sql) FROM \(role.name)")
        var events = try Events()
        let batch = try events.batch([.init(TestNumbers.asa)])
        let before = try fixture.everything()
        guard case .unusable(let text) = #expect(throws: StoreError.self, performing: { try store.apply(batch) }) else {
            Issue.record("not refused for good")
            return
        }
        #expect(text.contains("privilege"))
        #expect(try fixture.everything() == before)
        try role.grant(Grants(map: fixture.map, schema: fixture.schema).worker(role: role.name))
        #expect(try store.apply(batch).verdicts.count == 1)
    }
}
