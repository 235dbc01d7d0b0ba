import ContactStore
import ContactStoreConformance
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

@Suite("The guard", .enabled(if: TestServer.url != nil, TestServer.missing))
struct GuardTests {
    private func guarded() throws -> PostgresFixture {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try fixture.addCustomer(2, number: TestNumbers.bo)
        try Guard.install(try fixture.settings())
        _ = try fixture.apply(.init(TestNumbers.asa))
        return fixture
    }

    /// A nightly sync that overwrites everything, the flag too.
    private let sync = """
        UPDATE SCHEMA.customer SET national_id = '20000101-2384', first_name = 'Åsa', last_name = 'Exempelsson',
            street = 'Provgatan 1', birth_date = '2000-01-01', phone = '+46 71', protected_identity = 'N'
        """

    @Test("keeps a protected contact's cleared columns and its mark, whoever writes, and lets the others be written")
    func keepsContactsClear() throws {
        let fixture = try guarded()
        try fixture.sql(sync)
        let kept = try fixture.sql(
            """
            SELECT customer_id FROM SCHEMA.customer WHERE protected_identity = 'Y' AND last_name = '-'
                AND coalesce(national_id, first_name, street) IS NULL AND birth_date IS NULL AND phone = '+46 71'
            """)
        #expect(kept?.rows.map { kept?.integer($0, 0) } == [1])
        let written = try fixture.sql("SELECT customer_id FROM SCHEMA.customer WHERE first_name = 'Åsa'")
        #expect(written?.rows.map { written?.integer($0, 0) } == [2])
    }

    @Test("keeps what hangs on a protected contact clear: new rows too, and rows that may not be there are not made")
    func keepsWhatHangsOnIt() throws {
        let fixture = try guarded()
        try fixture.sql(
            "UPDATE SCHEMA.delivery_address SET street = 'Nya gatan', recipient = 'Åsa'",
            """
            INSERT INTO SCHEMA.delivery_address (customer_id, recipient, street)
            VALUES (1, 'Åsa', 'Nya gatan'), (2, 'Bo', 'Nya gatan')
            """,
            "INSERT INTO SCHEMA.household_link VALUES (1, 5), (2, 5)")
        let streets = try fixture.sql(
            "SELECT DISTINCT customer_id FROM SCHEMA.delivery_address WHERE street IS NOT NULL")
        #expect(streets?.rows.map { streets?.integer($0, 0) } == [2])
        let names = try fixture.sql(
            "SELECT DISTINCT recipient FROM SCHEMA.delivery_address WHERE customer_id = 1")
        #expect(names?.rows.map { names?.text($0, 0) } == ["-"])
        let links = try fixture.sql("SELECT customer_id FROM SCHEMA.household_link WHERE lives_with = 5")
        #expect(links?.rows.map { links?.integer($0, 0) } == [2])
    }

    @Test("clears a protected contact that is deleted and inserted again under its key")
    func clearsReinsertedContacts() throws {
        let fixture = try guarded()
        try fixture.sql(
            "DELETE FROM SCHEMA.delivery_address", "DELETE FROM SCHEMA.household_link", "DELETE FROM SCHEMA.customer")
        try fixture.addCustomer(1, number: TestNumbers.asa)
        let row = try fixture.sql("SELECT protected_identity, first_name FROM SCHEMA.customer")
        #expect(row?.text(0, 0) == "Y")
        #expect(row?.isNull(0, 1) == true)
    }

    @Test("lets the worker lift the protection, and everybody write from then on")
    func letsGo() throws {
        let fixture = try guarded()
        let lifted = try fixture.apply(.init(TestNumbers.asa, status: .notProtected, observed: 0))
        #expect(lifted == [.outcome(.protectionLifted, contacts: ["1"], cleared: [])])
        #expect(
            try fixture.sql("SELECT protected_identity FROM SCHEMA.customer WHERE customer_id = 1")?.text(0, 0) == "N")
        try fixture.sql(sync)
        let written = try fixture.sql("SELECT 1 FROM SCHEMA.customer WHERE first_name = 'Åsa'")
        #expect(written?.rows.count == 2)
    }

    @Test("works for a sync whose role has no right on the worker's tables")
    func needsNoRights() throws {
        let fixture = try guarded()
        let role = try PrivilegeTests.Role()
        try role.grant([
            "GRANT USAGE ON SCHEMA \(fixture.company) TO \(role.name)",
            "GRANT SELECT, UPDATE ON \(fixture.map.table.sql) TO \(role.name)",
        ])
        var connection = try PostgresConnection.open(try TestServer.target(role.url), deadline: .seconds(10))
        _ = try connection.run(
            [Statement(sync.replacing("SCHEMA", with: fixture.company))], deadline: .seconds(10))
        #expect(try fixture.sql("SELECT 1 FROM SCHEMA.customer WHERE first_name = 'Åsa'")?.rows.count == 1)
    }

    @Test("is removed as easily as it is added, and both may be said twice")
    func goesAsItCame() throws {
        let fixture = try guarded()
        let settings = try fixture.settings()
        #expect(try PostgresContactInspection(settings).isGuarded)
        try Guard.install(settings)
        try Guard.remove(settings)
        try Guard.remove(settings)
        #expect(try !PostgresContactInspection(settings).isGuarded)
        try fixture.sql(sync)
        #expect(try fixture.sql("SELECT 1 FROM SCHEMA.customer WHERE first_name = 'Åsa'")?.rows.count == 2)
    }

    @Test("is removed whatever else is wrong with the map")
    func goesFromAWrongMap() throws {
        let fixture = try guarded()
        var settings = try fixture.settings()
        settings.map.key = "nobody"
        try Guard.remove(settings)
        #expect(try !PostgresContactInspection(try fixture.settings()).isGuarded)
    }

    @Test("keeps a protected contact clear through a change of its key")
    func followsKeys() throws {
        let fixture = try guarded()
        try fixture.sql(
            "DELETE FROM SCHEMA.delivery_address", "DELETE FROM SCHEMA.household_link",
            "UPDATE SCHEMA.customer SET customer_id = 11, street = 'back', protected_identity = 'N' WHERE customer_id = 1"
        )
        let row = try fixture.sql("SELECT protected_identity, street FROM SCHEMA.customer WHERE customer_id = 11")
        #expect(row?.text(0, 0) == "Y")
        #expect(row?.isNull(0, 1) == true)
    }

    @Test("leaves nothing behind on a table that has left the map")
    func leavesOldTables() throws {
        let fixture = try guarded()
        var settings = try fixture.settings()
        settings.map.dependents.removeFirst()
        try Guard.install(settings)
        try fixture.sql("INSERT INTO SCHEMA.delivery_address (customer_id, recipient, street) VALUES (1, 'Åsa', 'Nya')")
        #expect(try fixture.sql("SELECT 1 FROM SCHEMA.delivery_address WHERE street = 'Nya'")?.rows.count == 1)
        try Guard.remove(settings)
        let left = try TestServer.run(
            "SELECT 1 FROM pg_proc WHERE pronamespace = '\(fixture.schema)'::regnamespace")
        #expect(left?.rows.count == 0)
    }

    @Test("guards a table that hangs on contacts by two columns at both of them")
    func guardsBothEnds() throws {
        let fixture = try guarded()
        var settings = try fixture.settings()
        let table = TableName(schema: fixture.company, name: "household_link")
        settings.map.dependents.append(
            FieldMap.Dependent(
                name: "others", table: table, contact: "lives_with", action: .delete(.address)))
        try fixture.sql("CREATE INDEX ON SCHEMA.household_link (lives_with)")
        try Guard.install(settings)
        #expect(try PostgresContactInspection(settings).isGuarded)
        try fixture.sql("INSERT INTO SCHEMA.household_link VALUES (2, 1), (1, 2), (2, 2)")
        let links = try fixture.sql("SELECT 1 FROM SCHEMA.household_link WHERE lives_with IN (1, 2)")
        #expect(links?.rows.count == 1)
    }

    @Test("may be installed by any number of processes at once")
    func installsOnce() async throws {
        let fixture = try guarded()
        let settings = try fixture.settings()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { try Guard.install(settings) } }
            try await group.waitForAll()
        }
        #expect(try PostgresContactInspection(settings).isGuarded)
    }

    @Test("writes replacements of types that the company has made itself")
    func writesOwnTypes() throws {
        let layout =
            ["CREATE DOMAIN SCHEMA.name AS text"]
            + CustomerRegister.layout.map { $0.replacing("last_name varchar(80)", with: "last_name SCHEMA.name") }
        let fixture = try PostgresFixture(layout: layout, map: CustomerRegister.map)
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try Guard.install(try fixture.settings())
        _ = try fixture.apply(.init(TestNumbers.asa))
        try fixture.sql(sync)
        #expect(try fixture.sql("SELECT last_name::text FROM SCHEMA.customer")?.text(0, 0) == "-")
    }

    @Test("is refused to an owner who may not read the worker's memory, with the grant")
    func wantsToRead() throws {
        let fixture = try CustomerRegister.fixture()
        let role = try PrivilegeTests.Role()
        try role.grant([
            "GRANT USAGE, CREATE ON SCHEMA \(fixture.schema.name) TO \(role.name)",
            "GRANT SELECT ON \(fixture.schema("migrations")) TO \(role.name)",
            "GRANT ALL ON SCHEMA \(fixture.company) TO \(role.name)",
            "ALTER TABLE \(fixture.map.tables[0].sql) OWNER TO \(role.name)",
            "ALTER TABLE \(fixture.map.tables[1].sql) OWNER TO \(role.name)",
            "ALTER TABLE \(fixture.map.tables[2].sql) OWNER TO \(role.name)",
        ])
        let error = #expect(throws: StoreError.self) { try Guard.install(try fixture.settings(url: role.url)) }
        #expect(error?.description.contains("GRANT SELECT ON") == true)
        try TestServer.run("REASSIGN OWNED BY \(role.name) TO CURRENT_USER")
    }
}
