import ContactStore
import ContactStoreConformance
import Foundation
import ProtectedIdentity
import Synchronization
import Testing

@testable import PostgresContactStore

@Suite("Operations beside workers on one registry", .enabled(if: TestServer.url != nil, TestServer.missing))
struct OperationsTests {
    private static let policies = TenantPolicies(
        named: [:],
        fallback: .delete(
            noticePeriod: .seconds(60), termsUrl: "https://example.com", supportContact: "help", language: "sv",
            requiresNotice: false))
    private static let due = Events.now.adding(.seconds(60))

    private func selection() throws -> DeletionSelection {
        DeletionSelection(
            decidedAt: Self.due, policies: Self.policies,
            keyring: try DigestKeyring(parsing: "old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="))
    }

    private func fixture(contacts count: Int) throws -> PostgresFixture {
        let fixture = try PostgresFixture()
        try fixture.add(try (0..<count).map { try Events.contact("c-\($0)", number: Events.number($0), text: "x") })
        var events = try Events()
        _ = try fixture.store.apply(
            try events.batch((0..<count).map { [Events.number($0)] }, policies: Self.policies))
        return fixture
    }

    /// Everything that one sweep selects.
    private func sweep(_ store: PostgresContactStore, _ selection: DeletionSelection, limit: Int) throws -> [UUIDv5] {
        var ids: [UUIDv5] = []
        var next: SelectionPage.Start? = .due(after: nil)
        while let start = next {
            let page = try store.select(
                selection, SelectionPage(from: start, limit: limit), lease: Self.due.adding(.seconds(60)), isDry: false)
            ids += page.messages.map(\.id)
            next = page.next
        }
        return ids
    }

    @Test("any number of sweeps at once ask for each contact once")
    func sweepsShare() throws {
        let fixture = try fixture(contacts: 600)
        let (settings, selection) = (try fixture.settings(), try selection())
        let found = Mutex<[UUIDv5]>([])
        let failures = Mutex(0)
        let group = DispatchGroup()
        for _ in 0..<4 {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                do {
                    let store = try PostgresContactStore(settings)
                    defer { store.close() }
                    // Whom another sweep holds for a moment, the next look finds.
                    for _ in 0..<3 {
                        let ids = try sweep(store, selection, limit: 17)
                        found.withLock { $0 += ids }
                    }
                } catch {
                    failures.withLock { $0 += 1 }
                }
            }
        }
        #expect(group.wait(timeout: .now() + 120) == .success)
        let ids = found.withLock { $0 }
        #expect(failures.withLock { $0 } == 0)
        #expect(ids.count == 600)
        #expect(Set(ids).count == 600)
        #expect(try fixture.store.owed().messages == 600)
    }

    @Test("a contact that a batch has in its hands is left to the next sweep, and nobody waits")
    func leavesOutWhatIsHeld() throws {
        let fixture = try fixture(contacts: 3)
        var connection = try PostgresConnection.open(try TestServer.target(), deadline: .seconds(10))
        let lock = ["BEGIN", "SELECT 1 FROM \(fixture.map.table.sql) WHERE customer_id = 'c-1' FOR UPDATE"]
        _ = try connection.run(lock.map { Statement($0) }, deadline: .seconds(10))
        let begin = ContinuousClock.now
        #expect(try sweep(fixture.registry, selection(), limit: 10).count == 2)
        #expect(ContinuousClock.now - begin < .seconds(5))
        _ = try connection.run([Statement("COMMIT")], deadline: .seconds(10))
        #expect(try sweep(fixture.registry, selection(), limit: 10).count == 1)
    }

    @Test("a contact that the company has deleted leaves the schedule without a word")
    func gone() throws {
        let fixture = try fixture(contacts: 2)
        try fixture.sql("DELETE FROM SCHEMA.customer WHERE customer_id = 'c-0'")
        let page = try fixture.store.select(
            selection(), SelectionPage(limit: 10), lease: Self.due, isDry: false)
        #expect(page.counts.gone == 1)
        #expect(page.messages.flatMap(\.contactIDs).map(\.rawValue) == ["c-1"])
        #expect(try sweep(fixture.registry, selection(), limit: 10).isEmpty)
    }

    @Test("a person whom a batch has locked is not forgotten")
    func keepsWhomABatchHolds() throws {
        let fixture = try PostgresFixture()
        var events = try Events()
        _ = try fixture.store.apply(try events.batch([Events.number(0), Events.number(1)], status: .notProtected))
        var connection = try PostgresConnection.open(try TestServer.target(), deadline: .seconds(10))
        let aliases = fixture.schema("aliases")
        let lock = ["BEGIN", "SELECT 1 FROM \(aliases) ORDER BY id LIMIT 1 FOR UPDATE"]
        _ = try connection.run(lock.map { Statement($0) }, deadline: .seconds(10))
        let page = PersonPage(learntBefore: Events.now.adding(.seconds(1)), limit: 10)
        #expect(try fixture.store.purgePersons(page).count == 1)
        _ = try connection.run([Statement("COMMIT")], deadline: .seconds(10))
        #expect(try fixture.store.purgePersons(page).count == 1)
        let left = try fixture.sql("SELECT count(*) FROM \(aliases)")
        #expect(left?.integer(0, 0) == 0)
    }

    @Test("no statement of operations reads a whole table")
    func usesIndexes() throws {
        let fixture = try PostgresFixture()
        let sql = OperationsSQL(schema: fixture.schema)
        var connection = try PostgresContactStore.connect(try fixture.settings())
        let (time, limit, text) = (Parameter.timestamp(Events.now), Parameter.integer(10), Parameter.text("x"))
        let person = Parameter.uuid(Array(repeating: 1, count: 16))
        let statements = [
            Statement(sql.due, [time, time, text, text, limit]), Statement(sql.unscheduled, [text, text, limit]),
            Statement(sql.takeOwed, [time, time, limit]), Statement(sql.dropUntrue, [time]),
            Statement(sql.purgeJournal, [time, limit]), Statement(sql.oldWords, [time, time, person, limit]),
        ]
        for statement in statements {
            let plan = try connection.run(
                [Statement("EXPLAIN " + statement.sql, statement.parameters)], deadline: .seconds(30))[0]
            let lines = plan.rows.map { plan.text($0, 0) ?? "" }
            #expect(!lines.contains { $0.contains("Seq Scan") }, "\(lines.joined(separator: "\n"))")
        }
    }

    @Test("a registry of the first version is brought up to date, and what it knew counts from then on")
    func upgrades() throws {
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        let schema = try #require(SchemaName("worker_\(suffix)"))
        defer { _ = try? TestServer.run("DROP SCHEMA IF EXISTS \(schema.name) CASCADE") }
        let first = Migration.all[0]
        try TestServer.run(
            "CREATE SCHEMA \(schema.name)",
            """
            CREATE TABLE \(schema("migrations")) (version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now())
            """,
            "INSERT INTO \(schema("migrations")) VALUES (1, '\(first.name)', '\(first.checksum)')")
        let psql = first.sql.split(separator: ";\n").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        let target = try TestServer.target()
        var connection = try PostgresConnection.open(target, deadline: .seconds(10))
        _ = try connection.run(
            [Statement("SET search_path TO \(schema.name)")]
                + psql.filter { !$0.isEmpty }.map { Statement($0, isOneShot: true) }, deadline: .seconds(30))
        try TestServer.run(
            """
            INSERT INTO \(schema("register_words"))
            VALUES ('00000000-0000-0000-0000-000000000001', 'SPAR', '2020-01-01Z', false)
            """)
        #expect(try Migrator(target: target, schema: schema).migrate().map(\.version) == [2, 3, 4, 5])
        let recent = try TestServer.run(
            "SELECT learnt_at > now() - interval '1 hour' FROM \(schema("register_words"))")
        #expect(recent?.boolean(0, 0) == true)
    }
}
