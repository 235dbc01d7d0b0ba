import ContactStore
import ProtectedIdentity
import Testing

@testable import ContactStoreConformance
@testable import PostgresContactStore

@Suite("Deleting from a company's tables", .enabled(if: TestServer.url != nil, TestServer.missing))
struct DeletionTests {
    private static let policies = TenantPolicies(
        named: [:],
        fallback: .delete(
            noticePeriod: .zero, termsUrl: "https://example.com/terms", supportContact: "help", language: "sv",
            requiresNotice: false))

    private func fixture(
        _ layout: [String] = CustomerRegister.layout, _ change: @escaping (inout FieldMap) -> Void = { _ in }
    ) throws -> PostgresFixture {
        try PostgresFixture(layout: layout) { company in
            var map = CustomerRegister.map(company)
            change(&map)
            return map
        }
    }

    /// Protects customers and asks for their deletion.
    private func ask(_ ids: Int..., in fixture: PostgresFixture) throws -> [OwedMessage] {
        for id in ids {
            try fixture.addCustomer(id, number: TestNumbers.number(id))
            _ = try fixture.apply(.init(TestNumbers.number(id)), policies: Self.policies)
        }
        let scenario = try Scenario(fixture: fixture)
        return try scenario.select(at: Events.now.adding(.seconds(1)), policies: Self.policies).messages
    }

    private func carryOut(_ messages: [OwedMessage], in fixture: PostgresFixture) throws -> [Published] {
        let scenario = try Scenario(fixture: fixture)
        return try scenario.carryOut(messages, at: Events.now.adding(.seconds(1)), policies: Self.policies)
            .map(Published.init)
    }

    private static func deleted(_ id: Int) -> Published { .outcome(.deleted, contacts: ["\(id)"], cleared: []) }

    @Test("the customer's row goes, with its rows in every mapped table, and nobody else's")
    func everywhere() throws {
        let fixture = try fixture()
        try fixture.addCustomer(2, number: TestNumbers.bo)
        let before = try fixture.everything(but: [1])
        let messages = try ask(1, in: fixture)
        #expect(try carryOut(messages, in: fixture) == [Self.deleted(1)])
        #expect(try fixture.everything() == before)
        #expect(try fixture.sql("SELECT count(*) FROM \(fixture.schema("contacts"))")?.integer(0, 0) == 0)
    }

    @Test("a row that is to stay is clear, marked, without an e-mail address, and nobody's any more")
    func anonymised() throws {
        let fixture = try fixture {
            $0.removal = .anonymise
            $0.dependents[0].removal = .anonymise
        }
        let messages = try ask(1, in: fixture)
        // Somebody has put something back since.
        try fixture.sql(
            "UPDATE SCHEMA.customer SET street = 'Provgatan 1'", "UPDATE SCHEMA.delivery_address SET city = 'X'")
        #expect(try carryOut(messages, in: fixture) == [Self.deleted(1)])
        let row = try #require(
            try fixture.sql(
                """
                SELECT coalesce(national_id, first_name, street, city, email), last_name, protected_identity,
                    (SELECT count(*) FROM SCHEMA.delivery_address WHERE coalesce(street, city) IS NULL)
                FROM SCHEMA.customer
                """))
        #expect(row.rows.count == 1)
        #expect(row.isNull(0, 0))
        #expect(row.text(0, 1) == "-")
        #expect(row.text(0, 2) == "Y")
        #expect(row.integer(0, 3) == 2)
        #expect(try fixture.sql("SELECT count(*) FROM \(fixture.schema("contacts"))")?.integer(0, 0) == 0)
        // It is not scheduled again.
        let scenario = try Scenario(fixture: fixture)
        #expect(try scenario.select(.unscheduled(after: nil), policies: Self.policies).messages.isEmpty)
        #expect(try scenario.reconcile(policies: Self.policies).messages.isEmpty)
    }

    @Test("a contact that its owner has deleted is gone; imported again without its number it is cleared")
    func gone() throws {
        let fixture = try fixture()
        let messages = try ask(1, in: fixture)
        try fixture.sql(
            "DELETE FROM SCHEMA.household_link", "DELETE FROM SCHEMA.delivery_address", "DELETE FROM SCHEMA.customer")
        #expect(
            try carryOut(messages, in: fixture) == [.outcome(.withheld, contacts: ["1"], cleared: [])])
        #expect(try fixture.sql("SELECT count(*) FROM \(fixture.schema("contacts"))")?.integer(0, 0) == 0)
        try fixture.addCustomer(1, number: nil)
        let scenario = try Scenario(fixture: fixture)
        #expect(contacts(try scenario.reconcile(policies: Self.policies).messages) == ["1"])
    }

    private static let orders = [
        "CREATE TABLE SCHEMA.purchase (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES SCHEMA.customer)",
        "CREATE INDEX ON SCHEMA.purchase (customer_id)",
    ]

    @Test(
        "a foreign key that forbids it refuses the batch, and leaves everything as it was",
        arguments: ["", " DEFERRABLE INITIALLY DEFERRED"])
    func forbidden(_ deferral: String) throws {
        let fixture = try fixture(
            CustomerRegister.layout + [
                Self.orders[0].replacing("SCHEMA.customer)", with: "SCHEMA.customer\(deferral))")
            ])
        let messages = try ask(1, 2, in: fixture)
        try fixture.sql("INSERT INTO SCHEMA.purchase VALUES (1, 1)")
        let before = try fixture.everything()
        #expect {
            try carryOut(messages, in: fixture)
        } throws: { error in
            guard case .refused(let text) = error as? StoreError else { return false }
            return text.contains("23503")
        }
        #expect(try fixture.everything() == before)
        let free = messages.filter { $0.contactIDs.map(\.rawValue) == ["2"] }
        #expect(try carryOut(free, in: fixture) == [Self.deleted(2)])
    }

    @Test("a trigger that keeps the row is a refusal, not a deletion")
    func kept() throws {
        let fixture = try fixture()
        let messages = try ask(1, in: fixture)
        try fixture.sql(
            """
            CREATE FUNCTION SCHEMA.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'
            """,
            "CREATE TRIGGER keep BEFORE DELETE ON SCHEMA.customer FOR EACH ROW EXECUTE FUNCTION SCHEMA.keep()")
        #expect {
            try carryOut(messages, in: fixture)
        } throws: { error in
            if case .refused = error as? StoreError { true } else { false }
        }
    }

    @Test("tables that refer to each other lose their rows in an order that the foreign keys allow")
    func order() throws {
        let layout =
            CustomerRegister.layout + [
                """
                CREATE TABLE SCHEMA.card (
                    id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES SCHEMA.customer, label text)
                """, "CREATE INDEX ON SCHEMA.card (customer_id)",
                """
                CREATE TABLE SCHEMA.points (
                    customer_id bigint NOT NULL REFERENCES SCHEMA.customer, card bigint NOT NULL REFERENCES SCHEMA.card, label text)
                """, "CREATE INDEX ON SCHEMA.points (customer_id)",
            ]
        let fixture = try PostgresFixture(layout: layout) { company in
            var map = CustomerRegister.map(company)
            map.dependents =
                ["card", "points"].map { name in
                    FieldMap.Dependent(
                        name: name, table: TableName(schema: company, name: name), contact: "customer_id",
                        action: .clear([FieldMap.Cleared(column: "label", field: .name)]))
                } + map.dependents
            return map
        }
        let messages = try ask(1, in: fixture)
        try fixture.sql("INSERT INTO SCHEMA.card VALUES (7, 1, 'x')", "INSERT INTO SCHEMA.points VALUES (1, 7, 'y')")
        #expect(try carryOut(messages, in: fixture) == [Self.deleted(1)])
        #expect(try fixture.sql("SELECT count(*) FROM SCHEMA.card")?.integer(0, 0) == 0)
    }

    // MARK: Check

    private func findings(_ fixture: PostgresFixture, url: String? = TestServer.url) throws -> [MapProblem] {
        var settings = try fixture.settings(url: url)
        settings.deletes = true
        return try PostgresContactInspection(settings).findings.filter { $0.key.contains("onDeletion") }
    }

    @Test("check names foreign keys that forbid deletions, of tables that the map does not know")
    func foreignKeys() throws {
        #expect(try findings(fixture()).isEmpty)
        let found = try findings(fixture(CustomerRegister.layout + Self.orders))
        #expect(found.map(\.isWarning) == [true])
        #expect(found.first?.problem.contains("purchase") == true)
        let cascading = Self.orders[0].replacing("SCHEMA.customer)", with: "SCHEMA.customer ON DELETE CASCADE)")
        #expect(try findings(fixture(CustomerRegister.layout + [cascading])).isEmpty)
        // Rows that are to stay refer to a contact that is to go.
        let staying = try findings(fixture { $0.dependents[0].removal = .anonymise })
        #expect(staying.contains { $0.problem.contains("delivery_address") })
    }

    @Test("a role without DELETE is told so, and does not start to delete; with the grants that are printed it does")
    func privileges() throws {
        let fixture = try fixture()
        let messages = try ask(1, in: fixture)
        let role = try PrivilegeTests.Role(workingOn: fixture)
        let url = role.url
        #expect(try findings(fixture, url: url).count == 2)
        #expect(try findings(fixture, url: url).allSatisfy { $0.advice.contains("GRANT DELETE ON") })
        var settings = try fixture.settings(url: url)
        #expect(throws: Never.self) { try PostgresContactStore(settings).close() }
        settings.deletes = true
        #expect(throws: StoreError.self) { try PostgresContactStore(settings) }

        try role.grant(Grants(map: fixture.map, schema: fixture.schema, deletes: true).worker(role: role.name))
        #expect(try findings(fixture, url: url).isEmpty)
        let store = try PostgresContactStore(settings)
        defer { store.close() }
        let scenario = try Scenario(fixture: fixture)
        let record = try scenario.record(try #require(messages.first), at: 0)
        let batch = scenario.batch(
            [record], group: "deletions", at: Events.now.adding(.seconds(1)), policies: Self.policies,
            slices: scenario.slices(of: [record]))
        #expect(try store.apply(batch).verdicts.map(Published.init) == [Self.deleted(1)])
        #expect(try fixture.everything().isEmpty)
    }

    @Test("a deletion and a lifting that meet wait for each other: whoever is first is right")
    func meet() async throws {
        let fixture = try fixture()
        let ids = Array(1...40)
        var messages: [OwedMessage] = []
        for id in ids { messages = try ask(id, in: fixture) + messages }
        #expect(messages.count == ids.count)
        let other = try PostgresContactStore(fixture.settings())
        defer { other.close() }
        let scenario = try Scenario(fixture: fixture)
        let deletions = try messages.enumerated().map { index, message in
            let record = try scenario.record(message, at: Int64(index))
            return scenario.batch(
                [record], group: "deletions", at: Events.now.adding(.seconds(1)), policies: Self.policies,
                slices: scenario.slices(of: [record]))
        }
        let liftings = try ids.reversed().enumerated().map { index, id in
            let record = try scenario.record(
                Said(
                    id: "lift-\(id)", status: .notProtected, number: TestNumbers.number(id), registry: "", observed: 1),
                at: Int64(index))
            return scenario.batch(
                [record], at: Events.now.adding(.seconds(2)), policies: Self.policies,
                slices: scenario.slices(of: [record]))
        }
        let registry = fixture.registry
        async let first = Self.types(of: deletions, in: registry)
        async let second = Self.types(of: liftings, in: other)
        let (deletionTypes, liftingTypes) = (try await first, try await second)
        let gone = Set(
            zip(messages, deletionTypes).filter { $0.1 == .deleted }.map { $0.0.contactIDs[0].rawValue })
        for (id, lifting) in zip(ids.reversed(), liftingTypes) {
            #expect(lifting == (gone.contains("\(id)") ? .unmatched : .protectionLifted), "\(id)")
        }
        #expect(try fixture.sql("SELECT count(*) FROM SCHEMA.customer")?.integer(0, 0) == Int64(ids.count - gone.count))
    }

    /// What becomes of the first record of each batch, one batch after the other.
    private static func types(
        of batches: [StoreBatch], in store: PostgresContactStore
    ) async throws -> [OutcomeType?] {
        try await Task.detached { try batches.map { type(try store.apply($0).verdicts.first) } }.value
    }
}
