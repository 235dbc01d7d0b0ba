import KafkaClient
import Synchronization

/// Reads stretches of partitions by hand, in place of a group's assignment. Used on the consumer's thread.
///
/// To the machine it looks like a group that gives everything at the first poll and takes nothing back.
final class RangeReader: Sendable {
    private struct State {
        /// What is left of those ranges that are not read to their ends.
        var left: [TopicPartition: Range<Int64>]
        var wasGiven = false
        var pace: Pace?
    }

    private let consumer: KafkaConsumer
    private let ranges: [TopicPartition: Range<Int64>]
    private let state: Mutex<State>

    private static let lookUpTimeout = Duration.seconds(5)

    init(_ ranges: [TopicPartition: Range<Int64>], recordsPerSecond: Int?, on consumer: KafkaConsumer) {
        self.consumer = consumer
        self.ranges = ranges
        state = Mutex(State(left: ranges, pace: recordsPerSecond.map { Pace(perSecond: $0, now: .now) }))
    }

    /// Whether nothing is left to be read.
    var isExhausted: Bool { state.withLock { $0.wasGiven && $0.left.isEmpty } }

    /// Begins behind what the group has committed.
    func begin() throws(KafkaError) {
        let committed = try consumer.committedOffsets(for: ranges.keys.sorted(), timeout: Self.lookUpTimeout)
        let left = state.withLock { state in
            state.left = ranges.filter { committed[$0.key] ?? 0 < $0.value.upperBound && !$0.value.isEmpty }
            for (partition, range) in state.left {
                state.left[partition] = max(range.lowerBound, committed[partition] ?? 0)..<range.upperBound
            }
            return state.left
        }
        try consumer.assign(left.mapValues(\.lowerBound))
    }

    /// As the consumer's own, of what the ranges hold.
    func poll(maximum: Int, timeout: Duration) -> Polled {
        let isFirst = state.withLock { state in
            defer { state.wasGiven = true }
            return !state.wasGiven
        }
        if isFirst { return .rebalance(Rebalance(kind: .assigned, partitions: ranges.keys.sorted())) }
        guard !isExhausted else { return .nothing }
        let room = state.withLock { state in state.pace?.room(at: .now) ?? maximum }
        switch consumer.poll(maximum: min(maximum, room), timeout: timeout) {
        case .records(let batch): return trim(batch)
        case .nothing:
            // Behind the last record there may stand markers of transactions alone.
            let met = consumer.metEnds()
            state.withLock { state in
                state.left = state.left.filter { partition, left in met[partition].map { $0 < left.upperBound } ?? true
                }
            }
            return .nothing
        case let other: return other
        }
    }

    /// What of a batch lies in the ranges. A partition that is read beyond its range is read no further.
    private func trim(_ batch: RecordBatch) -> Polled {
        let before = state.withLock { state in
            state.pace?.took(batch.count)
            let before = state.left
            for run in batch.runs {
                guard let left = before[run.topicPartition], let last = batch.records(of: run).last else { continue }
                let next = min(last.offset + 1, left.upperBound)
                state.left[run.topicPartition] = next < left.upperBound ? next..<left.upperBound : nil
            }
            return before
        }
        let wanted = batch.filtered {
            before[$0.topicPartition].map { [offset = $0.offset] in $0.contains(offset) } ?? false
        }
        if wanted.count < batch.count {
            do {
                try consumer.assign(state.withLock { $0.left.mapValues(\.lowerBound) })
            } catch {
                return .unusable(error)
            }
        }
        return wanted.isEmpty ? .nothing : .records(wanted)
    }
}

/// So many records a second, and no more than a second's worth at once.
struct Pace: Sendable {
    private let perSecond: Int
    private var room: Double
    private var lastAsked: ContinuousClock.Instant

    init(perSecond: Int, now: ContinuousClock.Instant) {
        self.perSecond = max(1, perSecond)
        room = 0
        lastAsked = now
    }

    /// How many may be taken now.
    mutating func room(at now: ContinuousClock.Instant) -> Int {
        room = min(Double(perSecond), room + Double(perSecond) * ((now - lastAsked) / .seconds(1)))
        lastAsked = now
        return Int(room)
    }

    mutating func took(_ count: Int) {
        room -= Double(count)
    }
}
