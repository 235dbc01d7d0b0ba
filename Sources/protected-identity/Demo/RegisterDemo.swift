import BatchPipeline
import ContactStore
import Foundation
import Logging
import Operations
import ProtectedIdentity
import SQLiteContactStore

/// A register's file on its way: dropped into a folder, fed, redacted; and once more, which adds nothing.
struct RegisterDemo {
    private static let people = 300
    /// Every third one is protected.
    private static let every = 3

    private let world: DemoWorld
    private let tenant: TenantName
    private let feed: GeneratedFeed
    private let drop: URL
    private let logger: Logger

    init(folder: URL, logger: Logger) throws {
        self.logger = logger
        guard let tenant = TenantName(rawValue: "nordic-sport") else {
            throw CommandFailure(.software, "the demo's tenant has no name")
        }
        self.tenant = tenant
        feed = GeneratedFeed(tenants: [tenant], people: Self.people)
        drop = folder.appending(path: "drop")
        world = try DemoWorld(
            database: folder.appending(path: "register.sqlite"), policies: .keepEverywhere, partitions: 4,
            keepsRecords: false, logger: logger)
        try world.store.add(feed.contacts(from: 0, count: Self.people), now: world.clock.now())
        try FileManager.default.createDirectory(at: drop, withIntermediateDirectories: true)
    }

    /// Feeds the file twice, and tells whether every protected person is clear, nobody else, and the second time nothing new.
    func run() async throws -> Bool {
        defer { world.close() }
        let driver = try world.redaction()
        async let isDrained = driver.run()
        defer { driver.stop() }
        print("\nA register's file of \(Self.people) people, every third one protected, is dropped into a folder")
        let first = try await feedOnce()
        let isAnswered = try await reach { world.answers == first.events }
        let outcomes = world.answers
        let second = try await feedOnce()
        let isKnown = try await reach { world.ledger.snapshot.decided == first.events + second.events }
        driver.stop()
        _ = try await isDrained
        let contacts = try world.store.contacts(of: tenant, after: nil, limit: Self.people)
        let clear = contacts.count { $0.isProtected && $0.details.holding.isEmpty }
        let untouched = contacts.count { !$0.isProtected && $0.details.number != nil && $0.details.city != nil }
        print("fed again: \(world.answers - outcomes) further outcomes")
        print("contacts that are protected and clear: \(clear), that are as they were: \(untouched)")
        return isAnswered && isKnown && world.answers == outcomes && second.events == first.events
            && clear == Self.people / Self.every && untouched == Self.people - clear && first.isClean
    }

    private func feedOnce() async throws -> FeedReport {
        let file = drop.appending(path: "notices.xml")
        try Data(document.utf8).write(to: file)
        let feeder = Feeder(
            settings: world.feedSettings(of: tenant), kafka: world.operations(logger), topic: DemoWorld.events,
            stop: StopFlag(), logger: logger)
        let folder = drop.path
        let result = try await BlockingCall { () throws(any Error) in try feeder.once([.folder(folder)]) }.result()
        if let failure = result.failure { throw failure }
        guard let report = result.reports.first else { throw CommandFailure(.software, "the file was not fed") }
        print("fed: \(report.read) records, \(report.protected) protected, \(report.notProtected) not protected")
        return report
    }

    private func reach(_ condition: () -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while !condition() {
            guard .now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    /// As SPAR writes it.
    private var document: String {
        let posts = feed.contacts(from: 0, count: Self.people).enumerated().map { index, contact in
            """
              <AviseringPost>
                <PersonId><IdNummer>\(contact.details.number?.reveal() ?? "")</IdNummer><Typ>PERSONNUMMER</Typ></PersonId>
                <Sekretessmarkering>\(index.isMultiple(of: Self.every) ? "JA" : "NEJ")</Sekretessmarkering>
                <SkyddadFolkbokforing>NEJ</SkyddadFolkbokforing>
                <SenasteAndringSPAR>2026-11-20</SenasteAndringSPAR>
              </AviseringPost>
            """
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <Aviseringar xmlns="http://statenspersonadressregister.se/schema/avisering/2023.1">
            \(posts.joined(separator: "\n"))
            </Aviseringar>

            """
    }
}
