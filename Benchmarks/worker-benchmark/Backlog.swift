import Foundation
import KafkaClient

/// The shipped worker on a backlog that stands in the topic before it starts.
struct Backlog {
    enum Registry: String { case postgres, sqlite }

    let place: Workplace

    func measure(
        _ registry: Registry = .postgres, events: Int, contacts: Int, workers count: Int = 1,
        changes: [String: String] = [:]
    ) throws -> Report.Backlog {
        let broker = try Broker(place.settings, folder: place.folder)
        let feed = Feed(topic: broker.events, partitions: place.settings.partitions)
        try feed.fill(broker, events: events)
        let database = registry == .postgres ? try place.databases.make(contacts: contacts) : nil
        let store = try database ?? "sqlite://" + place.embeddedRegistry(contacts: contacts)
        let reader = try OutcomeReader(broker, events: events)
        defer { reader.stop() }
        let workers = try (0..<count).map { _ in try place.worker(broker, store: store, changes) }
        defer { for worker in workers { worker.end() } }

        guard wait(within: 60, until: { reader.count > 0 || workers.contains { !$0.isRunning } }), reader.count > 0
        else { throw BenchmarkError("no outcome within a minute: \(workers[0].lastWords)") }
        let (begun, start) = (reader.count, cost(of: workers, broker))
        var memory: [Double] = []
        let origin = ContinuousClock.now
        var stalled = (count: 0, since: origin)
        while reader.count < events {
            usleep(100_000)
            memory.append(workers.map { ProcessFigures.residentMemory($0.pid) }.max() ?? 0)
            if reader.count > stalled.count { stalled = (reader.count, .now) }
            guard stalled.since.duration(to: .now) < .seconds(60) else {
                throw BenchmarkError("\(reader.count) of \(events) outcomes, and no more: \(workers[0].lastWords)")
            }
        }
        let end = cost(of: workers, broker)
        usleep(300_000)
        let seen = reader.seen
        guard seen.duplicates == 0 else { throw BenchmarkError("\(seen.duplicates) outcomes came twice") }
        for worker in workers { worker.end() }
        if let database { try place.databases.remove(database) }
        guard let first = seen.first, let last = seen.last else { throw BenchmarkError("no outcome") }
        let each = 1_000_000 / Double(events - begun)
        return Report.Backlog(
            registry: registry.rawValue, workers: count, events: events, contacts: contacts,
            eventsPerSecond: Double(events) / first.duration(to: last).inSeconds,
            workerMicroseconds: (end.workers - start.workers) * each,
            brokerMicroseconds: end.broker.flatMap { end in start.broker.map { (end - $0) * each } },
            databaseMicroseconds: registry == .sqlite
                ? nil : end.database.flatMap { end in start.database.map { (end - $0) * each } },
            residentMiB: memory)
    }

    private func cost(
        of workers: [Program], _ broker: Broker
    ) -> (workers: Double, broker: Double?, database: Double?) {
        (
            workers.reduce(0) { $0 + ProcessFigures.processorTime($1.pid) }, broker.processorTime,
            place.databases.processorTime
        )
    }
}
