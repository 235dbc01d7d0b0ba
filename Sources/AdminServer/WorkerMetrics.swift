public import CoreMetrics
public import PrometheusMetrics
import ProtectedIdentity

/// What a worker's numbers are, and their series. No label has a personal value, nor one without bounds.
public struct WorkerMetrics: Sendable {
    /// Every metric, in the order in which they are told.
    public static let families: [MetricFamily] = [
        buildInfo, events, quarantined, quarantinedProtections, exposure, sinceObserved, batchRecords, stages, partitions,
        rebalances, sessions, retries, clientErrors, alarms,
    ]

    static let buildInfo = MetricFamily(
        "protected_identity_build_info", .gauge, "1, with the version of the program that answers")
    static let events = MetricFamily(
        "protected_identity_events_total", .counter, "Events decided and durable, by outcome and origin")
    static let quarantined = MetricFamily(
        "protected_identity_quarantined_total", .counter, "Records set aside, by reason")
    static let quarantinedProtections = MetricFamily(
        "protected_identity_quarantined_protections_total", .counter,
        "Records set aside that say protected: those persons are still exposed")
    static let exposure = MetricFamily(
        "protected_identity_exposure_seconds", .seconds,
        "From an event's ce_time to the commit that cleared the person")
    static let sinceObserved = MetricFamily(
        "protected_identity_since_observed_seconds",
        .histogram(bounds: [0.1, 1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800]),
        "From what the register saw (observedAt) to the commit that cleared the person")
    static let batchRecords = MetricFamily(
        "protected_identity_batch_records", .histogram(bounds: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000]),
        "Records in a batch")
    static let stages = MetricFamily(
        "protected_identity_stage_duration_seconds", .seconds, "How long a batch took in a stage: store, kafka")
    static let partitions = MetricFamily(
        "protected_identity_assigned_partitions", .gauge, "Partitions that the group has given to this worker")
    static let rebalances = MetricFamily(
        "protected_identity_rebalances_total", .counter, "Partitions gained, given up or lost, by kind")
    static let sessions = MetricFamily(
        "protected_identity_sessions_failed_total", .counter, "Sessions that ended by a failure, by kind; another follows")
    static let retries = MetricFamily(
        "protected_identity_retries_total", .counter, "Attempts that failed and are repeated, by stage")
    static let clientErrors = MetricFamily(
        "protected_identity_kafka_client_errors_total", .counter,
        "Errors that the Kafka client has met and goes on after by itself")
    static let alarms = MetricFamily(
        "protected_identity_alarms_total", .counter,
        "Contradictions between Kafka and the registry that somebody has to look at, by kind")

    let factory: any MetricsFactory
    private let decided: [DecidedSeries: Counter]
    private let aside: [QuarantineReason: Counter]
    private let protectionsAside: [QuarantineReason: Counter]
    let exposure: Recorder
    let sinceObserved: Recorder
    let batchRecords: Recorder
    let assigned: Meter

    private struct DecidedSeries: Hashable {
        let outcome: String
        let origin: String
    }

    /// The series of a process. Those whose labels are known are there from the start, at 0.
    ///
    /// - Parameter version: of the program.
    public init(_ factory: any MetricsFactory, version: String) {
        self.factory = factory
        Meter(label: Self.buildInfo.name, dimensions: [("version", version)], factory: factory).set(1)
        let origins = Origin.allCases.map(\.rawValue) + ["command"]
        let outcomes = OutcomeType.allCases.map(\.shortName) + ["duplicate"]
        var decided: [DecidedSeries: Counter] = [:]
        for outcome in outcomes {
            for origin in origins {
                decided[DecidedSeries(outcome: outcome, origin: origin)] = Counter(
                    label: Self.events.name, dimensions: [("outcome", outcome), ("origin", origin)], factory: factory)
            }
        }
        self.decided = decided
        func byReason(_ family: MetricFamily) -> [QuarantineReason: Counter] {
            Dictionary(
                uniqueKeysWithValues: QuarantineReason.allCases.map { reason in
                    (reason, Counter(label: family.name, dimensions: [("reason", reason.rawValue)], factory: factory))
                })
        }
        aside = byReason(Self.quarantined)
        protectionsAside = byReason(Self.quarantinedProtections)
        exposure = Recorder(label: Self.exposure.name, factory: factory)
        sinceObserved = Recorder(label: Self.sinceObserved.name, factory: factory)
        batchRecords = Recorder(label: Self.batchRecords.name, factory: factory)
        assigned = Meter(label: Self.partitions.name, factory: factory)
        for stage in ["store", "kafka", "look-up"] { retried(stage, by: 0) }
    }

    /// Counts a decision that is durable since `now`.
    func count(_ record: IncomingRecord, _ verdict: Verdict, at now: Timestamp) {
        switch verdict {
        case .publish(.quarantined(let reason, _, _)):
            aside[reason]?.increment()
            if record.isProtection { protectionsAside[reason]?.increment() }
        case .publish(.decided(let outcome, _)):
            count(outcome.type.shortName, record)
            guard outcome.type == .redacted, case .event(let event, _) = record.content else { return }
            if let time = event.time { exposure.record(now.seconds(since: time)) }
            sinceObserved.record(now.seconds(since: event.observedAt))
        case .duplicate, .alreadyPublished:
            count("duplicate", record)
        }
    }

    private func count(_ outcome: String, _ record: IncomingRecord) {
        let origin = if case .event(let event, _) = record.content { event.origin.rawValue } else { "command" }
        decided[DecidedSeries(outcome: outcome, origin: origin)]?.increment()
    }

    func retried(_ stage: String, by count: Int = 1) {
        Counter(label: Self.retries.name, dimensions: [("stage", stage)], factory: factory).increment(by: count)
    }

    func took(_ stage: String, _ duration: Duration) {
        Recorder(label: Self.stages.name, dimensions: [("stage", stage)], factory: factory)
            .record(duration / .seconds(1))
    }

    func happened(_ family: MetricFamily, _ kind: String) {
        Counter(label: family.name, dimensions: [("kind", kind)], factory: factory).increment()
    }
}

extension Timestamp {
    /// Seconds since an earlier moment; none where the clocks say otherwise.
    func seconds(since earlier: Timestamp) -> Double {
        max(0, Double(microseconds - earlier.microseconds) / 1_000_000)
    }
}
