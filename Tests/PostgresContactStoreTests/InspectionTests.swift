import ContactStore
import ContactStoreConformance
import Testing

@testable import PostgresContactStore

@Suite("A look at a registry", .enabled(if: TestServer.url != nil, TestServer.missing))
struct InspectionTests {
    @Test("points out what keeps copies of cleared values: triggers, publications, parameters in the log, slots")
    func pointsOutCopies() throws {
        let fixture = try CustomerRegister.fixture()
        let suffix = fixture.company
        let role = try PrivilegeTests.Role(workingOn: fixture)
        let settings = try fixture.settings(url: role.url)
        #expect(try PostgresContactInspection(settings).findings.allSatisfy(\.isWarning))
        try fixture.sql(
            "CREATE FUNCTION SCHEMA.history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
            "CREATE TRIGGER history AFTER UPDATE ON SCHEMA.customer FOR EACH ROW EXECUTE FUNCTION SCHEMA.history()",
            "CREATE PUBLICATION everything_\(suffix) FOR TABLE SCHEMA.delivery_address",
            "CREATE TABLE SCHEMA.past (street text)",
            "CREATE RULE keeps_past AS ON UPDATE TO SCHEMA.customer DO ALSO INSERT INTO SCHEMA.past VALUES (OLD.street)",
            "ALTER ROLE \(role.name) SET log_min_duration_statement = 0",
            "SELECT pg_create_physical_replication_slot('slot_\(suffix)', true)")
        defer {
            _ = try? fixture.sql(
                "DROP PUBLICATION everything_\(suffix)", "SELECT pg_drop_replication_slot('slot_\(suffix)')")
        }
        let found = try PostgresContactInspection(settings).findings.map(\.problem).joined(separator: "\n")
        for words in [
            "trigger history", "rule keeps_past", "publication everything_\(suffix)",
            "statements with their parameters",
            "replication slot slot_\(suffix)",
        ] {
            #expect(found.contains(words), "\(found)")
        }
        try TestServer.run("ALTER ROLE \(role.name) SET log_parameter_max_length = 0")
        let quiet = try PostgresContactInspection(settings).findings.map(\.problem)
        #expect(!quiet.contains { $0.contains("statements with their parameters") })
    }

    @Test("counts what stands, and tells whether there is a guard")
    func counts() throws {
        let fixture = try CustomerRegister.fixture()
        _ = try fixture.apply(.init(Events.number(1)))
        let inspection = try PostgresContactInspection(try fixture.settings())
        #expect(inspection.unpublished == 1)
        #expect(inspection.digestKeyUse == ["old": 2])
        #expect(!inspection.isGuarded)
    }
}
