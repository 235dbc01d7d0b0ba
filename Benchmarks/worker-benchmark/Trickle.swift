import BenchmarkSupport
import Foundation
import KafkaClient
import ProtectedIdentity

/// A steady trickle: how long from an event's `ce_time` until its outcome is visible, and until its person is cleared.
struct Trickle {
    let place: Workplace

    func measure(rate: Int) throws -> Report.Trickle {
        let settings = place.settings
        let events = rate * settings.trickleSeconds
        let warmUp = settings.partitions * 20
        let contacts = max(settings.contacts, events + warmUp)
        let broker = try Broker(settings, folder: place.folder)
        let database = try place.databases.make(contacts: contacts)
        let reader = try OutcomeReader(broker, events: warmUp + events)
        defer { reader.stop() }
        let worker = try place.worker(broker, store: database)
        defer { worker.end() }
        let feed = Feed(topic: broker.events, partitions: settings.partitions)
        let producer = try KafkaProducer(
            ProducerConfiguration(bootstrapServers: broker.bootstrapServers, linger: .zero), logger: quiet)
        defer { producer.close(within: .seconds(1)) }
        try producer.warmUp(topics: [broker.events], timeout: .seconds(10))

        // Until the group is joined and every statement has been planned.
        for index in 0..<warmUp { try producer.produce(feed.event(index, at: .now, observedAt: .now)) }
        guard wait(within: 60, until: { reader.count >= warmUp || !worker.isRunning }), reader.count >= warmUp else {
            throw BenchmarkError("the worker does not begin: \(worker.lastWords)")
        }
        var sent = [Int64](repeating: 0, count: events)
        let busy = ProcessFigures.processorTime(worker.pid)
        let begin = ContinuousClock.now
        for index in 0..<events {
            let due = begin + .nanoseconds(Int64(index) * 1_000_000_000 / Int64(rate))
            let early = ContinuousClock.now.duration(to: due).inSeconds
            if early > 0 { usleep(UInt32(early * 1_000_000)) }
            let now = Timestamp.now
            sent[index] = now.microseconds
            try producer.produce(feed.event(warmUp + index, at: now, observedAt: now))
        }
        try producer.flush(within: .seconds(10))
        guard wait(within: 60, until: { reader.count >= warmUp + events }) else {
            throw BenchmarkError("\(reader.count - warmUp) of \(events) outcomes: \(worker.lastWords)")
        }
        let cost = (ProcessFigures.processorTime(worker.pid) - busy) * 1_000_000 / Double(events)
        let times = reader.seen.times
        let visible = (0..<events).map { Double(times[warmUp + $0] - sent[$0]) / 1_000 }
        let exposed = try exposure(database, sent: sent, from: warmUp)
        let memory = ProcessFigures.residentMemory(worker.pid)
        worker.end()
        try place.databases.remove(database)
        return Report.Trickle(
            eventsPerSecond: rate, seconds: settings.trickleSeconds, visible: Percentiles(visible),
            exposed: exposed.map { Percentiles($0) }, workerMicroseconds: cost, residentMiB: memory)
    }

    /// Until the commit that cleared each person, as the server has noted it; nil where it notes none.
    private func exposure(_ database: String, sent: [Int64], from first: Int) throws -> [Double]? {
        guard place.databases.setting("track_commit_timestamp") == "on" else { return nil }
        let rows = try Commands.ask(
            database,
            """
            SELECT customer_id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint
            FROM benchmark.customer WHERE protected_identity
            """)
        return rows.split(separator: "\n").compactMap { row in
            let columns = row.split(separator: "|").compactMap { Int64($0) }
            guard columns.count == 2 else { return nil }
            let index = Int(columns[0]) - 1 - first
            return sent.indices.contains(index) ? Double(columns[1] - sent[index]) / 1_000 : nil
        }
    }
}
