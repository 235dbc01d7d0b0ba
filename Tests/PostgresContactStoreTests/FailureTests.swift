import ContactStore
import ContactStoreConformance
import Foundation
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

@Suite("When PostgreSQL fails", .enabled(if: TestServer.url != nil, TestServer.missing))
struct FailureTests {
    private func failure(_ body: () throws -> Void) -> StoreError? {
        #expect(throws: StoreError.self) { try body() }
    }

    private func isTransient(_ error: StoreError?) -> Bool {
        if case .transient = error { true } else { false }
    }

    private func isRefused(_ error: StoreError?) -> Bool {
        if case .refused = error { true } else { false }
    }

    /// A trigger of the company's on each change of a customer.
    private func refuse(_ fixture: PostgresFixture, _ action: String, on table: String = "customer") throws {
        try fixture.sql(
            """
            CREATE FUNCTION SCHEMA.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(action) END $$
            """,
            "CREATE TRIGGER refuse BEFORE UPDATE ON SCHEMA.\(table) FOR EACH ROW EXECUTE FUNCTION SCHEMA.refuse()")
    }

    @Test("a connection that is cut between two batches costs one call, and the next one makes a new one")
    func reconnects() throws {
        let fixture = try PostgresFixture()
        let url = try #require(TestServer.url)
        let store = try PostgresContactStore(try fixture.settings(url: url + "?application_name=\(fixture.company)"))
        defer { store.close() }
        var events = try Events()
        _ = try store.apply(try events.batch([Events.number(1)]))
        try TestServer.run(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '\(fixture.company)'
            """)
        let batch = try events.batch([Events.number(2)])
        #expect(isTransient(failure { _ = try store.apply(batch) }))
        #expect(try store.apply(batch).verdicts.count == 1)
        #expect(try store.unpublishedSlices().count == 2)
    }

    @Test("a batch whose commit was done and not heard of is known when it comes again, and published")
    func knowsItsCommits() throws {
        let fixture = try PostgresFixture()
        try fixture.add([try Events.contact("c-1", number: Events.number(1), text: "x")])
        var events = try Events()
        let batch = try events.batch([Events.number(1)])
        let first = try fixture.registry.apply(batch)
        let again = try fixture.registry.apply(batch)
        #expect(first.verdicts == again.verdicts)
        #expect(try fixture.registry.unpublishedSlices().map(\.id) == first.sliceIDs + again.sliceIDs)
    }

    @Test("a trigger that refuses a row makes the record refused, with no word of the row")
    func passesRefusalsOn() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try refuse(fixture, "RAISE EXCEPTION 'no % %', OLD.first_name, OLD.national_id;")
        let before = try fixture.everything()
        let error = failure { _ = try fixture.apply(.init(TestNumbers.asa)) }
        #expect(isRefused(error))
        #expect(error?.description.contains("P0001") == true)
        for value in ["Åsa", TestNumbers.asa] { #expect(error?.description.contains(value) == false) }
        #expect(try fixture.everything() == before)
    }

    @Test(
        "a trigger that refuses one row with a code that sounds like everybody's makes that record refused",
        arguments: ["45000", "42501", "42P01", "0A000"])
    func isolatesOddCodes(code: String) throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try fixture.addCustomer(2, number: TestNumbers.bo)
        try refuse(
            fixture, "IF OLD.customer_id = 1 THEN RAISE EXCEPTION USING ERRCODE = '\(code)'; END IF; RETURN NEW;")
        #expect(isRefused(failure { _ = try fixture.apply(.init(TestNumbers.asa)) }))
        #expect(try fixture.apply(.init(TestNumbers.bo)).count == 1)
    }

    @Test("a full disk is waited out")
    func waitsForDisk() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try refuse(fixture, "RAISE EXCEPTION USING ERRCODE = '53100';")
        let error = failure { _ = try fixture.apply(.init(TestNumbers.asa)) }
        #expect(isTransient(error))
        #expect(error?.description.contains("disk is full") == true)
        try fixture.sql("DROP TRIGGER refuse ON SCHEMA.customer")
        #expect(try fixture.apply(.init(TestNumbers.asa)).count == 1)
        #expect(try fixture.sql("SELECT 1 FROM SCHEMA.customer WHERE protected_identity = 'Y'")?.rows.count == 1)
    }

    @Test("a trigger that quietly keeps a row as it was is no clearing")
    func noticesWithheldRows() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try refuse(fixture, "RETURN NULL;")
        let error = failure { _ = try fixture.apply(.init(TestNumbers.asa)) }
        #expect(isRefused(error))
        #expect(try fixture.sql("SELECT 1 FROM \(fixture.schema("journal"))")?.rows.count == 0)
    }

    @Test(
        "a trigger that puts a value back is no clearing either, wherever it sits",
        arguments: [
            ("customer", "NEW.street := coalesce(NEW.street, OLD.street); RETURN NEW;"),
            ("customer", "NEW.protected_identity := 'N'; RETURN NEW;"),
            ("delivery_address", "NEW.street := coalesce(NEW.street, OLD.street); RETURN NEW;"),
            ("delivery_address", "RETURN NULL;"),
        ])
    func noticesRestoredValues(table: String, action: String) throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try refuse(fixture, action, on: table)
        let before = try fixture.everything()
        #expect(isRefused(failure { _ = try fixture.apply(.init(TestNumbers.asa)) }))
        #expect(try fixture.everything() == before)
    }

    @Test("a NOTICE of a company's trigger reaches nobody")
    func swallowsNotices() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try refuse(fixture, "RAISE WARNING 'changing %', OLD.national_id; RETURN NEW;")
        let (saved, file) = (
            dup(STDERR_FILENO), FileManager.default.temporaryDirectory.appending(path: "stderr-\(UUID())")
        )
        let descriptor = open(file.path, O_CREAT | O_WRONLY, 0o600)
        dup2(descriptor, STDERR_FILENO)
        let published = try? fixture.apply(.init(TestNumbers.asa))
        dup2(saved, STDERR_FILENO)
        close(descriptor)
        close(saved)
        #expect(published?.count == 1)
        #expect(try !String(contentsOf: file, encoding: .utf8).contains("changing"))
        try FileManager.default.removeItem(at: file)
    }

    @Test("a server that was set to read-only is waited out, with a word on what to name instead")
    func waitsForWriting() throws {
        let fixture = try PostgresFixture()
        let role = try PrivilegeTests.Role(workingOn: fixture)
        let store = try PostgresContactStore(try fixture.settings(url: role.url))
        try TestServer.run("ALTER ROLE \(role.name) SET default_transaction_read_only = on")
        store.close()
        var events = try Events()
        let batch = try events.batch([Events.number(1)])
        let error = failure { _ = try store.apply(batch) }
        #expect(isTransient(error))
        #expect(error?.description.contains("target_session_attrs=read-write") == true)
        try TestServer.run("ALTER ROLE \(role.name) RESET default_transaction_read_only")
        store.close()
        #expect(try store.apply(batch).verdicts.count == 1)
    }

    @Test("a wrong password, an unknown database and a dead port are told in libpq's words, without the password")
    func tellsWhyItCannotConnect() throws {
        let fixture = try PostgresFixture()
        let role = try PrivilegeTests.Role()
        let wrong = try TestServer.url(role: role.name, password: "wr0ng")
        let url = try #require(TestServer.url)
        var elsewhere = try #require(URLComponents(string: url))
        elsewhere.port = 1
        let deadPort = try #require(elsewhere.string)
        for (url, words) in [
            (wrong, "password authentication failed"),
            (url + "_nobody", "does not exist"),
            (deadPort, "refused"),
        ] {
            let error = failure { _ = try PostgresContactStore(try fixture.settings(url: url)) }
            #expect(isTransient(error))
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
            #expect(error?.description.contains("wr0ng") == false)
        }
    }

    @Test("a server that wants TLS is told from one that has none", .enabled(if: TestServer.folder != nil))
    func tellsOfTLS() throws {
        let fixture = try PostgresFixture()
        try TestServer.run("DROP ROLE IF EXISTS tls_only", "CREATE ROLE tls_only LOGIN PASSWORD 'secret'")
        defer { _ = try? TestServer.run("DROP OWNED BY tls_only", "DROP ROLE tls_only") }
        try TestServer.run(
            Grants(map: fixture.map, schema: fixture.schema).worker(role: "tls_only").map { Statement($0) })
        let plain = try TestServer.url(role: "tls_only", password: "secret", parameters: "sslmode=disable")
        let error = failure { _ = try PostgresContactStore(try fixture.settings(url: plain)) }
        #expect(error?.description.contains("no encryption") == true, "\(String(describing: error))")
        let encrypted = try TestServer.url(role: "tls_only", password: "secret", parameters: "sslmode=require")
        #expect(try PostgresContactInspection(try fixture.settings(url: encrypted)).isEncrypted)
        let verified = try TestServer.url(role: "tls_only", password: "secret", parameters: "sslmode=verify-full")
        #expect(failure { _ = try PostgresContactStore(try fixture.settings(url: verified)) } != nil)
    }

    @Test("every class of SQLSTATE leads to waiting, to setting a record aside, or to a stop")
    func sortsErrors() throws {
        let failure = StoreFailure(target: try TestServer.target())
        func kind(_ code: String) -> String {
            switch failure.describe(PostgresError(.server(SQLState(code)))) {
            case .transient: "wait"
            case .refused: "set aside"
            case .unusable: "stop"
            case .setBack: "begin anew"
            }
        }
        for code in ["08006", "40001", "40P01", "53100", "53300", "55P03", "57014", "57P01", "57P03", "58030", "XX000"]
        {
            #expect(kind(code) == "wait", "\(code)")
        }
        for code in ["22001", "22P02", "23502", "23505", "23514", "44000", "45000", "P0001", "ZZ999"] {
            #expect(kind(code) == "set aside", "\(code)")
        }
        for code in ["42501", "42P01", "42703", "3F000", "0A000"] { #expect(kind(code) == "stop", "\(code)") }
    }
}
