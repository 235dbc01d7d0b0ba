import ContactStore
import ContactStoreConformance
import Foundation
import KafkaClient
import Logging
import ProtectedIdentity
import SQLiteContactStore
import Testing

/// Topics and a group of their own on a real broker, and a registry file: what only real transactions show.
private final class BrokerSurroundings {
    static let servers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"]
    static let partitions = 2

    let folder: URL
    let name = "replay-test-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    private let logger = Logger(label: "replay") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let admin = try KafkaAdmin(bootstrapServers: Self.servers ?? "", logger: logger)
        defer { admin.close(within: .seconds(2)) }
        try admin.createTopics(
            ["events", "outcomes", "notifications", "deletions", "quarantine"].map {
                NewTopic(topic($0), partitions: $0 == "events" ? Int32(Self.partitions) : 1)
            }, timeout: .seconds(20))
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var database: String { folder.appending(path: "registry.sqlite").path }

    func topic(_ kind: String) -> String { "\(name).\(kind)" }

    func start(_ arguments: [String], _ changes: [String: String] = [:]) throws -> RunningProgram {
        var environment = [
            "KAFKA_BOOTSTRAP_SERVERS": Self.servers ?? "", "KAFKA_GROUP_ID": name, "STORE_URL": "sqlite:///\(database)",
            "IDENTITY_DIGEST_KEYS": "k1:" + Data(repeating: 9, count: 32).base64EncodedString(),
            "QUARANTINE_COORDINATES_ONLY": "true", "LOG_FORMAT": "json", "BATCH_MAX_RECORDS": "20",
        ]
        for kind in ["events", "outcomes", "notifications", "deletions", "quarantine"] {
            environment["TOPICS_\(kind.uppercased())"] = topic(kind)
        }
        return try RunningProgram(
            "protected-identity", arguments, environment: environment.merging(changes) { $1 }, folder: folder)
    }

    func end(_ program: RunningProgram) async throws {
        program.signal(SIGTERM)
        #expect(try await program.exitCode() == 0, "\(program.standardError)")
    }

    /// A contact and an event for each person.
    func feed(_ people: Range<Int>) throws {
        let store = try SQLiteContactStore(path: database)
        defer { store.close() }
        try store.add(
            try people.map { try Events.contact("c-\($0)", number: Events.number($0), text: "Alva") }, now: Events.now)
        try publish(people)
    }

    func publish(_ people: Range<Int>) throws {
        let producer = try KafkaProducer(
            ProducerConfiguration(bootstrapServers: Self.servers ?? ""), logger: logger)
        defer { producer.close(within: .seconds(2)) }
        for person in people {
            let data = """
                {"tenant":"nordic-sport","status":"protected","origin":"monitoring","country":"SE",\
                "observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"\(Events.number(person))"}
                """
            var record = event(id: "e-\(person)", data: data)
            record.topic = topic("events")
            record.partition = Int32(person % Self.partitions)
            try producer.produce(record)
        }
        try producer.flush(within: .seconds(30))
    }

    /// Runs a worker until so many outcomes stand in the topic, and ends it.
    func work(until count: Int) async throws -> RunningProgram {
        let worker = try start(["run"])
        #expect(
            try await eventually(within: 60) { try outcomes().count == count }, "\(worker.standardError)")
        try await end(worker)
        return worker
    }

    /// What a `read_committed` reader sees.
    func outcomes() throws -> [RecordView] {
        let consumer = try consumer("reader")
        defer { _ = consumer.leave(within: .seconds(2)) }
        let place = TopicPartition(topic: topic("outcomes"), partition: 0)
        let end = try consumer.offsetBounds(of: place, timeout: .seconds(10)).high
        try consumer.assign([place: 0])
        var records: [RecordView] = []
        let deadline = ContinuousClock.now + .seconds(20)
        while consumer.metEnds()[place].map({ $0 < end }) ?? true, .now < deadline {
            if case .records(let batch) = consumer.poll(maximum: 1_000, timeout: .milliseconds(50)) { records += batch }
        }
        return records
    }

    private func consumer(_ group: String) throws -> KafkaConsumer {
        var configuration = ConsumerConfiguration(
            bootstrapServers: Self.servers ?? "", groupID: group,
            properties: try KafkaProperties(["fetch.wait.max.ms": "20"]))
        configuration.tellsEnds = true
        return try KafkaConsumer(configuration, logger: logger)
    }

    /// As Kafka's own tool moves a group that has no members.
    func move(to offset: Int64) throws {
        let producer = try TransactionalProducer(
            ProducerConfiguration(bootstrapServers: Self.servers ?? "", transactionalID: "\(name)-tool"), logger: logger
        )
        defer { producer.close(within: .seconds(2)) }
        try producer.initTransactions(timeout: .seconds(20))
        let transaction = try producer.begin()
        let places = (0..<Int32(Self.partitions)).map { TopicPartition(topic: topic("events"), partition: $0) }
        try transaction.sendOffsets(
            Dictionary(uniqueKeysWithValues: places.map { ($0, offset) }),
            metadata: GroupMetadata(memberlessGroup: name))
        try transaction.commit()
    }

    func restore(from copy: URL) throws {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database + suffix) }
        try FileManager.default.copyItem(atPath: copy.path, toPath: database)
    }

    func clearContacts(_ people: Range<Int>) throws -> Int {
        let reader = try SQLiteContactReader(path: database)
        return try people.filter { person in
            let key = try Events.contact("c-\(person)", number: Events.number(person), text: "").key
            let contact = try #require(try reader.contact(key))
            return contact.isProtected && contact.details.holding.isEmpty
        }.count
    }
}

extension RecordView {
    fileprivate var isCopy: Bool { text.hasSuffix(#","replay":true}"#) }
}

@Suite(
    "Replays on a real broker", .serialized, .fewAtOnce,
    .enabled(if: BrokerSurroundings.servers != nil, "KAFKA_BOOTSTRAP_SERVERS names no broker"))
struct ReplayOnBrokerTests {
    @Test("a restored registry raises the alarm, and the commands that it names repair exactly what was missing")
    func restored() async throws {
        let surroundings = try BrokerSurroundings()
        try surroundings.feed(0..<100)
        _ = try await surroundings.work(until: 100)
        let backup = surroundings.folder.appending(path: "backup.sqlite")
        try FileManager.default.copyItem(atPath: surroundings.database, toPath: backup.path)
        try surroundings.publish(100..<300)
        let store = try SQLiteContactStore(path: surroundings.database)
        try store.add(
            try (100..<300).map { try Events.contact("c-\($0)", number: Events.number($0), text: "Alva") },
            now: Events.now)
        store.close()
        _ = try await surroundings.work(until: 300)
        #expect(try surroundings.clearContacts(0..<300) == 300)
        try surroundings.restore(from: backup)
        let again = try SQLiteContactStore(path: surroundings.database)
        try again.add(
            try (100..<300).map { try Events.contact("c-\($0)", number: Events.number($0), text: "Alva") },
            now: Events.now)
        again.close()

        let alarmed = try surroundings.start(["run"])
        #expect(
            try await eventually(within: 40) {
                alarmed.standardError.components(separatedBy: "protected-identity replay --from").count
                    > BrokerSurroundings.partitions
            }, "\(alarmed.standardError)")
        try await surroundings.end(alarmed)
        let commands = alarmed.standardError.matches(of: #/protected-identity (replay --from \S+ --to \S+ --restored)/#)
            .map { $0.output.1.split(separator: " ").map(String.init) }
        for command in Set(commands) {
            let replay = try surroundings.start(command)
            #expect(try await replay.exitCode() == 0, "\(replay.standardError)")
        }
        #expect(try surroundings.clearContacts(0..<300) == 300)
        let outcomes = try surroundings.outcomes()
        let copies = outcomes.filter(\.isCopy)
        #expect(outcomes.count == 500 && copies.count == 200)
        #expect(Set(outcomes.filter { !$0.isCopy }.compactMap { $0.text(of: "ce_id") }).count == 300)
        #expect(Set(outcomes.compactMap { $0.text(of: "ce_id") }).count == 300)
        // The gap is closed: the next worker has nothing to say, and goes on with what is new.
        try surroundings.publish(300..<301)
        let quiet = try await surroundings.work(until: 501)
        #expect(!quiet.standardError.contains("the store knows nothing of"))
    }

    @Test("the alarm stands until somebody has read what is missing, whatever comes in meanwhile")
    func alarmStands() async throws {
        let surroundings = try BrokerSurroundings()
        try surroundings.feed(0..<20)
        _ = try await surroundings.work(until: 20)
        let backup = surroundings.folder.appending(path: "backup.sqlite")
        try FileManager.default.copyItem(atPath: surroundings.database, toPath: backup.path)
        try surroundings.publish(20..<40)
        _ = try await surroundings.work(until: 40)
        try surroundings.restore(from: backup)
        for count in [41, 42] {
            try surroundings.publish((count - 1)..<count)
            let worker = try await surroundings.work(until: count)
            #expect(worker.standardError.contains("the store knows nothing of"), "\(worker.standardError)")
            let status = try surroundings.start(["status", "--output", "json"])
            #expect(try await status.exitCode() == 1)
            #expect(status.standardOutput.contains("\"missing\" : [\n    {"), "\(status.standardOutput)")
        }
        let replay = try surroundings.start(["replay", "--from", "0:0", "--from", "1:0", "--restored"])
        #expect(try await replay.exitCode() == 0, "\(replay.standardError)")
        try surroundings.publish(42..<43)
        let quiet = try await surroundings.work(until: 63)
        #expect(!quiet.standardError.contains("the store knows nothing of"), "\(quiet.standardError)")
        let status = try surroundings.start(["status"])
        #expect(try await status.exitCode() == 0, "\(status.standardOutput)")
    }

    @Test("killed with -9 again and again, it publishes each copy once")
    func killed() async throws {
        let surroundings = try BrokerSurroundings()
        try surroundings.feed(0..<400)
        _ = try await surroundings.work(until: 400)
        let command = ["replay", "--from", "0:0", "--from", "1:0", "--republish"]
        for attempt in 0..<4 {
            let replay = try surroundings.start(command + ["--rate", "25"] + (attempt > 0 ? ["--resume"] : []))
            let before = try surroundings.outcomes().count
            _ = try await eventually(within: 20) { try surroundings.outcomes().count > before }
            replay.signal(SIGKILL)
            #expect(try await replay.exitCode() != nil)
        }
        let last = try surroundings.start(command + ["--resume", "--output", "json"])
        #expect(try await last.exitCode(within: 60) == 0, "\(last.standardError)")
        #expect(!last.standardOutput.contains("\"doneBefore\" : 0,"), "\(last.standardOutput)")
        let outcomes = try surroundings.outcomes()
        #expect(outcomes.filter { !$0.isCopy }.count == 400)
        #expect(outcomes.filter(\.isCopy).count == 400)
        #expect(Set(outcomes.filter(\.isCopy).compactMap { $0.text(of: "ce_id") }).count == 400)
    }

    @Test("stopped, it says how to go on, and does; a second one is told that the embedded registry is in use")
    func twice() async throws {
        let surroundings = try BrokerSurroundings()
        try surroundings.feed(0..<200)
        _ = try await surroundings.work(until: 200)
        let command = ["replay", "--from", "0:0", "--from", "1:0", "--republish"]
        let first = try surroundings.start(command + ["--rate", "20"])
        _ = try await eventually(within: 20) { try surroundings.outcomes().count > 200 }
        let second = try surroundings.start(command)
        #expect(try await second.exitCode() == 75)
        #expect(second.standardError.contains("in use by process"))
        first.signal(SIGTERM)
        #expect(try await first.exitCode() == 75)
        #expect(first.standardError.contains("the same command with --resume goes on"))
        let again = try surroundings.start(command)
        #expect(try await again.exitCode() == 75)
        #expect(again.standardError.contains("add --resume"))
        let third = try surroundings.start(command + ["--resume"])
        #expect(try await third.exitCode() == 0)
        #expect(try surroundings.outcomes().filter(\.isCopy).count == 200)
    }

    @Test("the group moved back by hand: nothing is said twice, and what was missed is said; moved forward, it is told")
    func moved() async throws {
        let surroundings = try BrokerSurroundings()
        try surroundings.feed(0..<100)
        _ = try await surroundings.work(until: 100)
        try surroundings.move(to: 0)
        try surroundings.publish(100..<110)
        _ = try await surroundings.work(until: 110)
        #expect(Set(try surroundings.outcomes().compactMap { $0.text(of: "ce_id") }).count == 110)
        try surroundings.publish(110..<120)
        try surroundings.move(to: 60)
        let skipped = try surroundings.start(["run"])
        #expect(try await eventually(within: 40) { skipped.standardError.contains("replay --from 0:") })
        try await surroundings.end(skipped)
        #expect(try surroundings.outcomes().count == 110)
    }
}
