import BatchPipeline
import ContactStore
import Foundation
import KafkaClient
import Logging
import ProtectedIdentity
import RegistryWorker
import SQLiteContactStore

/// The example feed through the worker, and everything that came of it held against the contract.
struct ExampleDemo {
    private let world: DemoWorld
    private let lines: [FeedLine]
    private let before: [RegistryContact]
    private let begin = ContinuousClock.now
    private var took = Duration.zero
    private var coordinates: [Int: RecordCoordinates] = [:]

    private let logger: Logger
    private static let noticePeriod = Duration.seconds(30 * 86_400)
    private static let language = "da"
    private static let tenants = ["nordic-sport", "kaffe-klubben"].compactMap(TenantName.init(rawValue:))

    init(examples: URL, folder: URL, logger: Logger) throws {
        self.logger = logger
        let policies = TenantPolicies(
            named: [
                Self.tenants[0]: .keep,
                Self.tenants[1]: .delete(
                    noticePeriod: Self.noticePeriod, termsUrl: "https://kaffe-klubben.example/terms",
                    supportContact: "support@kaffe-klubben.example", language: Self.language, requiresNotice: true),
            ], fallback: nil)
        lines = try FeedLine.read(folder: examples.appending(path: "feed"), topic: DemoWorld.events)
        world = try DemoWorld(
            database: folder.appending(path: "registry.sqlite"), policies: policies, partitions: 4,
            keepsRecords: true, logger: logger)
        _ = try world.store.importContacts(csv: examples.appending(path: "contacts.csv").path, now: world.clock.now())
        before = try Self.contacts(in: world.store)
        print("\(before.count) contacts of \(Self.tenants.count) tenants imported, \(lines.count) events to come")
    }

    /// Runs the worker until every event has its answer downstream.
    mutating func run() async throws {
        let driver = try world.redaction()
        async let isDrained = driver.run()
        for line in lines { try world.producer.produce(line.record) }
        try world.producer.flush(within: .seconds(20))

        let expected = lines.count { $0.expected != "duplicate" }
        var progress = ProgressLine("answers read downstream:", total: expected)
        let deadline = ContinuousClock.now + .seconds(60)
        while world.answers < expected || world.ledger.snapshot.decided < lines.count, .now < deadline {
            progress.show(world.answers)
            try await Task.sleep(for: .milliseconds(20))
        }
        progress.show(world.answers)
        progress.finish()
        took = .now - begin
        driver.stop()
        if try await !isDrained { print("the worker did not drain in time") }
        // Whatever should not be there would have come by now.
        try await Task.sleep(for: .milliseconds(200))
        coordinates = placeLines()
    }

    /// Prints what happened, goes on from redacted to deleted, and tells whether all of it is as the contract says.
    func report() async throws -> Bool {
        defer { world.close() }
        var mistakes = try reportEvents()
        mistakes += try await DeletionDemo(
            world: world, tenant: Self.tenants[1], language: Self.language, noticePeriod: Self.noticePeriod,
            logger: logger
        ).run()
        for mistake in mistakes { print("✗ \(mistake)") }
        print("\n" + (mistakes.isEmpty ? "All as the contract says." : "\(mistakes.count) things are not."))
        return mistakes.isEmpty
    }

    /// Prints what became of each event, and tells what is not as the contract says.
    private func reportEvents() throws -> [String] {
        let ledger = world.ledger.snapshot
        var events = TextTable("event", "outcome", "shows")
        var mistakes: [String] = []
        for (index, line) in lines.enumerated() {
            let verdict = coordinates[index].flatMap { ledger.verdicts[$0] }
            let outcome = verdict?.shortName ?? "nothing"
            let isRight = outcome == line.expected
            events.add(line.place, (isRight ? "✓ " : "✗ ") + outcome, line.shows)
            if !isRight { mistakes.append("\(line.place): expected \(line.expected), came out as \(outcome)") }
        }
        mistakes += misread(ledger.verdicts)
        print("\nEvents\n" + events.lines.joined(separator: "\n"))
        mistakes += try reportContacts()
        reportCounts(ledger)
        for trouble in ledger.troubles { print("  on the way: \(trouble)") }
        return mistakes
    }

    // MARK: What came out

    /// Finds each line's place in the topic: the n-th of several equal lines is the n-th of several equal records.
    private func placeLines() -> [Int: RecordCoordinates] {
        var places: [Content: [RecordCoordinates]] = [:]
        for record in world.reader.records(of: DemoWorld.events) {
            let coordinates = RecordCoordinates(
                topic: record.topicPartition.topic, partition: record.topicPartition.partition, offset: record.offset)
            places[Content(record), default: []].append(coordinates)
        }
        var found: [Int: RecordCoordinates] = [:]
        for (index, line) in lines.enumerated() {
            let content = Content(line.record)
            guard places[content]?.isEmpty == false else { continue }
            found[index] = places[content]?.removeFirst()
        }
        return found
    }

    /// Holds what somebody downstream read against what was decided: every message once, and nothing else.
    private func misread(_ verdicts: [RecordCoordinates: Verdict]) -> [String] {
        var owed: [String: Int] = [:]
        for (coordinates, verdict) in verdicts {
            guard case .publish(let outcome) = verdict else { continue }
            switch outcome {
            case .quarantined:
                owed["\(coordinates)", default: 0] += 1
            case .decided:
                for message in outcome.messages(ceSource: "") {
                    let id = message.headers.first { $0.0 == "ce_id" }?.1 ?? []
                    owed[String(decoding: id, as: UTF8.self), default: 0] += 1
                }
            }
        }
        for topic in world.topics.all {
            for record in world.reader.records(of: topic) {
                let name = record.header("ce_id") ?? record.key ?? []
                owed[String(decoding: name, as: UTF8.self), default: 0] -= 1
            }
        }
        return owed.filter { $0.value != 0 }.keys.sorted().map { name in
            (owed[name] ?? 0) > 0 ? "message \(name) was not read downstream" : "message \(name) was read too often"
        }
    }

    // MARK: Tables

    private func reportContacts() throws -> [String] {
        let after = try Self.contacts(in: world.store)
        var table = TextTable("contact", "before", "after")
        var mistakes: [String] = []
        for (old, new) in zip(before, after) where old != new {
            table.add(old.key.id.rawValue, Self.describe(old), Self.describe(new))
            guard new.isProtected, !new.details.holding.isEmpty else { continue }
            mistakes.append("\(new.key.id.rawValue) still holds data")
        }
        if after.count != before.count { mistakes.append("of \(before.count) contacts \(after.count) are left") }
        print("\nContacts that changed (\(before.count) in all; everyone here is made up)")
        print(table.lines.joined(separator: "\n"))
        return mistakes
    }

    private func reportCounts(_ ledger: DemoLedger.State) {
        print("\nOutcomes: " + Self.list(ledger.counts.filter { QuarantineReason(rawValue: $0.key) == nil }))
        print("Quarantined: " + Self.list(ledger.counts.filter { QuarantineReason(rawValue: $0.key) != nil }))
        let read = world.reader.counts
        print("Read downstream: " + world.topics.all.map { "\($0) \(read[$0, default: 0])" }.joined(separator: ", "))
        print(
            "Time: \(Self.format(took)) from start to the last answer, joining the group included; "
                + "\(ledger.batches) batches, \(Self.format(ledger.applied)) in the store, "
                + "\(Self.format(ledger.published)) in Kafka transactions")
    }

    private static func list(_ counts: [String: Int]) -> String {
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    /// In the clear, since the demo's people are made up: this is what the worker is about.
    private static func describe(_ contact: RegistryContact) -> String {
        let details = contact.details
        let parts = [
            details.firstName, details.lastName, details.street, details.postalCode, details.city, details.number,
        ].compactMap { $0?.reveal() }
        let deletion = contact.deletionNotBefore.map { ", to be deleted from \($0.date) on" } ?? ""
        let held = parts.isEmpty ? "–" : parts.joined(separator: " ")
        return held + (contact.isProtected ? " [protected\(deletion)]" : "")
    }

    private static func format(_ duration: Duration) -> String {
        duration.formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
    }

    private static func contacts(in store: SQLiteContactStore) throws -> [RegistryContact] {
        try tenants.flatMap { try store.contacts(of: $0, after: nil, limit: 10_000) }
    }
}

/// What two equal lines have in common with two equal records.
private struct Content: Hashable {
    let key: [UInt8]
    let value: [UInt8]?
    let headers: [String: [UInt8]]

    init(_ record: OutgoingRecord) {
        key = record.key ?? []
        value = record.value
        headers = Dictionary(record.headers.map { ($0.name, $0.value ?? []) }) { first, _ in first }
    }

    init(_ record: RecordView) {
        key = record.key.map(Array.init) ?? []
        value = record.value.map(Array.init)
        headers = Dictionary(record.headers.map { ($0.name, $0.value.map(Array.init) ?? []) }) { first, _ in first }
    }
}
