internal import ContactStore
internal import KafkaClient
internal import ProtectedIdentity
internal import RedactionWorker
internal import RegistryWorker

/// What a replay would do: the same records held against the registry as it is now, and nothing written.
///
/// A copy of a new event within the range counts as new as well: nothing is remembered from one batch to the next.
public struct ReplayRehearsal: Sendable {
    private let request: ReplayRequest
    private let surroundings: Replay.Surroundings
    private let progress: @Sendable (_ done: Int64, _ total: Int64) -> Void
    private let isStopped: @Sendable () -> Bool

    private static let batch = 1_000

    /// A rehearsal of a request.
    public init(
        _ request: ReplayRequest, in surroundings: Replay.Surroundings,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in },
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.request = request
        self.surroundings = surroundings
        self.progress = progress
        self.isStopped = isStopped
    }

    /// Reads the range and counts. Blocks.
    ///
    /// - Throws: ``ReplayRangeError``, ``MissingTopic``, ``StoreError``, ``KafkaClient/KafkaError``,
    ///   ``KafkaClient/KafkaConfigurationError``.
    public func run() throws -> ReplayReport {
        let begin = ContinuousClock.now
        let consumer = try surroundings.kafka.consumer()
        defer { _ = consumer.leave(within: .seconds(2)) }
        let resolved = try request.range.resolve(
            in: surroundings.eventsTopic, surroundings.kafka, consumer, now: surroundings.clock())
        var report = ReplayReport()
        report.isDry = true
        (report.ranges, report.truncated) = (resolved.ranges, resolved.truncated)
        let work = RedactionWork(
            store: surroundings.store, settings: surroundings.work, clock: surroundings.clock)
        var pace = request.recordsPerSecond.map { Pacing(perSecond: $0) }
        var scan = try TopicScan(resolved.ranges, on: consumer)
        while let records = try scan.next() {
            for start in stride(from: 0, to: records.count, by: Self.batch) {
                guard !isStopped() else {
                    report.duration = .now - begin
                    return report
                }
                let part = Array(records[start..<min(start + Self.batch, records.count)])
                try rehearse(work.read(part).map(\.incoming), &report)
                pace?.wait(for: part.count)
                progress(Int64(report.read), report.total)
            }
        }
        report.isFinished = true
        report.duration = .now - begin
        return report
    }

    private func rehearse(_ records: [IncomingRecord], _ report: inout ReplayReport) throws(StoreError) {
        let meant = records.filter(request.filter.matches)
        report.read += records.count
        report.filtered += records.count - meant.count
        guard !meant.isEmpty else { return }
        let settings = surroundings.work
        // Nobody's group: what is there is another's, and known.
        let verdicts = try surroundings.store.rehearse(
            RedactionBatch(
                group: "", records: meant, decidedAt: surroundings.clock(), policies: settings.policies,
                keyring: settings.keyring))
        for verdict in verdicts { report.count(verdict) }
        let known = zip(meant, verdicts).filter { $0.1 == .duplicate }.map(\.0)
        let rows = try surroundings.store.journalRows(Set(known.flatMap(\.journalKeys)))
        for record in known {
            guard let row = record.journalKeys.lazy.compactMap({ rows[$0] }).first else { continue }
            switch row.outcome {
            case .decided(let outcome, _):
                report.knownByOutcome[outcome.type.shortName, default: 0] += 1
                let isHome = !row.isUnpublished && row.home.coordinates == record.coordinates
                if request.isRepublishing, isHome { report.republished += 1 }
            case .quarantined:
                report.knownByOutcome["quarantined", default: 0] += 1
                report.knownAside += 1
            }
        }
    }
}
