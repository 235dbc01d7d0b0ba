import BatchPipeline
import KafkaClient
import ProtectedIdentity
import RegistryWorker
import Simulation
import Synchronization

/// A breakage: each record that is read is a new event to the journal, or at least each that comes again at its place.
final class ForgetfulWork: PipelineWork {
    typealias Item = RegistryItem
    typealias Message = EncodedMessage

    private struct State {
        var last: UInt64 = 0
        /// How often each record was read.
        var readings: [RecordCoordinates: UInt64] = [:]
    }

    private let work: Alterations.Work
    private let forgetsOnlyPlaces: Bool
    private let state = Mutex(State())

    init(_ work: Alterations.Work, forgetsOnlyPlaces: Bool = false) {
        self.work = work
        self.forgetsOnlyPlaces = forgetsOnlyPlaces
    }

    func decode(_ records: RecordBatch) -> [BatchPipeline.Slice<RegistryItem>] {
        work.decode(records).map { slice in
            BatchPipeline.Slice(
                partition: slice.partition, first: slice.first, last: slice.last, items: slice.items.map(forget))
        }
    }

    private func forget(_ item: RegistryItem) -> RegistryItem {
        let old = item.incoming
        let (last, reading) = state.withLock { state in
            state.last += 1
            state.readings[old.coordinates, default: 0] += 1
            return (state.last, state.readings[old.coordinates, default: 0])
        }
        let journalKeys: [EventKey]
        if forgetsOnlyPlaces {
            // Duplicates are still known by the event's key; a record that is read again is another event.
            journalKeys = reading == 1 ? old.journalKeys : Self.key(last)
        } else {
            journalKeys = Self.key(2 * last)
        }
        let incoming = IncomingRecord(
            coordinates: old.coordinates, journalKeys: journalKeys,
            placeKeys: forgetsOnlyPlaces ? old.placeKeys : Self.key(2 * last + 1), says: old.says, raw: old.raw,
            digest: old.digest,
            redrives: old.redrives, content: old.content)
        return RegistryItem(incoming: incoming, record: item.record)
    }

    /// A key that the journal has never seen.
    private static func key(_ number: UInt64) -> [EventKey] {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        return EventKey(bytes: Array(repeating: 0xFF, count: 8) + bytes).map { [$0] } ?? []
    }

    func admit(_ standings: [PartitionStanding]) throws(StoreFailure) -> [StandingAlarm] {
        try work.admit(standings)
    }

    func apply(
        _ slices: [BatchPipeline.Slice<RegistryItem>], settling: [PublishedSlice]
    ) throws(StoreFailure) -> [AppliedSlice<EncodedMessage>] {
        try work.apply(slices, settling: settling)
    }

    func settle(_ slices: [PublishedSlice]) throws(StoreFailure) {
        try work.settle(slices)
    }

    func encode(_ message: EncodedMessage) -> OutgoingRecord {
        work.encode(message)
    }
}
