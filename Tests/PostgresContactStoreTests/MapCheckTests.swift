import ContactStore
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

@Suite("A map is held against the live catalog", .enabled(if: TestServer.url != nil, TestServer.missing))
struct MapCheckTests {
    /// What is wrong with a map of the customers' register, by key.
    private func problems(
        _ layout: [String] = CustomerRegister.layout, url: String? = TestServer.url, _ change: (inout FieldMap) -> Void
    ) throws -> [String: MapProblem] {
        let fixture = try CustomerRegister.fixture()
        let company = "wrong_" + fixture.company
        let statements = ["CREATE SCHEMA \(company)"] + layout.map { $0.replacing("SCHEMA", with: company) }
        try TestServer.run(statements.map { Statement($0) })
        defer { _ = try? TestServer.run("DROP SCHEMA \(company) CASCADE") }
        var map = CustomerRegister.map(company)
        change(&map)
        let settings = PostgresContactStore.Settings(
            target: try TestServer.target(url), schema: fixture.schema, map: map)
        let found = try PostgresContactInspection(settings).findings.filter { !$0.isWarning }
        if !found.isEmpty {
            let error = #expect(throws: StoreError.self) { try PostgresContactStore(settings) }
            for problem in found { #expect(error?.description.contains(problem.description) == true) }
        }
        return Dictionary(found.map { ($0.key, $0) }) { first, _ in first }
    }

    @Test("a right map has no problem")
    func findsNothing() throws {
        #expect(try problems { _ in }.isEmpty)
    }

    @Test("a table that is not there, or is none, is named")
    func namesTables() throws {
        let missing = try problems { $0.table = TableName(schema: "crm", name: "nobody") }
        #expect(missing["store.contacts.table"]?.problem.contains("crm.nobody") == true)
        let view = CustomerRegister.layout + ["CREATE VIEW SCHEMA.people AS SELECT * FROM SCHEMA.customer"]
        let found = try problems(view) { $0.table = TableName(schema: $0.table.schema, name: "people") }
        #expect(found["store.contacts.table"]?.problem.contains("is not a table") == true)
    }

    @Test("everything that is wrong is reported at once, in the map's own terms, with the way out")
    func reportsAllAtOnce() throws {
        let found = try problems { map in
            map.key = "customer_no"
            map.flag = FieldMap.Flag(column: "protected_identity")
            map.cleared[1].replacement = nil
            map.cleared[6].replacement = "never"
            map.updatedAt = "email"
            map.dependents[0].contact = "customer"
        }
        #expect(found["store.contacts.key"]?.advice.contains("customer_id") == true)
        #expect(found["store.contacts.flag.yes"]?.problem.contains("character(1)") == true)
        #expect(found["store.contacts.replace.last_name"]?.advice.contains("DROP NOT NULL") == true)
        #expect(found["store.contacts.replace.birth_date"]?.problem.contains("no value of type date") == true)
        #expect(found["store.contacts.updatedAt"]?.problem.contains("not a time") == true)
        #expect(found["store.contacts.tables.deliveries.contact"] != nil)
    }

    @Test("a missing index is a problem, with the statement that makes it")
    func wantsIndexes() throws {
        let bare = CustomerRegister.layout.filter { !$0.hasPrefix("CREATE INDEX") }
        let found = try problems(bare) { _ in }
        #expect(
            found["store.contacts.number.column"]?.advice.hasSuffix("\"customer\" (\"tenant\", \"national_id\");")
                == true)
        #expect(found["store.contacts.tables.deliveries.contact"]?.advice.contains("CREATE INDEX CONCURRENTLY") == true)
        #expect(found["store.contacts.tables.households.contact"] == nil)
    }

    @Test(
        "an index that every look-up of a number can use is enough",
        arguments: [
            ("(national_id)", true), ("(national_id, tenant)", true), ("(tenant, national_id, city)", true),
            ("(tenant, national_id) WHERE national_id IS NOT NULL", true),
            ("(tenant, national_id) WHERE protected_identity = 'N'", false), ("(tenant)", false),
            ("(tenant, national_id) WHERE national_id IS NOT NULL AND protected_identity = 'N'", false),
            ("(lower(national_id))", false), ("(tenant, city, national_id)", false),
        ])
    func judgesIndexes(index: String, isEnough: Bool) throws {
        let layout = CustomerRegister.layout.map {
            $0.replacing("ON SCHEMA.customer (tenant, national_id)", with: "ON SCHEMA.customer \(index)")
        }
        #expect((try problems(layout) { _ in }["store.contacts.number.column"] == nil) == isEnough)
    }

    @Test("a key that nothing keeps unique, a generated column and a unique one that takes a replacement are refused")
    func refusesWhatCannotWork() throws {
        let loose = CustomerRegister.layout.map { layout in
            layout.replacing("customer_id bigint PRIMARY KEY", with: "customer_id bigint")
                .replacing(" REFERENCES SCHEMA.customer", with: "")
                .replacing("phone text", with: "phone text GENERATED ALWAYS AS (street) STORED")
                .replacing("city text, email text", with: "city text UNIQUE, email text")
        }
        let found = try problems(loose) { map in
            map.cleared.append(FieldMap.Cleared(column: "phone", field: .name))
            map.cleared[5].replacement = "-"
        }
        #expect(found["store.contacts.key"]?.advice.contains("CREATE UNIQUE INDEX CONCURRENTLY") == true)
        #expect(found["store.contacts.clear.phone"]?.problem.contains("generated") == true)
        #expect(found["store.contacts.replace.city"]?.problem.contains("unique") == true)
    }

    @Test("a column of a type that holds no numbers, keys or flags is refused")
    func refusesTypes() throws {
        let found = try problems { map in
            map.number.column = "birth_date"
            map.key = "created_at"
            map.country = .column("customer_id")
        }
        #expect(found["store.contacts.number.column"] != nil)
        #expect(found["store.contacts.key"] != nil)
        #expect(found["store.contacts.country.column"] != nil)
    }

    @Test("a flag's values have to be told apart, and to be read back as they were written")
    func judgesFlags() throws {
        let cut = try problems { $0.flag.yes = ["YES"] }
        #expect(cut["store.contacts.flag.yes"]?.problem.contains("read back") == true)
        #expect(try problems { $0.flag.yes = [""] }["store.contacts.flag.yes"] != nil)
        #expect(try problems { $0.flag.no = "J" }["store.contacts.flag.no"] != nil)
    }

    @Test("a column that is named twice, a number with decimals, a domain that refuses NULL: each is refused")
    func refusesTraps() throws {
        let found = try problems { map in
            map.cleared.append(FieldMap.Cleared(column: "national_id", field: .name))
            map.cleared.append(FieldMap.Cleared(column: "customer_id", field: .name))
        }
        #expect(found["store.contacts.clear.national_id"] != nil)
        #expect(found["store.contacts.clear.customer_id"] != nil)
        let decimals = CustomerRegister.layout.map {
            $0.replacing("national_id varchar(13)", with: "national_id numeric(14,2)")
        }
        #expect(try problems(decimals) { _ in }["store.contacts.number.column"]?.problem.contains("decimals") == true)
        let domain =
            ["CREATE DOMAIN SCHEMA.base AS text NOT NULL", "CREATE DOMAIN SCHEMA.street AS SCHEMA.base"]
            + CustomerRegister.layout.map {
                $0.replacing("care_of text, street text", with: "care_of text, street SCHEMA.street")
            }
        #expect(try problems(domain) { _ in }["store.contacts.replace.street"]?.problem.contains("NOT NULL") == true)
    }

    @Test(
        "a table that hangs on keys which are unique within a tenant only has to tell the tenant; keys have to be comparable"
    )
    func refusesOtherTenantsRows() throws {
        let layout = CustomerRegister.layout.map { layout in
            layout.replacing("customer_id bigint PRIMARY KEY", with: "customer_id bigint")
                .replacing("'2020-01-01Z'\n", with: "'2020-01-01Z', PRIMARY KEY (tenant, customer_id)\n")
                .replacing(" REFERENCES SCHEMA.customer", with: "")
        }
        #expect(try problems(layout) { _ in }["store.contacts.tables.deliveries.tenant"] != nil)
        let texts = CustomerRegister.layout.map {
            $0.replacing("customer_id bigint NOT NULL REFERENCES SCHEMA.customer", with: "customer_id text NOT NULL")
        }
        #expect(
            try problems(texts) { _ in }["store.contacts.tables.deliveries.contact"]?.problem.contains("compared")
                == true)
    }
}
