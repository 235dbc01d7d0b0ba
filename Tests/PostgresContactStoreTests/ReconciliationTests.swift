import ContactStore
import ContactStoreConformance
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

@Suite("Reconciliation on a company's tables", .enabled(if: TestServer.url != nil, TestServer.missing))
struct ReconciliationTests {
    private func reconciliation() throws -> Reconciliation {
        Reconciliation(
            decidedAt: Events.now, policies: .keepEverywhere,
            keyring: try DigestKeyring(parsing: "old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="))
    }

    private func reconcile(
        _ fixture: PostgresFixture, from start: ReconciliationPage.Start = .all(after: nil), limit: Int = 10
    ) throws -> (scanned: Int, redacted: [String], refused: Int) {
        var result = (scanned: 0, redacted: [String](), refused: 0)
        var next: ReconciliationPage.Start? = start
        while let start = next {
            let page = try fixture.store.scan(reconciliation(), ReconciliationPage(from: start, limit: limit))
            result.scanned += page.count
            let done = try fixture.store.reconcile(page.candidates, reconciliation(), lease: Events.now)
            result.redacted += done.messages.flatMap(\.contactIDs).map(\.rawValue)
            result.refused += done.refused
            next = page.next
        }
        return result
    }

    /// A protected person with one contact, who is known and clear, and a stranger.
    private func fixture() throws -> PostgresFixture {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try fixture.addCustomer(2, number: TestNumbers.bo)
        _ = try fixture.apply(Events.Said(TestNumbers.asa))
        return fixture
    }

    @Test("data that somebody put back, in the contact or in a table that hangs on it, is cleared again")
    func putBack() throws {
        let fixture = try fixture()
        #expect(try reconcile(fixture).redacted.isEmpty)
        try fixture.sql("UPDATE SCHEMA.customer SET street = 'Provgatan 1' WHERE customer_id = 1")
        #expect(try reconcile(fixture).redacted == ["1"])
        try fixture.sql("INSERT INTO SCHEMA.delivery_address (customer_id, recipient, street) VALUES (1, 'Å', 'P 1')")
        #expect(try reconcile(fixture).redacted == ["1"])
        try fixture.sql("UPDATE SCHEMA.customer SET protected_identity = 'N' WHERE customer_id = 1")
        #expect(try reconcile(fixture).redacted == ["1"])
        let clear = try fixture.sql(
            """
            SELECT (SELECT count(*) FROM SCHEMA.customer WHERE customer_id = 1 AND street IS NULL
                AND protected_identity = 'Y'), (SELECT count(*) FROM SCHEMA.delivery_address WHERE customer_id = 1
                AND street IS NOT NULL), (SELECT count(*) FROM SCHEMA.customer WHERE customer_id = 2 AND street IS NOT NULL)
            """)
        #expect([0, 1, 2].map { clear?.integer(0, $0) } == [1, 0, 1])
    }

    @Test("a contact made anew under another key is cleared: its person is remembered by their number")
    func madeAnew() throws {
        let fixture = try fixture()
        try fixture.addCustomer(7, number: "000101-2384")
        #expect(try reconcile(fixture).redacted == ["7"])
    }

    @Test("only what was changed is looked at, page by page, and nothing that was is left out")
    func changed() throws {
        let fixture = try fixture()
        for id in 10..<25 { try fixture.addCustomer(id, number: nil) }
        try fixture.sql(
            """
            UPDATE SCHEMA.customer SET updated_at = '2026-01-01Z'::timestamptz
                + (customer_id / 4) * interval '1 second', street = 'P' WHERE customer_id >= 10
            """,
            "UPDATE SCHEMA.customer SET updated_at = '2026-01-01T00:00:04Z', street = 'P' WHERE customer_id = 1")
        let since = try #require(Timestamp(rfc3339: "2026-01-01T00:00:04Z"))
        let done = try reconcile(fixture, from: .changed(since: since, after: nil), limit: 3)
        // Those from 16 on, and the protected one; and the clearing itself is a change that is met once more.
        #expect(done.scanned == 9 + 1 + 1)
        #expect(done.redacted == ["1"])
    }

    @Test("rows whose tenant or key no event can name stop nothing, on whatever page they stand")
    func strangeRows() throws {
        let fixture = try fixture()
        for id in 20..<26 { try fixture.addCustomer(id, number: nil, tenant: "Not A Tenant") }
        try fixture.addCustomer(30, number: TestNumbers.asa)
        let done = try reconcile(fixture, limit: 2)
        #expect(done.scanned == 9)
        #expect(done.redacted == ["30"])
    }

    @Test("a contact that a trigger keeps as it was is told, and the others are cleared")
    func refused() throws {
        let fixture = try fixture()
        try fixture.addCustomer(3, number: TestNumbers.asa)
        try fixture.addCustomer(4, number: TestNumbers.cecilia)
        _ = try fixture.apply(Events.Said(TestNumbers.cecilia))
        try fixture.addCustomer(5, number: TestNumbers.cecilia)
        try fixture.sql(
            """
            CREATE FUNCTION SCHEMA.keep() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN IF NEW.customer_id = 3 THEN NEW.street := ''kept''; END IF; RETURN NEW; END'
            """,
            "CREATE TRIGGER keep BEFORE UPDATE ON SCHEMA.customer FOR EACH ROW EXECUTE FUNCTION SCHEMA.keep()")
        let done = try reconcile(fixture)
        #expect(done.redacted == ["5"])
        #expect(done.refused == 1)
    }

    @Test("a page of all contacts reads the index that tells them apart, whichever that is")
    func usesIndexes() throws {
        for fixture in [try CustomerRegister.fixture(), try PostgresFixture()] {
            var connection = try PostgresContactStore.connect(try fixture.settings())
            let catalog = try Catalog.read(fixture.map, &connection)
            let scan = ScanSQL(sql: ContactSQL(map: fixture.map, schema: fixture.schema, catalog: catalog))
            let place = ReconciliationPage.ContactPlace(tenant: "nordic-sport", id: "1")
            var starts = [ReconciliationPage.Start.all(after: nil), .all(after: place)]
            if fixture.store.tellsChanges {
                let change = ReconciliationPage.ChangePlace(changedAt: "2026-01-01 00:00:00+00", contact: place)
                starts += [.changed(since: Events.now, after: nil), .changed(since: Events.now, after: change)]
            }
            for start in starts {
                let statement = try #require(scan.page(ReconciliationPage(from: start, limit: 10)))
                let plan = try connection.run(
                    [Statement("EXPLAIN " + statement.sql, statement.parameters)], deadline: .seconds(30))[0]
                let lines = plan.rows.map { plan.text($0, 0) ?? "" }.joined(separator: "\n")
                #expect(!lines.contains("Seq Scan") && !lines.contains("Sort"), "\(lines)")
            }
        }
    }

    @Test("a missing index on the time of change deserves a look, with the SQL that makes it")
    func missingIndex() throws {
        let fixture = try CustomerRegister.fixture()
        func found() throws -> MapProblem? {
            var connection = try PostgresContactStore.connect(try fixture.settings())
            let catalog = try Catalog.read(fixture.map, &connection)
            return try MapCheck(fixture.map, catalog: catalog, schema: fixture.schema).all(&connection)
                .first { $0.key == "store.contacts.updatedAt" }
        }
        #expect(try found() == nil)
        try fixture.sql("DROP INDEX SCHEMA.customer_updated_at_customer_id_idx")
        let problem = try #require(try found())
        #expect(problem.isWarning)
        try fixture.sql(problem.advice)
        #expect(try found() == nil)
    }
}
