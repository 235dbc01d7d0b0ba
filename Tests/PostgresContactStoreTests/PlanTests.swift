import ContactStore
import ContactStoreConformance
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

@Suite("Statements and plans", .enabled(if: TestServer.url != nil, TestServer.missing))
struct PlanTests {
    /// Twenty thousand customers that nobody has analysed, half of them of one tenant.
    private func fixture(key: String) throws -> PostgresFixture {
        let layout = CustomerRegister.layout.map { layout in
            layout.replacing("customer_id bigint", with: "customer_id \(key)")
        }
        let fixture = try PostgresFixture(layout: layout, map: CustomerRegister.map)
        try fixture.sql(
            """
            INSERT INTO SCHEMA.customer (customer_id, tenant, country, national_id, last_name)
            SELECT n::\(key), CASE n % 2 WHEN 0 THEN 'nordic-sport' ELSE 'other' END, 'SE', (190000000000 + n)::text, 'x'
            FROM generate_series(1, 20000) AS n
            """,
            "INSERT INTO SCHEMA.delivery_address (customer_id, recipient) SELECT customer_id, 'x' FROM SCHEMA.customer")
        return fixture
    }

    /// Every statement of a batch, with arrays of a thousand.
    private func statements(_ sql: ContactSQL, _ own: OwnSQL) -> [Statement] {
        func texts(_ prefix: String = "") -> ArrayParameter {
            var array = ArrayParameter(.text)
            for number in 1...1_000 { array.append("\(prefix)\(number)") }
            return array
        }
        var tenants = ArrayParameter(.text)
        var (uuids, flags) = (ArrayParameter(.uuid), ArrayParameter(.boolean))
        for number in 1...1_000 {
            tenants.append("nordic-sport")
            uuids.append((0..<16).map { UInt8(truncatingIfNeeded: number &* (3 + $0)) })
            flags.append(true)
        }
        let contacts = [sql.findByKey, sql.lock, sql.read] + sql.clearDependents
        return contacts.map { Statement($0, arrays: [tenants, texts()]) }
            + [sql.clear, sql.mark].map { Statement($0, arrays: [tenants, texts(), flags]) }
            + [
                Statement(sql.findByNumber, arrays: [tenants, texts("19000000")]),
                Statement(sql.findByPerson, arrays: [uuids]), Statement(own.findAliases, arrays: [uuids]),
                Statement(own.aliasesOfPersons, arrays: [uuids]), Statement(own.lockAliases, arrays: [uuids]),
                Statement(own.words, arrays: [uuids]), Statement(own.findJournal, arrays: [uuids]),
            ]
    }

    @Test(
        "no statement reads a whole table, whether it was analysed or never seen, whatever the keys' type and collation",
        arguments: [true, false],
        ["bigint", "text", "varchar(20)", "char(10)", "text COLLATE \"C\"", "text COLLATE \"und-x-icu\""])
    func usesIndexes(isAnalysed: Bool, key: String) throws {
        let fixture = try fixture(key: key)
        if isAnalysed { try fixture.sql("ANALYZE SCHEMA.customer", "ANALYZE SCHEMA.delivery_address") }
        var connection = try PostgresContactStore.connect(try fixture.settings())
        let catalog = try Catalog.read(fixture.map, &connection)
        let sql = ContactSQL(map: fixture.map, schema: fixture.schema, catalog: catalog)
        for statement in statements(sql, OwnSQL(schema: fixture.schema)) {
            let plan = try connection.run(
                [Statement("EXPLAIN " + statement.sql, statement.parameters)], deadline: .seconds(30))[0]
            let lines = plan.rows.map { plan.text($0, 0) ?? "" }
            #expect(!lines.contains { $0.contains("Seq Scan") }, "\(lines.joined(separator: "\n"))")
            // An index that is read from end to end is no better.
            for (line, next) in zip(lines, lines.dropFirst()) where line.contains("Index") && line.contains("Scan") {
                #expect(next.contains("Index Cond"), "\(lines.joined(separator: "\n"))")
            }
        }
    }

    @Test("a batch costs the same number of round trips, whatever its size")
    func costsFixedRoundTrips() throws {
        let fixture = try PostgresFixture()
        try fixture.add((0..<1_000).map { try Events.contact("c-\($0)", number: Events.number($0), text: "x") })
        var connection = try PostgresContactStore.connect(try fixture.settings())
        let catalog = try Catalog.read(fixture.map, &connection)
        let reader = ResolutionReader(
            sql: ContactSQL(map: fixture.map, schema: fixture.schema, catalog: catalog),
            own: OwnSQL(schema: fixture.schema))
        var events = try Events()
        var counts: [Int] = []
        for range in [0..<10, 10..<1_000, 0..<10, 0..<1_000] {
            let before = connection.roundTrips
            let batch = try events.batch(range.map(Events.number))
            _ = try BatchTransaction(batch: batch, reader: reader).run(&connection)
            counts.append(connection.roundTrips - before)
        }
        // Whom nobody remembers yet need not be looked for; who has waited for others looks once more.
        #expect(counts.allSatisfy { (4...7).contains($0) }, "\(counts)")
    }
}
