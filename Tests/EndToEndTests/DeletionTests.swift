import ContactStore
import ContactStoreConformance
import Foundation
import KafkaClient
import ProtectedIdentity
import SQLiteContactStore
import Testing

/// What a person is protected by, of whom an event speaks.
private func protection(of number: String, status: String = "protected", at time: String = "09:29:58") -> String {
    """
    {"tenant":"nordic-sport","status":"\(status)","origin":"monitoring","country":"SE",\
    "observedAt":"2026-11-23T\(time)Z","personalIdentityNumber":"\(number)"}
    """
}

@Suite(
    "Deletion workers as processes, on PostgreSQL", .serialized, .fewAtOnce,
    .enabled(if: PostgresSurroundings.url != nil, PostgresSurroundings.missing))
struct PostgresDeletionTests {
    private static let deletions = "protected-identity.deletions"
    private static let partitions = 6

    private static func setting(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    /// Customers who are redacted and due, as a worker leaves them: each with a person of their own, whom a register protects,
    /// and two addresses; and as many of whom nobody has said anything.
    private func fill(_ surroundings: PostgresSurroundings, due people: Int) throws {
        let (company, own) = (surroundings.company, surroundings.own)
        try surroundings.sql(
            """
            INSERT INTO \(company).customer (customer_id, protected_identity)
            SELECT n, n <= \(people) FROM generate_series(1, \(2 * people)) AS n;
            INSERT INTO \(company).delivery (customer_id)
            SELECT n FROM generate_series(1, \(2 * people)) AS n, generate_series(1, 2);
            INSERT INTO \(own).aliases (id, digest, kind, person)
            SELECT id, decode('026b31' || md5('first' || n) || replace(id::text, '-', ''), 'hex'), 0, id
            FROM (SELECT n, md5('last' || n)::uuid AS id FROM generate_series(1, \(people)) AS n) AS p;
            INSERT INTO \(own).register_words (person, registry, observed_at, is_protected)
            SELECT md5('last' || n)::uuid, 'SPAR', now(), true FROM generate_series(1, \(people)) AS n;
            INSERT INTO \(own).contacts (tenant, contact_id, person, is_protected, deletion_not_before)
            SELECT 'nordic-sport', n::text, md5('last' || n)::uuid, true, now() - interval '1 hour'
            FROM generate_series(1, \(people)) AS n;
            ANALYZE \(company).customer; ANALYZE \(company).delivery; ANALYZE \(own).contacts; ANALYZE \(own).aliases
            """)
    }

    /// Everything in a topic by its `ce_id`, as texts.
    private func read(_ topic: String, _ surroundings: PostgresSurroundings) throws -> [String: [String]] {
        let records = try surroundings.base.read(topic, partitions: Self.partitions)
        return Dictionary(grouping: records) { $0.text(of: "ce_id") ?? "" }.mapValues { $0.map(\.text) }
    }

    /// `DELETION_PEOPLE=20000` sets how many; `make test-deletions` does.
    ///
    /// The mock cluster forgets offsets that were sent to a transaction, so a partition that changes hands is read from its
    /// beginning, and what a killed worker had not settled is published again, with the same bytes. What it cannot hide: a
    /// contact that is left, one that nobody asked for, a deletion without an outcome, two outcomes of one deletion, and an
    /// outcome that the registry still owes.
    @Test(
        "three sweeps and three deletion workers, killed with -9 at random: each due contact is deleted once, and told once"
    )
    func killed() async throws {
        let people = Self.setting("DELETION_PEOPLE").map(Int.init) ?? 2_000
        let seed = Self.setting("KILL_SEED") ?? .random(in: 0...999_999)
        print("\(people) contacts are deleted; sweeps and workers are killed by KILL_SEED=\(seed)")
        var random = SeededGenerator(seed: seed)
        // Transactions stay open for long enough to be killed in.
        let surroundings = try await PostgresSurroundings(
            partitions: 1, writtenPartitions: Self.partitions, roundTrip: 50)
        #expect(try await surroundings.migrate() == 0)
        try fill(surroundings, due: people)
        let settings = deleting.merging(["BATCH_MAX_RECORDS": "\(max(50, people / 40))"]) { $1 }
        let commands = [["sweep", "--every", "1s", "--only", "selection"], ["deletions", "run"]]
        func start(_ index: Int) throws -> RunningProgram { try surroundings.start(commands[index % 2], settings) }
        func count(_ what: String) throws -> Int {
            try surroundings.sql("SELECT count(*) FROM \(what)").first.flatMap { Int($0) } ?? -1
        }
        var programs = try (0..<6).map(start)
        for round in 1...12 {
            let enough = people / 14 * round + Int.random(in: 0...max(1, people / 20), using: &random)
            _ = try await eventually(within: 10) {
                try count("\(surroundings.company).customer") <= 2 * people - enough
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...200, using: &random)))
            let victim = Int.random(in: programs.indices, using: &random)
            programs[victim].signal(SIGKILL)
            #expect(try await programs[victim].exitCode() != nil)
            programs[victim] = try start(victim)
            // The leases of the killed are over.
            try surroundings.sql(
                "UPDATE \(surroundings.own).owed_messages SET leased_until = now() - interval '1 second'")
        }
        let isDone = try await eventually(within: 240) {
            try count("\(surroundings.company).customer") == people
                && count("\(surroundings.own).unpublished_slices") == 0
                && read(Surroundings.outcomes, surroundings).count == people
        }
        #expect(isDone, "KILL_SEED=\(seed)")
        for program in programs { program.signal(SIGTERM) }
        for program in programs { #expect(try await program.exitCode() == 0, "\(program.standardError.suffix(2_000))") }

        let requests = try read(Self.deletions, surroundings)
        let outcomes = try read(Surroundings.outcomes, surroundings)
        #expect(requests.count == people, "KILL_SEED=\(seed)")
        #expect(outcomes.count == people, "KILL_SEED=\(seed)")
        #expect(outcomes.values.allSatisfy { Set($0).count == 1 }, "two outcomes of one deletion; KILL_SEED=\(seed)")
        #expect(outcomes.values.allSatisfy { $0[0].contains("\"outcome\":\"deleted\"") }, "KILL_SEED=\(seed)")
        let told = Set(outcomes.values.compactMap { $0[0].firstMatch(of: /"contactIds":\["(\d+)"\]/)?.1 })
        #expect(told.count == people, "KILL_SEED=\(seed)")
        let asked = Set(outcomes.values.compactMap { $0[0].firstMatch(of: /"id":"([^"]+)"/).map { String($0.1) } })
        #expect(asked == Set(requests.keys), "KILL_SEED=\(seed)")
        #expect(try surroundings.base.read("protected-identity.quarantine", partitions: Self.partitions).isEmpty)

        let (company, own) = (surroundings.company, surroundings.own)
        #expect(try count("\(company).customer WHERE customer_id > \(people) AND NOT protected_identity") == people)
        #expect(try count("\(company).delivery") == 2 * people)
        #expect(try count("\(company).delivery WHERE customer_id <= \(people)") == 0)
        #expect(try count("\(own).contacts") == 0)
        #expect(try count("\(own).journal") == people)
        // Remembered by the digest of their number, and by that of their key.
        #expect(try count("\(own).aliases") == 2 * people)
    }

    @Test("a contact that a foreign key holds is set aside alone; the others are deleted")
    func forbidden() async throws {
        let surroundings = try await PostgresSurroundings(partitions: 1, writtenPartitions: Self.partitions)
        #expect(try await surroundings.migrate() == 0)
        try fill(surroundings, due: 20)
        try surroundings.sql(
            """
            CREATE TABLE \(surroundings.company).purchase (customer_id bigint REFERENCES \(surroundings.company).customer);
            INSERT INTO \(surroundings.company).purchase VALUES (7)
            """)
        let check = try surroundings.start(["check"], deleting)
        _ = try await check.exitCode()
        #expect(check.standardOutput.contains("purchase"), "\(check.standardOutput)")
        let sweep = try surroundings.start(["sweep", "--only", "selection"], deleting)
        #expect(try await sweep.exitCode() == 0)
        let worker = try surroundings.start(["deletions", "run"], deleting)
        var aside: [RecordView] = []
        #expect(
            try await eventually(within: 40) {
                aside = try surroundings.base.read("protected-identity.quarantine", partitions: Self.partitions)
                return try !aside.isEmpty && read(Surroundings.outcomes, surroundings).count == 19
            }, "\(worker.standardError.suffix(2_000))")
        #expect(aside.map { $0.text(of: "quarantine-reason") } == ["refused-by-store"])
        #expect(
            try surroundings.sql("SELECT customer_id FROM \(surroundings.company).customer WHERE customer_id <= 20")
                == ["7"])
        #expect(worker.standardError.contains("a record was set aside"))
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
    }
}

@Suite("Deletions within a worker", .fewAtOnce)
struct WorkerDeletionTests {
    @Test(
        "run --with sweep,deletions: protected, cleared, asked for, deleted; nothing of it is left in the registry's files"
    )
    func whole() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        try surroundings.add([
            try Events.contact("c-1", number: Events.number(1), text: "Alvakanarie"),
            try Events.contact("c-2", number: Events.number(2), text: "Bo"),
        ])
        let worker = try surroundings.start(
            ["run", "--with", "sweep,deletions"], deleting.merging(["SWEEP_EVERY": "1s"]) { $1 })
        try surroundings.publish([event(id: "e-1", data: protection(of: Events.number(1)))])
        var told: [String] = []
        #expect(
            try await eventually(within: 60) {
                told = try surroundings.read(Surroundings.outcomes).compactMap { $0.text(of: "ce_type") }
                return told.count == 2
            }, "\(worker.standardError.suffix(2_000))")
        #expect(told == ["protected-identity.contact.redacted.v1", "protected-identity.contact.deleted.v1"])
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        #expect(try surroundings.contact("c-1", of: "nordic-sport") == nil)
        #expect(try surroundings.contact("c-2", of: "nordic-sport")?.details.holding.isEmpty == false)
        for suffix in ["", "-wal"] {
            let bytes = (try? Data(contentsOf: URL(filePath: surroundings.database + suffix))) ?? Data()
            for value in ["Alvakanarie", "c-1@example.com", Events.number(1)] {
                #expect(bytes.range(of: Data(value.utf8)) == nil, "\(value) in registry.sqlite\(suffix)")
            }
        }
        try surroundings.capture(as: "deleted")
        // Imported again, under another key, it is cleared by the next sweep.
        try surroundings.add([try Events.contact("c-9", number: Events.number(1), text: "Alva")])
        let sweep = try surroundings.start(["sweep", "--only", "reconciliation", "--full"], deleting)
        #expect(try await sweep.exitCode() == 0)
        #expect(try surroundings.contact("c-9", of: "nordic-sport")?.details.holding.isEmpty == true)
    }

    @Test("a policy that is changed in the file while the worker runs is heard: nothing more is deleted")
    func policyChanged() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        try surroundings.add([try Events.contact("c-1", number: Events.number(1), text: "Alva")])
        let file = surroundings.folder.appending(path: "tenants.yaml")
        func decree(_ policy: String) throws {
            try Data("tenants: {default: \(policy)}".utf8).write(to: file, options: .atomic)
        }
        try decree(
            "{policy: delete, noticePeriod: 1s, termsUrl: 'https://example.com', supportContact: help, requiresNotice: false}"
        )
        let worker = try surroundings.start(["run", "--config", file.path])
        try surroundings.publish([event(id: "e-1", data: protection(of: Events.number(1)))])
        #expect(try await eventually(within: 40) { try !surroundings.read(Surroundings.outcomes).isEmpty })
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        try await Task.sleep(for: .milliseconds(1_100))
        let sweep = try surroundings.start(["sweep", "--config", file.path])
        #expect(try await sweep.exitCode() == 0)
        #expect(try surroundings.read("protected-identity.deletions").count == 1)

        let deletions = try surroundings.start(
            ["deletions", "run", "--config", file.path], ["KAFKA_GROUP_ID": "other"])
        try decree("{policy: keep}")
        var told = ""
        #expect(
            try await eventually(within: 40) {
                told = try surroundings.read(Surroundings.outcomes).last?.text ?? ""
                return told.contains("withheld") || told.contains("deleted")
            }, "\(deletions.standardError.suffix(2_000))")
        #expect(told.contains("\"reason\":\"policy-keep\""), "\(told)")
        #expect(deletions.standardError.contains("a contact was not deleted"))
        deletions.signal(SIGTERM)
        #expect(try await deletions.exitCode() == 0)
        #expect(try surroundings.contact("c-1", of: "nordic-sport") != nil)
        try surroundings.capture(as: "withheld")
    }
}
