public import BatchPipeline
public import ContactStore
public import KafkaClient
public import ProtectedIdentity

/// A pipeline's work on a contact registry: records in, each decided once and saved with its outcome in the journal, messages
/// out. What the workers have in common, and with it what they promise: one outcome for each identity, or a quarantine record.
///
/// A worker says what it reads, and with what it works.
public protocol RegistryWork: PipelineWork where Item == RegistryItem, Message == EncodedMessage {
    /// The registry.
    var store: any ContactStore { get }
    /// Everything that the work needs to know.
    var settings: RegistryWorkSettings { get }
    /// Is told of every decision, on the store's thread.
    var observer: any DecisionObserver { get }
    /// Makes items of records.
    var reader: RecordReader { get }
    /// The wall clock, injected so that it can be a simulation's.
    var clock: @Sendable () -> Timestamp { get }

    /// What each tenant does with cleared contacts, as it is when a batch is decided; the settings' own, unless a work says
    /// otherwise.
    ///
    /// - Throws: why it cannot be told now: the batch is tried again.
    func policies() throws(StoreFailure) -> TenantPolicies

    /// Does what has to be done before records can be decided, and tells what became of it; nothing, unless a work says
    /// otherwise. What was done must be found done when the same records come again.
    ///
    /// - Throws: why it cannot be done now: the batch is tried again.
    func prepare(_ records: [IncomingRecord]) throws(StoreFailure) -> [RecordCoordinates: NoticeResult]
}

/// Base64 in JSON makes four bytes of three, and a broker takes 1,048,588 of them by default.
private let mostSealedBytes = 700_000

extension RegistryWork {
    /// What stood in the configuration when the worker began.
    public func policies() throws(StoreFailure) -> TenantPolicies { settings.policies }

    /// There is nothing to be done.
    public func prepare(_ records: [IncomingRecord]) throws(StoreFailure) -> [RecordCoordinates: NoticeResult] { [:] }

    /// Decodes each record into what it says or a reason to set it aside.
    public func decode(_ records: RecordBatch) -> [BatchPipeline.Slice<RegistryItem>] {
        let today = clock().date
        let reader = reader
        return records.runs.compactMap { run in
            let items = records.records(of: run).map { reader.read($0, today: today) }
            guard let first = items.first, let last = items.last else { return nil }
            return BatchPipeline.Slice(
                partition: run.topicPartition, first: first.incoming.coordinates.offset,
                last: last.incoming.coordinates.offset, items: items)
        }
    }

    /// Decodes records one by one, for whoever only looks.
    package func read(_ records: [RecordView]) -> [RegistryItem] {
        let today = clock().date
        return records.map { reader.read($0, today: today) }
    }

    /// Decides and applies the slices in one store transaction, or in several where the store refuses a record.
    public func apply(
        _ slices: [BatchPipeline.Slice<RegistryItem>], settling: [PublishedSlice]
    ) throws(StoreFailure) -> [AppliedSlice<EncodedMessage>] {
        let notices = try prepare(slices.flatMap { $0.items.map(\.incoming) })
        return try apply(slices, settling: settling.map(SettledSlice.init), refused: [], notices)
    }

    /// Settles slices that are known to be published.
    public func settle(_ slices: [PublishedSlice]) throws(StoreFailure) {
        do {
            try store.settle(slices.map(SettledSlice.init), of: settings.group)
        } catch {
            throw StoreFailure(error)
        }
    }

    /// The record to produce for a message.
    public func encode(_ message: EncodedMessage) -> OutgoingRecord {
        OutgoingRecord(message, topic: settings.topics[message.destination])
    }

    private func apply(
        _ slices: [BatchPipeline.Slice<RegistryItem>], settling: [SettledSlice], refused: Set<RecordCoordinates>,
        _ notices: [RecordCoordinates: NoticeResult]
    ) throws(StoreFailure) -> [AppliedSlice<EncodedMessage>] {
        let batch = StoreBatch(
            redaction: RedactionBatch(
                group: settings.group, records: slices.flatMap { $0.items.lazy.map(\.incoming) }, decidedAt: clock(),
                policies: try policies(), keyring: settings.keyring, refusedByStore: refused, notices: notices),
            slices: slices.map {
                BatchSlice(
                    partition: PartitionName($0.partition), first: $0.first, last: $0.last, follows: $0.follows)
            },
            settling: settling)
        do {
            let applied = try BatchSpan(of: slices, group: settings.group).around { () throws(StoreError) in
                try store.apply(batch)
            }
            return try publishable(slices, applied)
        } catch .refused(let reason) {
            return try isolate(slices, settling: settling, refused: refused, notices, reason: reason)
        } catch {
            throw StoreFailure(error)
        }
    }

    /// Halves a batch that the store refuses until the record that it refuses stands alone, and sets that one aside.
    private func isolate(
        _ slices: [BatchPipeline.Slice<RegistryItem>], settling: [SettledSlice], refused: Set<RecordCoordinates>,
        _ notices: [RecordCoordinates: NoticeResult], reason: String
    ) throws(StoreFailure) -> [AppliedSlice<EncodedMessage>] {
        let items = slices.flatMap(\.items)
        guard items.count > 1 else {
            let alone = Set(items.map(\.incoming.coordinates))
            // Even setting it aside is refused: nothing about the record can be the cause.
            guard refused.isDisjoint(with: alone), !alone.isEmpty else { throw .permanent(reason) }
            return try apply(slices, settling: settling, refused: alone, notices)
        }
        let (front, back) = slices.halved()
        return try apply(front, settling: settling, refused: [], notices)
            + apply(back, settling: [], refused: [], notices)
    }

    private func publishable(
        _ slices: [BatchPipeline.Slice<RegistryItem>], _ applied: AppliedBatch
    ) throws(StoreError) -> [AppliedSlice<EncodedMessage>] {
        guard applied.verdicts.count == slices.reduce(0, { $0 + $1.items.count }),
            applied.sliceIDs.count == slices.count
        else { throw .unusable("the store has answered for another number of records than it was given") }
        var next = 0
        var results: [AppliedSlice<EncodedMessage>] = []
        // Asked for once: each answer is a copy.
        let (settings, observer) = (settings, observer)
        for (slice, id) in zip(slices, applied.sliceIDs) {
            var messages: [EncodedMessage] = []
            messages.reserveCapacity(slice.items.count)
            for item in slice.items {
                let verdict = applied.verdicts[next]
                next += 1
                observer.decided(item.incoming, verdict)
                guard case .publish(let outcome) = verdict else { continue }
                messages += try self.messages(for: outcome, of: item, settings)
            }
            results.append(AppliedSlice(id: id, partition: slice.partition, last: slice.last, messages: messages))
        }
        return results
    }

    private func messages(
        for outcome: StoredOutcome, of item: RegistryItem, _ settings: RegistryWorkSettings
    ) throws(StoreError) -> [EncodedMessage] {
        guard case .quarantined(let reason, let attempts, _) = outcome else {
            return outcome.messages(ceSource: settings.source, replay: settings.marksCopies)
        }
        let coordinates = item.incoming.coordinates
        var sealed: [UInt8]?
        // What would be larger, sealed, than a broker takes is not copied: its transaction would be aborted for ever. Its
        // coordinates lead to it.
        if let seal = settings.seal, item.byteCount <= mostSealedBytes {
            do {
                sealed = try seal.seal(item.original, at: coordinates)
            } catch {
                // To write it unsealed would leak it, to skip it would lose it: it waits until somebody has looked.
                throw .transient("the record \(coordinates) cannot be sealed into the quarantine")
            }
        }
        let headers = QuarantineHeaders(
            topic: coordinates.topic, partition: coordinates.partition, offset: coordinates.offset,
            timestamp: item.record.timestamp ?? -1, consumerGroup: settings.group, reason: reason, attempts: attempts,
            redrives: item.incoming.redrives, keyID: sealed == nil ? nil : settings.seal?.keyID)
        let message = QuarantineMessage(headers: headers, sealed: sealed, traceparent: item.incoming.traceparent)
        return [message.encoded()]
    }
}

extension [BatchPipeline.Slice<RegistryItem>] {
    /// The front and the back half of the items, as slices that end and begin where the cut goes.
    func halved() -> (front: Self, back: Self) {
        var left = reduce(0) { $0 + $1.items.count } / 2
        var (front, back): (Self, Self) = ([], [])
        for slice in self {
            let cut = Swift.min(left, slice.items.count)
            left -= cut
            if cut > 0 { front.append(slice.part(slice.items[..<cut])) }
            if cut < slice.items.count { back.append(slice.part(slice.items[cut...])) }
        }
        return (front, back)
    }
}

extension BatchPipeline.Slice<RegistryItem> {
    fileprivate func part(_ part: ArraySlice<RegistryItem>) -> Self {
        let offsets = part.map(\.incoming.coordinates.offset)
        // What lies behind the last record of the slice (control records) goes with its last part.
        let isEnd = part.endIndex == items.endIndex
        return Self(
            partition: partition, first: offsets.first ?? first, last: isEnd ? last : offsets.last ?? last,
            items: Array(part), follows: part.startIndex == items.startIndex ? follows : nil)
    }
}
