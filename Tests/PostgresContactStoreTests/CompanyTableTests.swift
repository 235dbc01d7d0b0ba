import ContactStore
import ContactStoreConformance
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

@Suite("A company's own tables", .enabled(if: TestServer.url != nil, TestServer.missing))
struct CompanyTableTests {
    private static let all: Set<String> = ["name", "address", "personalIdentityNumber", "birthDate", "household"]

    @Test("both contacts of a person are cleared with all that hangs on them, and nobody else's row changes by a byte")
    func clearsAPersonAlone() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: "20000101-2384")
        try fixture.addCustomer(2, number: "000101-2384")
        try fixture.addCustomer(3, number: TestNumbers.bo)
        try fixture.addCustomer(4, number: nil)
        try fixture.addCustomer(5, number: TestNumbers.asa, tenant: "other")
        let others = try fixture.everything(but: [1, 2])
        #expect(try fixture.apply(.init(TestNumbers.asa)) == [.redacted("1", "2", cleared: Self.all)])
        #expect(try fixture.everything(but: [1, 2]) == others)

        let left = try fixture.sql(
            """
            SELECT count(*) FROM SCHEMA.customer WHERE customer_id IN (1, 2) AND protected_identity = 'Y'
                AND last_name = '-' AND coalesce(national_id, first_name, care_of, street, postal_code, city) IS NULL
                AND birth_date IS NULL AND email IS NOT NULL AND phone IS NOT NULL AND updated_at > created_at - '1 h'::interval
            """)
        #expect(left?.integer(0, 0) == 2)
        let addresses = try fixture.sql(
            """
            SELECT count(*) FROM SCHEMA.delivery_address WHERE customer_id IN (1, 2) AND recipient = '-'
                AND coalesce(street, postal_code) IS NULL AND coalesce(city, '') = ''
            """)
        #expect(addresses?.integer(0, 0) == 4)
        #expect(try fixture.sql("SELECT 1 FROM SCHEMA.household_link WHERE customer_id IN (1, 2)")?.rows.count == 0)
    }

    @Test("a cleared contact whose delivery address was filled in again is cleared again")
    func clearsWhatHangsOnAClearContact() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        _ = try fixture.apply(.init(TestNumbers.asa))
        #expect(try fixture.apply(.init(TestNumbers.asa)) == [.outcome(.unchanged, contacts: ["1"], cleared: [])])
        try fixture.sql("UPDATE SCHEMA.delivery_address SET street = 'Nya gatan 1' WHERE customer_id = 1")
        #expect(try fixture.apply(.init(TestNumbers.asa)) == [.redacted("1", cleared: ["address"])])
    }

    @Test("a mark that another program has taken off is set again, and goes when the protection is lifted")
    func marksAnew() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        _ = try fixture.apply(.init(TestNumbers.asa))
        try fixture.sql("UPDATE SCHEMA.customer SET protected_identity = 'N'")
        #expect(try fixture.apply(.init(TestNumbers.asa)) == [.redacted("1", cleared: [])])
        try fixture.sql("UPDATE SCHEMA.customer SET protected_identity = 'N'")
        let lifted = try fixture.apply(.init(TestNumbers.asa, status: .notProtected, observed: 0))
        #expect(lifted == [.outcome(.protectionLifted, contacts: ["1"], cleared: [])])
        let standing = try fixture.sql("SELECT 1 FROM \(fixture.schema("contacts")) WHERE is_protected")
        #expect(standing?.rows.count == 0)
    }

    @Test("every one of the flag's values that mean yes is read as one")
    func readsFlags() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try fixture.sql("UPDATE SCHEMA.customer SET protected_identity = 'J'")
        let lifted = try fixture.apply(.init(TestNumbers.asa, status: .notProtected))
        #expect(lifted == [.outcome(.protectionLifted, contacts: ["1"], cleared: [])])
        #expect(try fixture.sql("SELECT protected_identity FROM SCHEMA.customer")?.text(0, 0) == "N")
    }

    @Test("the same ten digits are a Swedish number in one row and a Danish one in another")
    func tellsCountriesApart() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: "310112-2384")
        try fixture.addCustomer(2, number: "310112-2384", country: "DK")
        #expect(try fixture.apply(.init("3101122384", country: .denmark)) == [.redacted("2", cleared: Self.all)])
        #expect(try fixture.apply(.init("193101122384")) == [.redacted("1", cleared: Self.all)])
    }

    @Test("a short form that fits two centuries is never matched with a guess")
    func setsAmbiguousFormsAside() throws {
        let fixture = try CustomerRegister.fixture()
        // 1920 or 2020: both may live.
        try fixture.addCustomer(1, number: "200101-2380")
        let before = try fixture.everything()
        #expect(try fixture.apply(.init("192001012380")) == [.quarantined(.ambiguousMatch)])
        #expect(try fixture.everything() == before)
        #expect(try fixture.apply(.init("192001012380", contact: "1")) == [.redacted("1", cleared: Self.all)])
    }

    @Test("numbers in a numeric column are found without their leading zeros", arguments: ["bigint", "numeric(12)"])
    func findsNumericNumbers(type: String) throws {
        let layout = CustomerRegister.layout.map {
            $0.replacing("national_id varchar(13)", with: "national_id \(type)")
        }
        let fixture = try PostgresFixture(layout: layout, map: CustomerRegister.map)
        try fixture.addCustomer(1, number: "0103922852", country: "DK")
        try fixture.addCustomer(2, number: "0001012384")
        try fixture.addCustomer(3, number: "200002292399")
        #expect(try fixture.apply(.init("010392-2852", country: .denmark)) == [.redacted("1", cleared: Self.all)])
        #expect(try fixture.apply(.init(TestNumbers.asa)) == [.redacted("2", cleared: Self.all)])
        #expect(try fixture.apply(.init(TestNumbers.bo)) == [.redacted("3", cleared: Self.all)])
    }

    @Test("a column that pads with spaces is searched by its index and found")
    func findsPaddedNumbers() throws {
        let layout = CustomerRegister.layout.map {
            $0.replacing("national_id varchar(13)", with: "national_id char(20)")
        }
        let fixture = try PostgresFixture(layout: layout, map: CustomerRegister.map)
        try fixture.addCustomer(1, number: "20000101-2384")
        #expect(try fixture.apply(.init(TestNumbers.asa)) == [.redacted("1", cleared: Self.all)])
    }

    @Test("only the written forms that the map names are looked for")
    func looksForNamedForms() throws {
        let fixture = try PostgresFixture(layout: CustomerRegister.layout) { company in
            var map = CustomerRegister.map(company)
            map.numberForms = [.long, .shortHyphen]
            return map
        }
        try fixture.addCustomer(1, number: "200001012384")
        try fixture.addCustomer(2, number: "000101-2384")
        try fixture.addCustomer(3, number: "20000101 2384")
        try fixture.addCustomer(4, number: "031204+9802")
        #expect(try fixture.apply(.init(TestNumbers.asa)) == [.redacted("1", "2", cleared: Self.all)])
        #expect(try fixture.apply(.init(TestNumbers.centenarian)) == [.redacted("4", cleared: Self.all)])
        // Danish numbers have ten digits in each form.
        try fixture.addCustomer(5, number: TestNumbers.danish, country: "DK")
        #expect(try fixture.apply(.init(TestNumbers.danish, country: .denmark)) == [.redacted("5", cleared: Self.all)])
    }

    @Test("a contact's id means its key letter by letter, whatever type the key has")
    func readsKeysLetterByLetter() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(7, number: nil)
        for id in ["007", "7.0", " 7", "+7", "seven", "99999999999999999999"] {
            #expect(try fixture.apply(.init(contact: id)) == [.unmatched()])
        }
        #expect(
            try fixture.apply(.init(contact: "7")) == [
                .redacted("7", cleared: Self.all.subtracting(["personalIdentityNumber"]))
            ])
    }

    @Test("keys may be UUIDs, names may need quotes, tenant and country may be the same for all rows")
    func servesOtherNames() throws {
        let id = "6f1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11"
        let fixture = try PostgresFixture(layout: [
            """
            CREATE TABLE SCHEMA."Kund "" register" ("ID" uuid PRIMARY KEY, "Person-nr" text, "Namn" text DEFAULT 'x',
                skyddad boolean)
            """,
            "CREATE INDEX ON SCHEMA.\"Kund \"\" register\" (\"Person-nr\")",
            "INSERT INTO SCHEMA.\"Kund \"\" register\" VALUES ('\(id)', '000101-2384')",
        ]) { company in
            FieldMap(
                table: TableName(schema: company, name: "Kund \" register"), key: "ID",
                tenant: .constant("nordic-sport"),
                country: .constant("SE"), number: "Person-nr", flag: FieldMap.Flag(column: "skyddad"),
                cleared: [FieldMap.Cleared(column: "Namn", field: .name)])
        }
        #expect(try fixture.apply(.init(TestNumbers.asa, tenant: "other")) == [.unmatched()])
        #expect(
            try fixture.apply(.init(TestNumbers.asa)) == [.redacted(id, cleared: ["name", "personalIdentityNumber"])])
    }

    @Test("a row without a readable country is no country's, and its number is nobody's")
    func doesNotGuessCountries() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa, country: "??")
        #expect(try fixture.apply(.init(TestNumbers.asa)) == [.unmatched()])
        try fixture.sql("UPDATE SCHEMA.customer SET country = 'se'")
        #expect(try fixture.apply(.init(TestNumbers.asa)) == [.redacted("1", cleared: Self.all)])
    }

    @Test(
        "a row of the company's that no contact id can name makes the record refused, and the record can be set aside")
    func setsUnreadableKeysAside() throws {
        let layout = CustomerRegister.layout.map { $0.replacing("customer_id bigint", with: "customer_id text") }
        let fixture = try PostgresFixture(layout: layout, map: CustomerRegister.map)
        try fixture.sql(
            """
            INSERT INTO SCHEMA.customer (customer_id, tenant, country, national_id, last_name)
            VALUES (repeat('x', 129), 'nordic-sport', 'SE', '\(TestNumbers.asa)', 'E')
            """)
        var events = try Events()
        let batch = try events.batch([TestNumbers.asa])
        guard case .refused = #expect(throws: StoreError.self, performing: { try fixture.registry.apply(batch) }) else {
            Issue.record("not refused")
            return
        }
        let records = batch.redaction.records
        let alone = RedactionBatch(
            group: "workers", records: records, decidedAt: Events.now, policies: .keepEverywhere,
            keyring: try DigestKeyring(parsing: "k:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="),
            refusedByStore: Set(records.map(\.coordinates)))
        let applied = try fixture.registry.apply(StoreBatch(redaction: alone, slices: batch.slices))
        #expect(applied.verdicts.map(Published.init) == [.quarantined(.refusedByStore)])
    }
}
