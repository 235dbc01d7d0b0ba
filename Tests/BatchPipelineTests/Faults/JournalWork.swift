import BatchPipeline
import KafkaClient
import Synchronization

/// Work that decides each event once, with a journal in memory by the rules of the real stores: only the record that
/// was decided publishes the outcome, and only until its slice is settled.
final class JournalWork: PipelineWork {
    struct Event: Sendable {
        let id: String
        let offset: Int64
    }

    /// What is to be published for one event. A second decision would have another number.
    struct Outcome: Sendable {
        let id: String
        let decision: Int
    }

    private struct Row {
        let partition: TopicPartition
        let offset: Int64
        let outcome: Outcome
        var slice: Int64
    }

    private struct State {
        var rows: [String: Row] = [:]
        var standing: Set<Int64> = []
        var settled: [String: Int] = [:]
        var appliedTo: [TopicPartition: Int64] = [:]
        var lastSlice: Int64 = 0
        var interruption: (@Sendable () -> Void)?
        var interruptions = 0
    }

    private let state = Mutex(State())

    /// How often the pipeline has said of each event that its outcome is in a committed transaction.
    var settled: [String: Int] { state.withLock { $0.settled } }
    /// What was decided of each event.
    var decided: [String: String] { state.withLock { $0.rows.mapValues { "\($0.outcome.decision)" } } }

    /// How many transactions were interrupted, and have gone on.
    var interruptions: Int { state.withLock { $0.interruptions } }

    /// Calls `action` once, on the producer's thread, in the transaction that publishes next: it has begun, and not one
    /// of its requests has been sent.
    func interruptNextTransaction(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.interruption = action }
    }

    func decode(_ records: RecordBatch) -> [BatchPipeline.Slice<Event>] {
        records.runs.compactMap { run in
            let events = records.records(of: run).map { record in
                Event(id: record.key.map { String(decoding: $0, as: UTF8.self) } ?? "", offset: record.offset)
            }
            guard let first = events.first, let last = events.last else { return nil }
            return BatchPipeline.Slice(
                partition: run.topicPartition, first: first.offset, last: last.offset, items: events)
        }
    }

    func admit(_ standings: [PartitionStanding]) throws(StoreFailure) -> [StandingAlarm] {
        state.withLock { state in
            standings.compactMap { standing in
                guard let next = standing.committed ?? state.appliedTo[standing.partition], next < standing.low else {
                    return nil
                }
                return .expiredUnread(standing, next: next)
            }
        }
    }

    func apply(
        _ slices: [BatchPipeline.Slice<Event>], settling: [PublishedSlice]
    ) throws(StoreFailure) -> [AppliedSlice<Outcome>] {
        state.withLock { state in
            settle(settling, &state)
            return slices.map { slice in
                state.lastSlice += 1
                let id = state.lastSlice
                state.standing.insert(id)
                state.appliedTo[slice.partition] = max(state.appliedTo[slice.partition] ?? 0, slice.last + 1)
                let outcomes = slice.items.compactMap { publish($0, of: slice.partition, in: id, &state) }
                return AppliedSlice(id: id, partition: slice.partition, last: slice.last, messages: outcomes)
            }
        }
    }

    private func publish(
        _ event: Event, of partition: TopicPartition, in slice: Int64, _ state: inout State
    ) -> Outcome? {
        guard var row = state.rows[event.id] else {
            let outcome = Outcome(id: event.id, decision: state.rows.count)
            state.rows[event.id] = Row(partition: partition, offset: event.offset, outcome: outcome, slice: slice)
            return outcome
        }
        let isHome = row.partition == partition && row.offset == event.offset
        guard isHome, state.standing.contains(row.slice) else { return nil }
        row.slice = slice
        state.rows[event.id] = row
        return row.outcome
    }

    func settle(_ slices: [PublishedSlice]) throws(StoreFailure) {
        state.withLock { settle(slices, &$0) }
    }

    private func settle(_ slices: [PublishedSlice], _ state: inout State) {
        let settled = Set(slices.map(\.id)).intersection(state.standing)
        state.standing.subtract(settled)
        for (id, row) in state.rows where settled.contains(row.slice) { state.settled[id, default: 0] += 1 }
    }

    func encode(_ outcome: Outcome) -> OutgoingRecord {
        if let action = state.withLock({ $0.interruption.take() }) {
            action()
            state.withLock { $0.interruptions += 1 }
        }
        return OutgoingRecord(topic: "out", key: Array(outcome.id.utf8), value: Array("\(outcome.decision)".utf8))
    }
}
