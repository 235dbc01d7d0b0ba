import BatchPipeline
import ContactStore
import KafkaClient
import ProtectedIdentity
import RegistryWorker
import Simulation
import Synchronization

@testable import RedactionWorker

/// A breakage: what is published is worked out on a copy of the store, and the store itself is told only with the next
/// operation on the same partitions. Whoever dies in between has published what was never done.
final class KafkaBeforeStore: PipelineWork {
    typealias Item = RegistryItem
    typealias Message = EncodedMessage
    typealias ItemSlice = BatchPipeline.Slice<RegistryItem>

    private struct Owed {
        let slices: [ItemSlice]
        let ids: [Int64]

        var partitions: Set<TopicPartition> { Set(slices.map(\.partition)) }
    }

    private struct State {
        /// What the store has not been told yet.
        var owed: [Owed] = []
        /// What the store calls the slices that were named here.
        var names: [Int64: Int64] = [:]
        var lastID: Int64 = 0
    }

    private let work: RedactionWork
    private let store: InMemoryContactStore
    private let state = Mutex(State())

    init(work: RedactionWork, store: InMemoryContactStore) {
        self.work = work
        self.store = store
    }

    func decode(_ records: RecordBatch) -> [ItemSlice] {
        work.decode(records)
    }

    func admit(_ standings: [PartitionStanding]) throws(StoreFailure) -> [StandingAlarm] {
        // A new owner: what the earlier one owed the store was in its memory.
        let partitions = Set(standings.map(\.partition))
        state.withLock { state in state.owed.removeAll { !$0.partitions.isDisjoint(with: partitions) } }
        return try work.admit(standings)
    }

    func apply(_ slices: [ItemSlice], settling: [PublishedSlice]) throws(StoreFailure) -> [AppliedSlice<EncodedMessage>]
    {
        try pay(Set(slices.map(\.partition)).union(settling.map(\.partition)))
        try work.settle(named(settling))
        let ahead = RedactionWork(store: store.fork(), settings: work.settings, clock: work.clock)
        let results = try ahead.apply(slices, settling: [])
        return state.withLock { state in
            let ids = results.map { _ in
                state.lastID += 1
                return state.lastID
            }
            state.owed.append(Owed(slices: slices, ids: ids))
            return zip(results, ids).map { result, id in
                AppliedSlice(id: id, partition: result.partition, last: result.last, messages: result.messages)
            }
        }
    }

    func settle(_ slices: [PublishedSlice]) throws(StoreFailure) {
        try pay(Set(slices.map(\.partition)))
        try work.settle(named(slices))
    }

    func encode(_ message: EncodedMessage) -> OutgoingRecord {
        work.encode(message)
    }

    /// Tells the store what it is owed of `partitions`.
    private func pay(_ partitions: Set<TopicPartition>) throws(StoreFailure) {
        while true {
            let next = state.withLock { state in
                state.owed.first { !$0.partitions.isDisjoint(with: partitions) }
            }
            guard let next else { return }
            let results = try work.apply(next.slices, settling: [])
            state.withLock { state in
                for (id, result) in zip(next.ids, results) { state.names[id] = result.id }
                state.owed.removeAll { $0.ids == next.ids }
            }
        }
    }

    private func named(_ slices: [PublishedSlice]) -> [PublishedSlice] {
        state.withLock { state in
            slices.compactMap { slice in
                state.names[slice.id].map { PublishedSlice(id: $0, partition: slice.partition, last: slice.last) }
            }
        }
    }
}
