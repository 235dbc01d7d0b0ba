import ContactStore
import ContactStoreConformance
import Foundation
import KafkaClient
import ProtectedIdentity
import SQLiteContactStore
import Testing

@Suite(
    "Sweeps as processes, on PostgreSQL", .serialized, .fewAtOnce,
    .enabled(if: PostgresSurroundings.url != nil, PostgresSurroundings.missing))
struct PostgresSweepTests {
    private func requests(_ surroundings: PostgresSurroundings) throws -> [RecordView] {
        try surroundings.base.read("protected-identity.deletions")
    }

    @Test("three sweeps at once, killed with -9 again and again, ask for each contact under one ce_id and lose none")
    func killed() async throws {
        let surroundings = try await PostgresSurroundings(partitions: 2)
        #expect(try await surroundings.migrate() == 0)
        let people = 3_000
        // Redacted and due, as a worker leaves them.
        try surroundings.sql(
            """
            INSERT INTO \(surroundings.company).customer (customer_id, protected_identity)
            SELECT n, true FROM generate_series(1, \(people)) AS n;
            INSERT INTO \(surroundings.own).contacts (tenant, contact_id, is_protected, deletion_not_before)
            SELECT 'nordic-sport', n::text, true, now() - interval '1 hour' FROM generate_series(1, \(people)) AS n
            """)
        func start() throws -> RunningProgram {
            try surroundings.start(["sweep", "--every", "1s", "--only", "selection"], deleting)
        }
        var sweeps = try (0..<3).map { _ in try start() }
        for round in 0..<6 {
            try await Task.sleep(for: .milliseconds(Int.random(in: 150...900)))
            sweeps[round % 3].signal(SIGKILL)
            #expect(try await sweeps[round % 3].exitCode() != nil)
            sweeps[round % 3] = try start()
        }
        for sweep in sweeps {
            #expect(try await eventually(within: 30) { sweep.standardError.contains("swept") })
            sweep.signal(SIGTERM)
            #expect(try await sweep.exitCode() == 0)
        }
        // The leases of the killed are over.
        try surroundings.sql("UPDATE \(surroundings.own).owed_messages SET leased_until = now() - interval '1 second'")
        let last = try surroundings.start(["sweep", "--output", "json"], deleting)
        #expect(try await last.exitCode() == 0)
        #expect(last.standardOutput.contains("\"owedMessages\" : 0"), "\(last.standardOutput)\(last.standardError)")

        let identities = Dictionary(grouping: try requests(surroundings)) { $0.text(of: "ce_id") ?? "" }
        #expect(identities.count == people)
        #expect(identities.values.allSatisfy { Set($0.map(\.text)).count == 1 })
        let contacts = Set(identities.values.compactMap { $0.first?.key.map { String(decoding: $0, as: UTF8.self) } })
        #expect(contacts == Set((1...people).map(String.init)))
    }

    @Test("a dry run counts and changes nothing, also without a broker; a policy that keeps cancels")
    func dryAndKept() async throws {
        let surroundings = try await PostgresSurroundings(partitions: 1)
        #expect(try await surroundings.migrate() == 0)
        try surroundings.sql(
            """
            INSERT INTO \(surroundings.company).customer (customer_id, protected_identity) VALUES (1, true), (2, true);
            INSERT INTO \(surroundings.own).contacts (tenant, contact_id, is_protected, deletion_not_before)
            SELECT 'nordic-sport', n::text, true, now() - interval '1 hour' FROM generate_series(1, 2) AS n
            """)
        let dry = try surroundings.start(
            ["sweep", "--dry-run", "--output", "json"],
            deleting.merging(["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"]) { $1 })
        #expect(try await dry.exitCode() == 0)
        #expect(dry.standardOutput.contains("\"requested\" : 2"), "\(dry.standardOutput)")
        #expect(try surroundings.sql("SELECT count(*) FROM \(surroundings.own).owed_messages") == ["0"])
        let kept = try surroundings.start(["sweep"], ["TENANTS_DEFAULT_POLICY": "keep"])
        #expect(try await kept.exitCode() == 0)
        #expect(kept.standardOutput.contains("deletions cancelled"))
        let types = try requests(surroundings).compactMap { $0.text(of: "ce_type") }
        #expect(types == Array(repeating: "protected-identity.deletion.cancelled.v1", count: 2))
    }
}

@Suite("Sweeps within a worker", .fewAtOnce)
struct WorkerSweepTests {
    @Test("run --with sweep asks for what the worker has redacted, when the notice is over")
    func withSweep() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        try surroundings.add([try Events.contact("c-1", number: Events.number(1), text: "Alva")])
        let worker = try surroundings.start(
            ["run", "--with", "sweep"], deleting.merging(["SWEEP_EVERY": "1s"]) { $1 })
        let data = """
            {"tenant":"nordic-sport","status":"protected","origin":"monitoring","country":"SE",\
            "observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"\(Events.number(1))"}
            """
        try surroundings.publish([event(id: "e-1", data: data)])
        var requests: [RecordView] = []
        #expect(
            try await eventually(within: 40) {
                requests = try surroundings.read("protected-identity.deletions")
                return !requests.isEmpty
            })
        #expect(requests.first?.text(of: "ce_type") == "protected-identity.deletion.requested.v1")
        let requestedAt = try #require(requests.first?.text(of: "ce_time"))
        #expect(
            requests.first?.text == """
                {"tenant":"nordic-sport","contactId":"c-1","reason":"protected-identity","requestedAt":"\(requestedAt)"}
                """)
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        #expect(try surroundings.read("protected-identity.deletions").count == 1)
    }

    @Test("a contact that is imported after its person was protected is cleared by the next sweep")
    func imported() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let worker = try surroundings.startWorker()
        let data = """
            {"tenant":"nordic-sport","status":"protected","origin":"lookup","country":"SE",\
            "observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"\(Events.number(1))"}
            """
        try surroundings.publish([event(id: "e-1", data: data)])
        #expect(
            try await eventually(within: 40) {
                try surroundings.read(Surroundings.outcomes).contains { $0.text.contains("unmatched") }
            })
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        try surroundings.add([
            try Events.contact("c-1", number: Events.number(1), text: "Alva"),
            try Events.contact("c-2", number: Events.number(2), text: "Bo"),
        ])
        let sweep = try surroundings.start(["sweep", "--only", "reconciliation", "--output", "json"])
        #expect(try await sweep.exitCode() == 0)
        #expect(sweep.standardOutput.contains("\"redacted\" : 1"), "\(sweep.standardOutput)\(sweep.standardError)")
        #expect(try surroundings.contact("c-1", of: "nordic-sport")?.details.holding.isEmpty == true)
        #expect(try surroundings.contact("c-2", of: "nordic-sport")?.details.holding.isEmpty == false)
        let outcome = try #require(try surroundings.read(Surroundings.outcomes).first { $0.text.contains("c-1") })
        #expect(outcome.text.contains("\"source\":\"/reconciliation\""))
        #expect(outcome.text(of: "ce_type") == "protected-identity.contact.redacted.v1")
    }

    @Test("the embedded registry has one process: a sweep beside a worker is told so")
    func beside() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let store = try SQLiteContactStore(path: surroundings.database)
        let sweep = try surroundings.start(["sweep", "--only", "purge"])
        #expect(try await sweep.exitCode() == 75)
        store.close()
        let alone = try surroundings.start(["sweep", "--only", "purge"])
        #expect(try await alone.exitCode() == 0)
        #expect(alone.standardOutput.contains("journal rows forgotten"))
    }
}
