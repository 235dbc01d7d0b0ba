import ContactStore
import ContactStoreConformance
import Foundation
import KafkaClient
import ProtectedIdentity
import SQLiteContactStore
import Testing

@Suite("Replays as processes", .fewAtOnce)
struct ReplayProcessTests {
    private static func data(_ person: Int) -> String {
        """
        {"tenant":"nordic-sport","status":"protected","origin":"monitoring","country":"SE",\
        "observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"\(Events.number(person))"}
        """
    }

    private func isClear(_ person: Int, _ surroundings: Surroundings) throws -> Bool {
        let contact = try #require(try surroundings.contact("c-\(person)", of: "nordic-sport"))
        return contact.isProtected && contact.details.holding.isEmpty
    }

    @Test("after a restore it repairs exactly what was missing, and tells it as copies of what was published before")
    func restored() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        try surroundings.add(
            try (0..<30).map { try Events.contact("c-\($0)", number: Events.number($0), text: "Alva") })
        func work(_ people: Range<Int>) async throws {
            let worker = try surroundings.startWorker()
            try surroundings.publish(people.map { event(id: "e-\($0)", data: Self.data($0)) })
            #expect(
                try await eventually(within: 40) {
                    try surroundings.read(Surroundings.outcomes).count == people.upperBound
                })
            worker.signal(SIGTERM)
            #expect(try await worker.exitCode() == 0)
        }
        try await work(0..<10)
        let backup = surroundings.folder.appending(path: "backup.sqlite")
        try FileManager.default.copyItem(atPath: surroundings.database, toPath: backup.path)
        try await work(10..<30)
        let before = try surroundings.read(Surroundings.outcomes)
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: surroundings.database + suffix)
        }
        try FileManager.default.copyItem(atPath: backup.path, toPath: surroundings.database)
        #expect(try !isClear(20, surroundings))

        let dry = try surroundings.start(["replay", "--from", "0:0", "--dry-run", "--output", "json"])
        #expect(try await dry.exitCode() == 0)
        #expect(dry.standardOutput.contains(#""redacted" : 20"#), "\(dry.standardOutput)\(dry.standardError)")
        #expect(try surroundings.read(Surroundings.outcomes).count == before.count)
        let replay = try surroundings.start(["replay", "--from", "0:0", "--restored", "--output", "json"])
        #expect(try await replay.exitCode() == 0)
        #expect(replay.standardOutput.contains(#""redacted" : 20"#), "\(replay.standardOutput)\(replay.standardError)")
        for person in 0..<30 { #expect(try isClear(person, surroundings)) }
        let all = try surroundings.read(Surroundings.outcomes)
        let copies = all.filter { $0.text.hasSuffix(#","replay":true}"#) }
        #expect(all.count == 50 && copies.count == 20)
        let identities = Set(before.filter { $0.offset >= 10 }.map { $0.text(of: "ce_id") })
        #expect(Set(copies.map { $0.text(of: "ce_id") }) == identities)
        #expect(try surroundings.unpublishedSlices() == [])
    }

    @Test("wrong ranges, an unknown topic and unfit options are told, with their exit codes; a number is never shown")
    func wrong() async throws {
        let surroundings = try await Surroundings(partitions: 2)
        try surroundings.publish([event(id: "e-1", data: Self.data(1))])
        func run(_ arguments: [String], _ changes: [String: String] = [:]) async throws -> (Int32?, String) {
            let program = try surroundings.start(["replay"] + arguments, changes)
            return (try await program.exitCode(), program.standardError + program.standardOutput)
        }
        let beyond = try await run(["--from", "0:0", "--to", "0:99"])
        #expect(
            beyond.0 == 65 && beyond.1.contains("protected-identity.events-0 at 99, retained are 0 to"), "\(beyond.1)")
        let many = try await run(["--from", "0"])
        #expect(many.0 == 64 && many.1.contains("--partition"), "\(many.1)")
        let unknown = try await run(["--from", "7:0"])
        #expect(unknown.0 == 65 && unknown.1.contains("protected-identity.events-7"), "\(unknown.1)")
        let topic = try await run(["--from", "0:0"], ["TOPICS_EVENTS": "events-of-nobody"])
        #expect(topic.0 == 69 && topic.1.contains("events-of-nobody"), "\(topic.1)")
        let reversed = try await run(["--from", "0:1", "--to", "0:0"])
        #expect(reversed.0 == 65 && reversed.1.contains("ends before it begins"), "\(reversed.1)")
        let unpaired = try await run(["--from", "0:0", "--from", "1:0", "--to", "0:1"])
        #expect(unpaired.0 == 64 && unpaired.1.contains("protected-identity.events-1"), "\(unpaired.1)")
        #expect(try await run([]).0 == 64)
        #expect(try await run(["--from", "0:0", "--owed"]).0 == 64)
        #expect(try await run(["--from", "0:0", "--number"]).0 == 64)
        #expect(try await run(["--from", "0:0", "--resume"]).0 == 64)
        let file = surroundings.folder.appending(path: "number")
        try Data("\(Events.number(1))\nmore".utf8).write(to: file)
        let number = try await run([
            "--from", "0:0", "--from", "1:0", "--country", "SE", "--number-file", file.path, "--output", "json",
        ])
        #expect(number.0 == 0 && number.1.contains(#""unmatched" : 1"#), "\(number.1)")
        #expect(!number.1.contains(Events.number(1).suffix(4)))
        try Data("19121212-0000".utf8).write(to: file)
        let none = try await run(["--from", "0:0", "--country", "SE", "--number-file", file.path])
        #expect(none.0 == 65 && !none.1.contains("1212"), "\(none.1)")
    }
}

@Suite(
    "Replays beside workers, on PostgreSQL", .serialized, .fewAtOnce,
    .enabled(if: PostgresSurroundings.url != nil, PostgresSurroundings.missing))
struct PostgresReplayTests {
    /// `REPLAY_EVENTS`: 200,000 are a day's worth.
    private static let events = ProcessInfo.processInfo.environment["REPLAY_EVENTS"].flatMap { Int($0) } ?? 20_000
    private static let people = 1_000

    /// A registry of the company's customers.
    private static func surroundings() async throws -> PostgresSurroundings {
        let surroundings = try await PostgresSurroundings(partitions: 8)
        let rows = (0..<people).map { "(\($0), '\(Events.number($0))', 'N', 'S \($0)')" }
        try surroundings.sql(
            """
            INSERT INTO \(surroundings.company).customer (customer_id, national_id, last_name, street)
            VALUES \(rows.joined(separator: ", "))
            """)
        #expect(try await surroundings.migrate() == 0)
        return surroundings
    }

    private static func feed(_ range: Range<Int>, _ surroundings: PostgresSurroundings) throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 10_000) {
            try surroundings.base.publish(
                (start..<min(start + 10_000, range.upperBound)).map { index in
                    let data = """
                        {"tenant":"nordic-sport","status":"\(index % 3 == 1 ? "not-protected" : "protected")",\
                        "origin":"monitoring","country":"SE","observedAt":"\(observed(index))",\
                        "personalIdentityNumber":"\(Events.number(index % people))"}
                        """
                    return event(id: "e-\(index)", key: "\(index)", data: data)
                })
        }
    }

    /// Later with each event.
    private static func observed(_ index: Int) -> String {
        Timestamp(milliseconds: 1_795_000_000_000 + Int64(index) * 1_000).description
    }

    /// Waits until so many events are applied and nothing is owed.
    private static func expectApplied(_ count: Int, _ surroundings: PostgresSurroundings) async throws {
        let journal = "SELECT count(*) FROM \(surroundings.own).journal"
        #expect(try await eventually(within: 300) { try surroundings.sql(journal) == ["\(count)"] })
        #expect(
            try await eventually(within: 60) {
                try surroundings.sql("SELECT count(*) FROM \(surroundings.own).unpublished_slices") == ["0"]
            })
    }

    private static func end(_ workers: [RunningProgram]) async throws {
        for worker in workers {
            worker.signal(SIGTERM)
            #expect(try await worker.exitCode() == 0)
        }
    }

    private static let everything = ["replay", "--output", "json"] + (0..<8).flatMap { ["--from", "\($0):0"] }

    @Test("everything replayed beside four workers: outcomes and tables unchanged, and nothing told")
    func besideWorkers() async throws {
        let surroundings = try await Self.surroundings()
        let workers = try (0..<4).map { _ in try surroundings.startWorker() }
        try Self.feed(0..<Self.events, surroundings)
        try await Self.expectApplied(Self.events, surroundings)
        let tables = """
            SELECT md5(string_agg(t::text, '' ORDER BY customer_id)) FROM \(surroundings.company).customer AS t;
            SELECT md5(string_agg(j::text, '' ORDER BY key)) FROM \(surroundings.own).journal AS j;
            SELECT md5(string_agg(w::text, '' ORDER BY person, registry)) FROM \(surroundings.own).register_words AS w
            """
        let before = (try surroundings.sql(tables), try surroundings.base.end(of: Surroundings.outcomes))
        let replay = try surroundings.start(Self.everything)
        #expect(try await replay.exitCode(within: 300) == 0, "\(replay.standardError)")
        #expect(replay.standardOutput.contains("\"alreadyApplied\" : \(Self.events)"), "\(replay.standardOutput)")
        #expect(try surroundings.sql(tables) == before.0)
        #expect(try surroundings.base.end(of: Surroundings.outcomes) == before.1)
        #expect(try surroundings.sql("SELECT count(*) FROM \(surroundings.own).unpublished_slices") == ["0"])
        #expect(try surroundings.sql("SELECT count(*) FROM \(surroundings.own).replays") == ["0"])
        try await Self.end(workers)
    }

    @Test("the same replay begun at a second place: the second takes over, the first says so and ends with 75")
    func twoAtOnce() async throws {
        let surroundings = try await Self.surroundings()
        let worker = try surroundings.startWorker()
        try Self.feed(0..<2_000, surroundings)
        try await Self.expectApplied(2_000, surroundings)
        let first = try surroundings.start(
            Self.everything + ["--republish", "--rate", "200"], ["BATCH_MAX_RECORDS": "50"])
        let before = try surroundings.base.end(of: Surroundings.outcomes)
        #expect(try await eventually(within: 40) { try surroundings.base.end(of: Surroundings.outcomes) != before })
        let refused = try surroundings.start(Self.everything + ["--republish"])
        #expect(try await refused.exitCode() == 75)
        #expect(refused.standardError.contains("add --resume"), "\(refused.standardError)")
        let second = try surroundings.start(Self.everything + ["--republish", "--resume"])
        #expect(try await second.exitCode(within: 60) == 0, "\(second.standardError)")
        #expect(try await first.exitCode(within: 60) == 75, "\(first.standardError)")
        #expect(first.standardError.contains("another process has taken over"), "\(first.standardError)")
        #expect(try surroundings.sql("SELECT count(*) FROM \(surroundings.own).replays") == ["0"])
        try await Self.end([worker])
    }
}
