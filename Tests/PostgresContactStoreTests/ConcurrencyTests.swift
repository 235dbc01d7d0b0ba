import ContactStore
import ContactStoreConformance
import Foundation
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

@Suite("Many workers on one registry", .enabled(if: TestServer.url != nil, TestServer.missing))
struct ConcurrencyTests {
    /// Runs each body on a thread of its own, as workers do, and waits for all of them.
    private func inParallel(_ bodies: [@Sendable () throws -> Void]) throws {
        let errors = ErrorList()
        let group = DispatchGroup()
        for body in bodies {
            group.enter()
            Thread.detachNewThread {
                do { try body() } catch { errors.add(error) }
                group.leave()
            }
        }
        #expect(group.wait(timeout: .now() + 120) == .success)
        if let first = errors.first { throw first }
    }

    /// `@unchecked Sendable`: the list is read and written under its lock.
    private final class ErrorList: @unchecked Sendable {
        private let lock = NSLock()
        private var errors: [any Error] = []

        var first: (any Error)? { lock.withLock { errors.first } }

        func add(_ error: any Error) { lock.withLock { errors.append(error) } }
    }

    /// How many deadlocks on a fixture's tables the server has ended, as its log tells; nil where the log is not ours to read.
    private func deadlocks(on fixture: PostgresFixture) throws -> Int? {
        guard let folder = TestServer.folder else { return nil }
        let log = try String(contentsOfFile: "\(folder)/server.log", encoding: .utf8)
        return log.components(separatedBy: "deadlock detected").dropFirst().count {
            $0.prefix(2_000).contains(fixture.company)
        }
    }

    @Test("the same persons, contacts and events in every worker's hands: no error, one journal row for each event")
    func workersShareEverything() throws {
        let seed = UInt64.random(in: .min ... .max)
        let fixture = try PostgresFixture()
        let persons = 120
        try fixture.add(
            try (0..<persons).flatMap { person in
                try ["a", "b"].map { try Events.contact("c-\(person)-\($0)", number: Events.number(person), text: "x") }
            })
        let settings = try fixture.settings()
        let (workers, batches, size) = (4, 12, 100)
        try inParallel(
            (0..<workers).map { worker in
                {
                    var generator = SeededGenerator(seed: seed &+ UInt64(worker))
                    let store = try PostgresContactStore(settings)
                    defer { store.close() }
                    var events = try Events(partition: Int32(worker))
                    for batch in 0..<batches {
                        let said = (0..<size).map { index -> Events.Said in
                            // Every worker meets every event: the same identities, in another order.
                            let event = (batch * size + index * (worker * 2 + 1)) % (batches * size)
                            let person = event % persons
                            var said = Events.Said(
                                Events.number(person), status: event < 600 ? .notProtected : .protected,
                                id: "event-\(event)", observed: Int64(event) - 100_000)
                            if event % 7 == 0 { said.contact = "c-\(person)-a" }
                            if event % 11 == 0 { said.numbers.append(Events.number(persons + person)) }
                            return said
                        }
                        _ = try store.apply(try events.batch(said.shuffled(using: &generator)))
                    }
                }
            })
        if let deadlocks = try deadlocks(on: fixture) { #expect(deadlocks == 0, "seed \(seed)") }
        let identities = try fixture.sql("SELECT count(*) FROM \(fixture.schema("journal"))")
        let expected = Set(
            (0..<workers).flatMap { worker in
                (0..<batches).flatMap { batch in
                    (0..<size).map { (batch * size + $0 * (worker * 2 + 1)) % (batches * size) }
                }
            })
        #expect(identities?.integer(0, 0) == Int64(expected.count), "seed \(seed)")
        let open = try fixture.sql(
            "SELECT count(*) FROM SCHEMA.customer WHERE NOT protected_identity OR national_id IS NOT NULL")
        #expect(open?.integer(0, 0) == 0, "seed \(seed)")
        let persistent = try fixture.sql("SELECT count(DISTINCT person) FROM \(fixture.schema("register_words"))")
        #expect(persistent?.integer(0, 0) == Int64(persons), "seed \(seed)")
    }

    @Test(
        "two workers that meet an unknown person at once remember one person, who is protected as the registers said last"
    )
    func newPersonsAreMetOnce() throws {
        let fixture = try PostgresFixture()
        let settings = try fixture.settings()
        let rounds = 30
        try inParallel(
            [ProtectionStatus.protected, .notProtected].enumerated().map { worker, status in
                {
                    let store = try PostgresContactStore(settings)
                    defer { store.close() }
                    var events = try Events(partition: Int32(worker))
                    for round in 0..<rounds {
                        let said = Events.Said(Events.number(round), status: status, observed: Int64(-worker))
                        _ = try store.apply(try events.batch([said]))
                    }
                }
            })
        let words = try fixture.sql("SELECT count(*), bool_and(is_protected) FROM \(fixture.schema("register_words"))")
        #expect(words?.integer(0, 0) == Int64(rounds))
        #expect(words?.boolean(0, 1) == true)
    }

    @Test("a contact that the company adds or renumbers while a batch waits for a lock is cleared with the others")
    func findsWhatCameMeanwhile() throws {
        let fixture = try CustomerRegister.fixture()
        try fixture.addCustomer(1, number: TestNumbers.asa)
        try fixture.addCustomer(3, number: TestNumbers.bo)
        let settings = try fixture.settings()
        var connection = try PostgresConnection.open(try TestServer.target(), deadline: .seconds(10))
        let lock = ["BEGIN", "SELECT 1 FROM \(fixture.map.table.sql) WHERE customer_id = 1 FOR UPDATE"]
        _ = try connection.run(lock.map { Statement($0) }, deadline: .seconds(10))
        let (group, errors) = (DispatchGroup(), ErrorList())
        group.enter()
        Thread.detachNewThread {
            do {
                let store = try PostgresContactStore(settings)
                var events = try Events()
                _ = try store.apply(try events.batch([TestNumbers.asa]))
            } catch { errors.add(error) }
            group.leave()
        }
        try waitUntil { () throws in
            try fixture.sql("SELECT 1 FROM pg_locks WHERE NOT granted")?.rows.isEmpty == false
        }
        try fixture.addCustomer(2, number: "20000101-2384")
        try fixture.sql("UPDATE SCHEMA.customer SET national_id = '\(TestNumbers.asa)' WHERE customer_id = 3")
        Thread.sleep(forTimeInterval: 1.2)
        _ = try connection.run([Statement("COMMIT")], deadline: .seconds(10))
        #expect(group.wait(timeout: .now() + 60) == .success)
        if let error = errors.first { throw error }
        let clear = try fixture.sql(
            "SELECT count(*) FROM SCHEMA.customer WHERE protected_identity = 'Y' AND street IS NULL")
        #expect(clear?.integer(0, 0) == 3)
    }

    @Test("a company's program that locks contacts in another order is waited for, and a deadlock with it is survived")
    func survivesDeadlocks() throws {
        let fixture = try CustomerRegister.fixture()
        for id in 1...2 { try fixture.addCustomer(id, number: Events.number(id)) }
        let settings = try fixture.settings()
        let table = fixture.map.table.sql
        let other = {
            @Sendable (connection: inout PostgresConnection, statements: [String]) throws(PostgresError) in
            _ = try connection.run(statements.map { Statement($0) }, deadline: .seconds(30))
        }
        var connection = try PostgresConnection.open(try TestServer.target(), deadline: .seconds(10))
        // Whoever waits longer than this looks for a deadlock first: the worker does.
        try other(
            &connection,
            [
                "SET deadlock_timeout = '20s'", "BEGIN", "UPDATE \(table) SET phone = 'x' WHERE customer_id = 2",
            ])
        let group = DispatchGroup()
        let errors = ErrorList()
        group.enter()
        Thread.detachNewThread {
            do {
                let store = try PostgresContactStore(settings)
                var events = try Events()
                _ = try store.apply(try events.batch([1, 2].map(Events.number)))
            } catch { errors.add(error) }
            group.leave()
        }
        // The worker has locked contact 1 and waits for contact 2; now the program wants contact 1.
        try waitUntil { () throws in
            try fixture.sql("SELECT 1 FROM pg_locks WHERE NOT granted")?.rows.isEmpty == false
        }
        try other(&connection, ["UPDATE \(table) SET phone = 'x' WHERE customer_id = 1", "COMMIT"])
        #expect(group.wait(timeout: .now() + 60) == .success)
        if let error = errors.first { throw error }
        let clear = try fixture.sql(
            "SELECT count(*) FROM SCHEMA.customer WHERE protected_identity = 'Y' AND phone = 'x' AND street IS NULL")
        #expect(clear?.integer(0, 0) == 2)
    }
}

/// Waits until something is so, for twenty seconds at most.
func waitUntil(_ condition: () throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(20)
    while try !condition() {
        try #require(ContinuousClock.now < end, "it did not come to that")
        Thread.sleep(forTimeInterval: 0.02)
    }
}
