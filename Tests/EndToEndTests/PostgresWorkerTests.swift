import ContactStoreConformance
import Foundation
import KafkaClient
import Testing

@Suite(
    "Workers on PostgreSQL", .serialized, .fewAtOnce,
    .enabled(if: PostgresSurroundings.url != nil, PostgresSurroundings.missing))
struct PostgresWorkerTests {
    private static let people = 1_000
    private static let partitions = 12

    /// Two contacts for each person, one with the number in its long form and one in its short form, and a delivery address
    /// for each; and as many people of whom no event speaks.
    private func fill(_ surroundings: PostgresSurroundings) throws {
        let rows = (0..<Self.people * 2).flatMap { person in
            let number = Events.number(person)
            let short = "\(number.dropFirst(2).dropLast(4))-\(number.suffix(4))"
            return [number, short].enumerated().map { "(\(person * 2 + $0), '\($1)', 'N', 'S \(person)')" }
        }
        try surroundings.sql(
            """
            INSERT INTO \(surroundings.company).customer (customer_id, national_id, last_name, street)
            VALUES \(rows.joined(separator: ", "));
            INSERT INTO \(surroundings.company).delivery (customer_id, street)
            SELECT customer_id, street FROM \(surroundings.company).customer
            """)
    }

    /// Four events for each person, the last of which says *protected*; every tenth event twice, in another partition. Keys
    /// are not the person's, so that the workers meet at the same people.
    private func feed(_ surroundings: PostgresSurroundings, rounds: Range<Int>) throws -> Int {
        var count = 0
        for round in rounds {
            let records = (0..<Self.people).flatMap { person -> [OutgoingRecord] in
                let status = round == 2 ? "not-protected" : "protected"
                let data = """
                    {"tenant":"nordic-sport","status":"\(status)","origin":"monitoring","country":"SE",\
                    "observedAt":"2026-11-2\(round)T09:29:58Z","personalIdentityNumber":"\(Events.number(person))"}
                    """
                let id = "r\(round)-\(person)"
                let copies = person.isMultiple(of: 10) ? 2 : 1
                return (0..<copies).map { event(id: id, key: "\(person &* 7 &+ round &* 13 &+ $0)", data: data) }
            }
            try surroundings.base.publish(records)
            count += Self.people
        }
        return count
    }

    private func outcomes(_ surroundings: PostgresSurroundings) throws -> [String: [String]] {
        let records = try surroundings.base.read(Surroundings.outcomes)
        return Dictionary(grouping: records) { $0.text(of: "ce_id") ?? "" }.mapValues { $0.map(\.text) }
    }

    /// What has to hold when everything has been said: one decision for each event, everybody protected clear, and nobody
    /// else's row changed.
    private func expectRight(_ surroundings: PostgresSurroundings, events: Int) throws {
        let decided = try outcomes(surroundings)
        #expect(decided.count == events)
        #expect(decided.values.allSatisfy { Set($0).count == 1 })
        #expect(try surroundings.sql("SELECT count(*) FROM \(surroundings.own).journal") == ["\(events)"])
        let (customer, delivery) = ("\(surroundings.company).customer", "\(surroundings.company).delivery")
        let cleared = try surroundings.sql(
            """
            SELECT count(*) FROM \(customer) WHERE customer_id < \(Self.people * 2) AND protected_identity
                AND coalesce(national_id, last_name, street) IS NULL AND city = 'kept';
            SELECT count(*) FROM \(customer) WHERE customer_id >= \(Self.people * 2) AND NOT protected_identity
                AND last_name = 'N' AND street = 'S ' || customer_id / 2;
            SELECT count(*) FROM \(delivery) WHERE (street IS NULL) = (customer_id < \(Self.people * 2))
            """)
        #expect(cleared == ["\(Self.people * 2)", "\(Self.people * 2)", "\(Self.people * 4)"])
    }

    @Test(
        "four workers share a group and a database, two of them in one process: every event is decided once, no deadlock shows"
    )
    func fourWorkers() async throws {
        let surroundings = try await PostgresSurroundings(partitions: Self.partitions)
        try fill(surroundings)
        #expect(try await surroundings.migrate() == 0)
        let workers = try ["1", "1", "2"].map { try surroundings.startWorker(["KAFKA_MEMBERS": $0]) }
        let events = try feed(surroundings, rounds: 0..<4)
        #expect(try await eventually(within: 120) { try outcomes(surroundings).count >= events })
        for worker in workers { worker.signal(SIGTERM) }
        for worker in workers { #expect(try await worker.exitCode() == 0) }
        try expectRight(surroundings, events: events)
        for worker in workers {
            #expect(!worker.standardError.contains("40P01"))
            #expect(!worker.standardError.contains("\"level\":\"error\""))
        }
    }

    /// The mock cluster forgets offsets that were sent to a transaction, so a partition that changes hands is read from
    /// its beginning, and what a killed worker had not settled is published again. What it cannot hide: an event without
    /// an outcome, a second decision, somebody left exposed, and an outcome that the store still owes.
    @Test("three workers, killed with -9 at random moments and started again, lose nothing and decide nothing twice")
    func killed() async throws {
        let seed = ProcessInfo.processInfo.environment["KILL_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)
        print("workers are killed by KILL_SEED=\(seed)")
        var random = SeededGenerator(seed: seed)
        // Transactions stay open for long enough to be killed in.
        let surroundings = try await PostgresSurroundings(partitions: 6, roundTrip: 100)
        try fill(surroundings)
        #expect(try await surroundings.migrate() == 0)
        func start() throws -> RunningProgram { try surroundings.startWorker(["BATCH_MAX_RECORDS": "50"]) }
        func count(_ table: String) throws -> Int {
            try surroundings.sql("SELECT count(*) FROM \(surroundings.own).\(table)").first.flatMap { Int($0) } ?? -1
        }
        var workers = try (0..<3).map { _ in try start() }
        var events = 0
        for round in 0..<4 {
            events += try feed(surroundings, rounds: round..<(round + 1))
            for _ in 0...(round % 2) {
                let enough = try count("journal") + Int.random(in: 1...300, using: &random)
                _ = try await eventually(within: 8) { try count("journal") >= enough }
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...50, using: &random)))
                let victim = Int.random(in: workers.indices, using: &random)
                workers[victim].signal(SIGKILL)
                #expect(try await workers[victim].exitCode() != nil)
                workers[victim] = try start()
            }
        }
        let all = events
        #expect(
            try await eventually(within: 120) {
                try outcomes(surroundings).count >= all && count("unpublished_slices") == 0
            }, "KILL_SEED=\(seed)")
        for worker in workers { worker.signal(SIGTERM) }
        for worker in workers { #expect(try await worker.exitCode() == 0) }
        try expectRight(surroundings, events: events)
        #expect(try count("unpublished_slices") == 0)
    }

    @Test(
        "connections cut four times a second and a server that crashes cost nothing: no event, no second decision, no worker",
        .enabled(if: PostgresSurroundings.folder != nil, "the server is not ours to restart"))
    func survivesTheServer() async throws {
        let surroundings = try await PostgresSurroundings(partitions: Self.partitions)
        try fill(surroundings)
        #expect(try await surroundings.migrate() == 0)
        let workers = try (0..<2).map { _ in try surroundings.startWorker(["BATCH_MAX_RECORDS": "50"]) }
        var events = 0
        for round in 0..<4 {
            events += try feed(surroundings, rounds: round..<(round + 1))
            for _ in 0..<8 {
                try surroundings.sql(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = '\(surroundings.application)'
                    """)
                try await Task.sleep(for: .milliseconds(250))
            }
            if round == 1 { try surroundings.restartServer() }
        }
        let all = events
        #expect(try await eventually(within: 120) { try outcomes(surroundings).count >= all })
        for worker in workers { #expect(worker.isRunning) }
        for worker in workers { worker.signal(SIGTERM) }
        for worker in workers { #expect(try await worker.exitCode() == 0) }
        try expectRight(surroundings, events: events)
        #expect(workers.contains { $0.standardError.contains("the store fails; trying again") })
    }

    @Test("a database that is away at the start is waited for; tables that are missing are told, with the command")
    func startsLate() async throws {
        let surroundings = try await PostgresSurroundings(partitions: 1)
        let early = try surroundings.startWorker()
        #expect(try await early.exitCode() == 69)
        #expect(early.standardError.contains("protected-identity migrate"))
        let waiting = try surroundings.startWorker(["STORE_URL": "postgres://nobody@127.0.0.1:1/none"])
        #expect(try await eventually(within: 20) { waiting.standardError.contains("cannot be opened yet") })
        waiting.signal(SIGKILL)
    }
}
