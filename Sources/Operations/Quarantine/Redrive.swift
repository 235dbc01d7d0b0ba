internal import Foundation
public import KafkaClient
public import ProtectedIdentity

/// Puts records that were set aside back into the topics that they were read from, under their own identities, in the order of their
/// originals.
///
/// A copy and the mark that says so in the quarantine topic are of one Kafka transaction (KIP-98), so a redrive may die anywhere:
/// the next one, of any selection, skips what has a mark. Two at once cannot be: the second takes the transactional id of the first.
public struct Redrive: Sendable {
    /// How records are put back.
    public struct Settings: Sendable {
        /// The topics that workers read: events and commands. A record goes back into its own, and into no other.
        public var topics: Set<String>
        /// How often a record may be put back.
        public var maximumRedrives = 3
        /// Records in a transaction at most.
        public var records = 100
        /// Bytes of sealed records in a transaction, about.
        public var bytes = 8 * 1_024 * 1_024
        /// Whether nothing is to be written.
        public var isDry = false

        /// The settings of a redrive.
        public init(topics: Set<String>) {
            self.topics = topics
        }
    }

    let kafka: OperationsKafka
    let quarantine: QuarantineTopic
    let filter: QuarantineFilter
    let settings: Settings
    let sealed: SealedRecords?
    let clock: @Sendable () -> Timestamp
    private let progress: @Sendable (_ done: Int, _ total: Int) -> Void
    private let isStopped: @Sendable () -> Bool

    /// A redrive of what a filter means.
    ///
    /// - Parameters:
    ///   - sealed: opens records; without it the originals are taken from their topic, as long as it retains them.
    ///   - progress: is told before the first transaction and after each.
    ///   - isStopped: is asked between two transactions whether to end here.
    public init(
        _ filter: QuarantineFilter, of quarantine: QuarantineTopic, in kafka: OperationsKafka, settings: Settings,
        sealed: SealedRecords?, clock: @escaping @Sendable () -> Timestamp,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.filter = filter
        self.quarantine = quarantine
        self.kafka = kafka
        self.settings = settings
        self.sealed = sealed
        self.clock = clock
        self.progress = progress
        self.isStopped = isStopped
    }

    /// Puts them back. Blocks.
    ///
    /// - Throws: ``KafkaClient/KafkaError``, ``KafkaClient/KafkaConfigurationError``, ``AuditFailure``, ``MissingTopic``,
    ///   ``OpenTransaction``. What was put back before is marked, and a later redrive goes on.
    public func run() throws -> RedriveReport {
        guard !settings.isDry else { return try run { _ in DryWriter() } }
        let writer = try RedriveWriter(kafka, quarantine: quarantine.name)
        defer { writer.close() }
        // What an earlier redrive has left open is settled by now, but its marks may stand behind a transaction of somebody
        // else's that is open, where no reader sees them yet.
        try waitForOpenTransactions()
        return try run { RedriveTarget(writer: writer, partitions: $0, clock: clock) }
    }

    /// - Parameter target: is told the partitions of all topics that something goes back into.
    private func run<Target: RedriveTargeting>(_ target: (Set<TopicPartition>) -> Target) throws -> RedriveReport {
        var report = RedriveReport(isDry: settings.isDry)
        var index = try index(&report)
        let target = target(Set(try index.topics.sorted().flatMap { try kafka.partitions(of: $0) }))
        let total = index.sort()
        report.selected += total
        var done = 0
        if total > 0 { progress(done, total) }
        let consumer = try kafka.consumer()
        defer { _ = consumer.leave(within: .seconds(2)) }
        let source = SourceTopic(consumer: consumer)
        while true {
            guard !isStopped() else {
                report.isStopped = done < total
                return report
            }
            let chunk = index.chunk(records: settings.records, bytes: settings.bytes)
            guard !chunk.isEmpty else { return report }
            let entries = try read(chunk)
            let copies = try originals(of: entries, source, &report)
            let refused = try target.put(copies)
            for original in refused { report.leave(original, .tooLarge) }
            report.redriven += copies.count - refused.count
            done += chunk.values.reduce(0) { $0 + $1.count }
            progress(done, total)
        }
    }

    /// What the filter means and what may be put back.
    private func index(_ report: inout RedriveReport) throws -> RedriveIndex {
        var index = RedriveIndex()
        // A copy of a record set aside is not another record.
        var met = CoordinateSet()
        var unknown = filter.coordinates
        // Opened to tell the tenant; anything else stands in the headers.
        let listing = QuarantineListing(
            quarantine, filter, isWaitingOnly: false, sealed: filter.tenant == nil ? nil : sealed)
        _ = try listing.read { line in
            let entry = line.entry
            unknown.subtract([entry.original, entry.place])
            if line.isRedriven {
                if met.insert(entry.original) { report.already += 1 }
            } else if !settings.topics.contains(entry.headers.topic) {
                if met.insert(entry.original) { report.leave(entry.original, .otherTopic) }
            } else if entry.headers.redrives >= settings.maximumRedrives {
                if met.insert(entry.original) { report.leave(entry.original, .exhausted) }
            } else {
                index.append(entry)
            }
        }
        report.selected = met.count
        report.unknown = unknown.sorted {
            ($0.topic, $0.partition, $0.offset) < ($1.topic, $1.partition, $1.offset)
        }
        return index
    }

    /// The records of a chunk, in the order of their originals.
    private func read(_ chunk: [TopicPartition: [RedriveIndex.Entry]]) throws -> [QuarantineEntry] {
        let places = Set(chunk.values.joined().map(\.place))
        let ranges = Dictionary(grouping: places, by: \.partition).map { partition, places in
            let offsets = places.map(\.offset)
            return (
                TopicPartition(topic: quarantine.name, partition: partition),
                (offsets.min() ?? 0)..<(offsets.max() ?? -1) + 1
            )
        }
        var entries: [QuarantineEntry] = []
        try quarantine.read(
            in: Dictionary(ranges, uniquingKeysWith: { first, _ in first }), copyingPayloads: sealed != nil
        ) { record in
            guard case .setAside(let entry) = record else { return true }
            let place = RedriveIndex.TopicPlace(partition: entry.place.partition, offset: entry.place.offset)
            if places.contains(place) { entries.append(entry) }
            return true
        }
        return entries.sorted { left, right in
            (left.original.topic, left.original.partition, left.original.offset)
                < (right.original.topic, right.original.partition, right.original.offset)
        }
    }

    /// The originals that can be had, in the order of the entries.
    private func originals(
        of entries: [QuarantineEntry], _ source: SourceTopic, _ report: inout RedriveReport
    ) throws -> [RedrivenRecord] {
        let toOpen = sealed == nil ? [] : entries.filter { $0.sealed != nil }
        let opened = try open(toOpen)
        let fetched = try source.originals(of: entries.filter { opened[$0.original] == nil })
        var records: [RedrivenRecord] = []
        for entry in entries {
            switch opened[entry.original] {
            case .success(let record)?: records.append(RedrivenRecord(entry: entry, original: record))
            case .failure(.sealedToAnother)?: report.leave(entry.original, .otherKey)
            case .failure?: report.leave(entry.original, .damaged)
            case nil:
                guard let record = fetched[entry.original] else {
                    report.leave(entry.original, .notRetained)
                    continue
                }
                records.append(RedrivenRecord(entry: entry, original: record))
            }
        }
        return records
    }

    private func open(
        _ entries: [QuarantineEntry]
    ) throws(AuditFailure) -> [RecordCoordinates: Result<OriginalRecord, UnopenedRecord>] {
        guard let sealed else { return [:] }
        // A dry run opens nothing, and nobody has to be told of it.
        let results =
            settings.isDry
            ? entries.map { entry -> Result<OriginalRecord, UnopenedRecord> in
                sealed.fits(entry)
                    ? .success(OriginalRecord(key: nil, value: nil, headers: [], timestamp: nil))
                    : .failure(.sealedToAnother(keyID: entry.headers.keyID ?? "?"))
            }
            : try sealed.open(entries)
        return Dictionary(zip(entries.map(\.original), results), uniquingKeysWith: { first, _ in first })
    }

    /// For how long a transaction of somebody who died may stand, and the broker's own interval of looking for such.
    private static let longestTransaction = Duration.seconds(120)

    private func waitForOpenTransactions() throws {
        let ends = try LogEnds(
            bootstrapServers: kafka.bootstrapServers, properties: kafka.properties, logger: kafka.logger)
        defer { ends.close(within: .seconds(2)) }
        let deadline = ContinuousClock.now + Self.longestTransaction
        for partition in quarantine.partitions {
            let end = try ends.end(of: partition, timeout: OperationsKafka.patience)
            while try quarantine.consumer.offsetBounds(of: partition, timeout: OperationsKafka.patience).high < end {
                guard ContinuousClock.now < deadline else { throw OpenTransaction(partition: partition) }
                Thread.sleep(forTimeInterval: 0.2)
            }
        }
    }
}

/// A transaction that nobody ends keeps the end of the quarantine topic from its readers: what was put back cannot be told.
public struct OpenTransaction: Error, Hashable, Sendable {
    /// Where it stands.
    public let partition: TopicPartition
}
