import Foundation
import KafkaClient
import Synchronization

/// Reads the outcomes topic as a `read_committed` consumer does, on a thread of its own, and keeps when it saw what.
final class OutcomeReader: Sendable {
    struct Seen {
        var count = 0
        var duplicates = 0
        var first: ContinuousClock.Instant?
        var last: ContinuousClock.Instant?
        /// When each event's outcome was seen, in microseconds since 1970; 0: not yet.
        var times: [Int64]
    }

    private let state: Mutex<Seen>
    private let isStopped = Atomic<Bool>(false)

    init(_ broker: Broker, events: Int) throws {
        state = Mutex(Seen(times: [Int64](repeating: 0, count: events)))
        let consumer = try broker.consumer(group: "reader-\(broker.outcomes)")
        let partitions = (0..<broker.outcomePartitions).map {
            TopicPartition(topic: broker.outcomes, partition: Int32($0))
        }
        try consumer.assign(Dictionary(uniqueKeysWithValues: partitions.map { ($0, 0) }))
        Thread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                if case .records(let batch) = consumer.poll(maximum: 2_000, timeout: .milliseconds(50)) { note(batch) }
            }
            _ = consumer.leave(within: .seconds(1))
        }.start()
    }

    deinit { stop() }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    var count: Int { state.withLock { $0.count } }
    var seen: Seen { state.withLock { $0 } }

    private func note(_ batch: RecordBatch) {
        let now = ContinuousClock.now
        let time = Int64(Date().timeIntervalSince1970 * 1_000_000)
        state.withLock { seen in
            for record in batch {
                guard let index = Self.event(of: record), seen.times.indices.contains(index) else { continue }
                if seen.times[index] != 0 {
                    seen.duplicates += 1
                    continue
                }
                seen.times[index] = time
                seen.count += 1
                if seen.first == nil { seen.first = now }
                seen.last = now
            }
        }
    }

    private static let mark = Array("\"id\":\"event-".utf8)

    /// The number of the event that an outcome tells of, without reading all of its JSON.
    private static func event(of record: RecordView) -> Int? {
        guard let value = record.value else { return nil }
        return value.withUnsafeBufferPointer { bytes in
            guard bytes.count > mark.count else { return nil }
            for start in 0..<(bytes.count - mark.count) where bytes[start + 1] == mark[1] {
                guard mark.indices.allSatisfy({ bytes[start + $0] == mark[$0] }) else { continue }
                return bytes[(start + mark.count)...].prefix { (0x30...0x39).contains($0) }
                    .reduce(0) { $0 * 10 + Int($1 - 0x30) }
            }
            return nil
        }
    }
}
