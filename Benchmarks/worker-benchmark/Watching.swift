import Foundation

/// What it costs that a worker tells of itself: runs with log, metrics and page, scraped every second, and runs with none of it, in
/// turn: what the machine does besides meets both alike.
struct Watching {
    let place: Workplace

    func measure(pairs: Int) throws -> Report.Watching {
        let settings = place.settings
        let backlog = Backlog(place: place)
        let port = 18_080
        var report = Report.Watching(events: settings.events, watched: [], silent: [])
        let scraper = Scraper(port: port)
        scraper.start()
        defer { scraper.stop() }
        for pair in 0..<pairs {
            // The order changes from pair to pair: a run warms the machine for the next.
            for isWatched in pair % 2 == 0 ? [true, false] : [false, true] {
                let changes =
                    isWatched ? ["ADMIN_PORT": "\(port)"] : ["ADMIN_ENABLED": "false", "LOG_LEVEL": "critical"]
                let measured = try backlog.measure(
                    events: settings.events, contacts: settings.contacts, changes: changes)
                if isWatched {
                    report.watched.append(measured.workerMicroseconds)
                } else {
                    report.silent.append(measured.workerMicroseconds)
                }
            }
        }
        report.scrapes = scraper.count
        return report
    }
}

/// Fetches the metrics every second, whether somebody answers or not.
private final class Scraper: @unchecked Sendable {
    // Its state is guarded by the lock.
    private let lock = NSLock()
    private var isStopped = false
    private var scrapes = 0
    private let port: Int

    init(port: Int) { self.port = port }

    var count: Int { lock.withLock { scrapes } }

    func start() {
        Thread.detachNewThread { [self] in
            while !lock.withLock({ isStopped }) {
                let curl = Process()
                curl.executableURL = URL(filePath: "/usr/bin/env")
                curl.arguments =
                    ["curl", "--silent", "--fail", "--max-time", "1", "--output", "/dev/null"]
                    + ["http://127.0.0.1:\(port)/metrics"]
                if (try? curl.run()) != nil {
                    curl.waitUntilExit()
                    if curl.terminationStatus == 0 { lock.withLock { scrapes += 1 } }
                }
                sleep(1)
            }
        }
    }

    func stop() { lock.withLock { isStopped = true } }
}
