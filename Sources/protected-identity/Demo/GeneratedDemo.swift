import BatchPipeline
import Foundation
import KafkaClient
import Logging
import ProtectedIdentity
import RedactionWorker
import SQLiteContactStore

/// Any number of generated events through the worker: rate, and resident memory as it goes.
struct GeneratedDemo {
    private let world: DemoWorld
    private let feed: GeneratedFeed
    private let events: Int

    /// How many events may be on their way: the mock cluster keeps five mebibytes a partition and drops the oldest.
    private static let window = 20_000

    init(events: Int, folder: URL, logger: Logger) throws {
        self.events = events
        let tenants = ["nordic-sport", "kaffe-klubben"].compactMap(TenantName.init(rawValue:))
        feed = GeneratedFeed(tenants: tenants, people: min(events, 100_000))
        world = try DemoWorld(
            database: folder.appending(path: "generated.sqlite"), policies: .keepEverywhere, partitions: 12,
            keepsRecords: false, logger: logger)
        var first = 0
        while first < feed.people {
            try world.store.add(feed.contacts(from: first, count: 10_000), now: WallClock.now())
            first += 10_000
        }
        print("\n\(feed.people) generated contacts, \(events) generated events to come")
    }

    func run() async throws {
        defer { world.close() }
        let driver = try world.redaction()
        async let isDrained = driver.run()
        var progress = ProgressLine("generated events answered:", total: events)
        var memory: [(events: Int, mebibytes: Int)] = []
        var produced = 0
        var begin: ContinuousClock.Instant?
        var stalledSince = ContinuousClock.now
        var last = 0
        while world.answers < events {
            let answers = world.answers
            if answers > 0, begin == nil { begin = .now }
            if answers != last { (last, stalledSince) = (answers, .now) }
            if .now - stalledSince > .seconds(60) {
                throw CommandFailure(.software, "no event was answered for a minute; \(answers) of \(events) were")
            }
            while produced < min(events, answers + Self.window) {
                try world.producer.produce(feed.event(produced, topic: DemoWorld.events))
                produced += 1
            }
            if memory.isEmpty || answers >= (memory.last?.events ?? 0) + max(1, events / 10) {
                memory.append((answers, Self.residentMebibytes))
            }
            progress.show(answers, note: "\(Self.residentMebibytes) MiB resident")
            try await Task.sleep(for: .milliseconds(10))
        }
        progress.show(events)
        progress.finish()
        let seconds = (ContinuousClock.now - (begin ?? .now)) / .seconds(1)
        driver.stop()
        let drained = try await isDrained
        let ledger = world.ledger.snapshot
        let counts = ledger.counts.sorted { $0.key < $1.key }
        print("Outcomes: " + counts.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        let rate = seconds > 0 ? Int(Double(events) / seconds) : 0
        print("Rate: \(rate) events a second from the first answer to the last")
        print("Resident memory of the whole process, broker included, in MiB after so many events:")
        memory.append((events, Self.residentMebibytes))
        for (events, mebibytes) in memory { print("  \(events): \(mebibytes)") }
        for trouble in ledger.troubles { print("  on the way: \(trouble)") }
        if !drained { print("the worker did not drain in time") }
    }

    private static var residentMebibytes: Int {
        // The second number of statm is resident pages (proc(5)); 0 where there is no such file.
        let statm = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = statm.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }
}
