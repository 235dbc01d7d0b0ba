public import BatchPipeline
public import ContactStore
public import KafkaClient
public import ProtectedIdentity
import RedactionWorker
public import RegistryWorker
import Synchronization

/// The work of a replay: that of the redaction worker, under a group of its own, of those records that a filter means.
///
/// Its records are home of nothing that others have decided, so it publishes what it decides itself; and, where that is asked for,
/// a copy of each stored outcome for the record that once caused it.
public struct ReplayWork: PipelineWork {
    let store: any ReplayStore
    let filter: ReplayFilter
    let isRepublishing: Bool
    let source: String
    private let work: RedactionWork
    private let verdicts: VerdictList
    private let tally: ReplayTally

    /// The work on a store.
    ///
    /// - Parameters:
    ///   - settings: the worker's, with the replay's own group.
    ///   - isRepublishing: whether stored outcomes are published again.
    ///   - tally: counts what is done.
    public init(
        store: any ReplayStore, settings: RegistryWorkSettings, filter: ReplayFilter, isRepublishing: Bool,
        tally: ReplayTally, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.filter = filter
        self.isRepublishing = isRepublishing
        self.tally = tally
        source = settings.source
        let verdicts = VerdictList()
        self.verdicts = verdicts
        work = RedactionWork(store: store, settings: settings, observer: verdicts, clock: clock)
    }

    /// Decodes, and leaves out what is not meant.
    public func decode(_ records: RecordBatch) -> [BatchPipeline.Slice<RegistryItem>] {
        work.decode(records).map { slice in
            let meant = slice.filtered { filter.matches($0.incoming) }
            tally.read(slice, leaving: meant)
            return meant
        }
    }

    /// As a worker's, as long as the replay is not at its end.
    public func admit(_ standings: [PartitionStanding]) throws(StoreFailure) -> [StandingAlarm] {
        try expectUnfinished()
        return try work.admit(standings)
    }

    /// As a worker's; and the copies.
    public func apply(
        _ slices: [BatchPipeline.Slice<RegistryItem>], settling: [PublishedSlice]
    ) throws(StoreFailure) -> [AppliedSlice<EncodedMessage>] {
        verdicts.clear()
        var applied: [AppliedSlice<EncodedMessage>]
        do {
            applied = try work.apply(slices, settling: settling)
        } catch .setBack(let reason) {
            // How far a replay is, is forgotten with the replay.
            try expectUnfinished()
            throw .setBack(reason)
        }
        let decided = verdicts.all
        let known = try known(among: decided)
        let copies = isRepublishing ? copies(of: known) : []
        for (coordinates, copy) in copies {
            let place = applied.firstIndex { slice in
                slice.partition == TopicPartition(topic: coordinates.topic, partition: coordinates.partition)
                    && coordinates.offset <= slice.last
            }
            if let place { applied[place] = applied[place].appending([copy]) }
        }
        let aside = known.filter { if case .quarantined = $0.row.outcome { true } else { false } }
        tally.applied(
            decided, aside: aside.map(\.record.coordinates), copies: copies.map(\.0), slices: slices)
        return applied
    }

    /// As a worker's.
    public func settle(_ slices: [PublishedSlice]) throws(StoreFailure) {
        try work.settle(slices)
    }

    /// As a worker's.
    public func encode(_ message: EncodedMessage) -> OutgoingRecord {
        work.encode(message)
    }

    /// Whoever has taken over may have come to the end before this one has noticed.
    private func expectUnfinished() throws(StoreFailure) {
        let isUnfinished: Bool
        do {
            isUnfinished = try store.unfinishedReplays().contains { $0.group == work.settings.group }
        } catch {
            throw StoreFailure(error)
        }
        guard !isUnfinished else { return }
        tally.finishedElsewhere()
        throw .permanent("another process has brought this replay to its end")
    }

    /// The records that the journal knew, each with its row.
    private func known(
        among decided: [VerdictList.Entry]
    ) throws(StoreFailure) -> [(record: IncomingRecord, row: JournalRow)] {
        let records = decided.filter { $0.verdict == .duplicate || $0.verdict == .alreadyPublished }.map(\.record)
        guard !records.isEmpty else { return [] }
        do {
            let rows = try store.journalRows(Set(records.flatMap(\.journalKeys)))
            return records.compactMap { record in
                record.journalKeys.lazy.compactMap { rows[$0] }.first.map { (record, $0) }
            }
        } catch {
            throw StoreFailure(error)
        }
    }

    /// A copy of the outcome for each record that once caused it. Not of its commands: whoever acts on one has done so. And not
    /// of what is still to be published: its own record does that.
    private func copies(
        of known: [(record: IncomingRecord, row: JournalRow)]
    ) -> [(RecordCoordinates, EncodedMessage)] {
        known.compactMap { record, row in
            guard !row.isUnpublished, row.home.coordinates == record.coordinates,
                let copy = row.outcome.messages(ceSource: source, replay: true).first
            else { return nil }
            return (record.coordinates, copy)
        }
    }
}

/// What was decided of a batch, record by record. Used on the store's thread.
final class VerdictList: DecisionObserver {
    struct Entry: Sendable {
        let record: IncomingRecord
        let verdict: Verdict
    }

    private let entries = Mutex<[Entry]>([])

    var all: [Entry] { entries.withLock { $0 } }

    func clear() {
        entries.withLock { $0 = [] }
    }

    func decided(_ record: IncomingRecord, _ verdict: Verdict) {
        entries.withLock { $0.append(Entry(record: record, verdict: verdict)) }
    }
}

/// Counts what a replay does. What a session that failed has done comes again, and is counted once.
public final class ReplayTally: Sendable {
    private struct State {
        var report = ReplayReport()
        var readTo: [TopicPartition: Int64] = [:]
        var appliedTo: [TopicPartition: Int64] = [:]
        var isFinishedElsewhere = false
    }

    private let state = Mutex(State())

    /// Nothing counted yet.
    public init() {}

    /// The counts so far.
    public var report: ReplayReport { state.withLock { $0.report } }

    /// Whether another process has brought the replay to its end.
    var isFinishedElsewhere: Bool { state.withLock { $0.isFinishedElsewhere } }

    func finishedElsewhere() {
        state.withLock { $0.isFinishedElsewhere = true }
    }

    func read(_ slice: BatchPipeline.Slice<RegistryItem>, leaving meant: BatchPipeline.Slice<RegistryItem>) {
        state.withLock { state in
            let before = state.readTo[slice.partition] ?? 0
            let isNew = { (item: RegistryItem) in item.incoming.coordinates.offset >= before }
            let read = slice.items.count(where: isNew)
            state.report.read += read
            state.report.filtered += read - meant.items.count(where: isNew)
            state.readTo[slice.partition] = max(before, slice.last + 1)
        }
    }

    func applied(
        _ decided: [VerdictList.Entry], aside: [RecordCoordinates], copies: [RecordCoordinates],
        slices: [BatchPipeline.Slice<RegistryItem>]
    ) {
        state.withLock { state in
            let before = state.appliedTo
            func isNew(_ place: RecordCoordinates) -> Bool {
                place.offset >= before[TopicPartition(topic: place.topic, partition: place.partition)] ?? 0
            }
            for entry in decided where isNew(entry.record.coordinates) { state.report.count(entry.verdict) }
            state.report.knownAside += aside.count(where: isNew)
            state.report.republished += copies.count(where: isNew)
            for slice in slices { state.appliedTo[slice.partition] = max(before[slice.partition] ?? 0, slice.last + 1) }
        }
    }
}
