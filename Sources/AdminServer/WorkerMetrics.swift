import BatchPipeline
import ContactStore
public import CoreMetrics
public import PrometheusMetrics
import ProtectedIdentity

/// What a process tells of its workers, and of itself. No label has a personal value, nor one without bounds.
public enum Metrics {
    /// Every metric, in the order in which they are told.
    public static let families: [MetricFamily] = [
        buildInfo, events, quarantined, quarantinedProtections, exposure, sinceObserved, batchRecords, stages,
        partitions, lagRecords,
        lagSeconds, inFlight, rebalances, sessions, retries, transactions, storeErrors, clientErrors, alarms, lastTurn,
        ready, storeUp,
        deletionsDue, owedMessages, unpublishedSlices, missingRecords, startTime, cpu, memory, openFiles, mostFiles,
    ]

    static let buildInfo = MetricFamily(
        "protected_identity_build_info", .gauge, "1, with the version and the commit of the program that answers")
    static let events = MetricFamily(
        "protected_identity_events_total", .counter, "Events decided and durable, by outcome and origin")
    static let quarantined = MetricFamily(
        "protected_identity_quarantined_total", .counter, "Records set aside, by reason")
    static let quarantinedProtections = MetricFamily(
        "protected_identity_quarantined_protections_total", .counter,
        "Records set aside that say protected: those persons are still exposed")
    static let exposure = MetricFamily(
        "protected_identity_exposure_seconds",
        .histogram(bounds: MetricFamily.Kind.secondsBounds + [900, 3_600, 21_600, 86_400]),
        "From an event's ce_time to the commit that cleared the person")
    static let sinceObserved = MetricFamily(
        "protected_identity_since_observed_seconds",
        .histogram(bounds: [0.1, 1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800]),
        "From what the register saw (observedAt) to the commit that cleared the person")
    static let batchRecords = MetricFamily(
        "protected_identity_batch_records",
        .histogram(bounds: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000]),
        "Records in a batch")
    static let stages = MetricFamily(
        "protected_identity_stage_duration_seconds", .seconds, "How long a batch took in a stage: store, kafka")
    static let partitions = MetricFamily(
        "protected_identity_assigned_partitions", .gauge, "Partitions that the group has given to this worker")
    static let lagRecords = MetricFamily(
        "protected_identity_lag_records", .gauge,
        "Offsets between what is published and the end of an assigned partition")
    static let lagSeconds = MetricFamily(
        "protected_identity_lag_seconds", .gauge,
        "Age of the oldest record of an assigned partition that is not published; 0 where none waits")
    static let inFlight = MetricFamily(
        "protected_identity_in_flight_records", .gauge, "Records that were read and are not published")
    static let rebalances = MetricFamily(
        "protected_identity_rebalances_total", .counter, "Partitions gained, given up or lost, by kind")
    static let sessions = MetricFamily(
        "protected_identity_sessions_failed_total", .counter,
        "Sessions that ended by a failure, by kind; another follows")
    static let retries = MetricFamily(
        "protected_identity_retries_total", .counter, "Attempts that failed and are repeated, by stage")
    static let transactions = MetricFamily(
        "protected_identity_transactions_total", .counter, "Kafka transactions, by how they ended")
    static let storeErrors = MetricFamily(
        StoreErrorCounter.name, .counter, "Errors of the registry, by class of SQLSTATE or SQLite's code")
    static let clientErrors = MetricFamily(
        "protected_identity_kafka_client_errors_total", .counter,
        "Errors that the Kafka client has met and goes on after by itself")
    static let alarms = MetricFamily(
        "protected_identity_alarms_total", .counter,
        "Contradictions between Kafka and the registry that somebody has to look at, by kind")
    static let lastTurn = MetricFamily(
        "protected_identity_last_turn_timestamp_seconds", .gauge, "When the worker's loop took its last turn, Unix time"
    )
    static let ready = MetricFamily("protected_identity_ready", .gauge, "1 where /health/ready says yes")
    static let storeUp = MetricFamily(
        "protected_identity_store_up", .gauge, "1 where the registry answered the last look")
    static let deletionsDue = MetricFamily(
        "protected_identity_deletions_due", .gauge,
        "Contacts whose notice is over and whose deletion nobody has asked for")
    static let owedMessages = MetricFamily(
        "protected_identity_owed_messages", .gauge, "Messages of sweeps that are not known to be published")
    static let unpublishedSlices = MetricFamily(
        "protected_identity_unpublished_slices", .gauge, "Slices of applied batches that are not known to be published")
    static let missingRecords = MetricFamily(
        "protected_identity_missing_records", .gauge,
        "Records that a group is beyond and the registry knows nothing of: replay them")
    static let startTime = MetricFamily("process_start_time_seconds", .gauge, "When the process began, Unix time")
    static let cpu = MetricFamily(
        "process_cpu_seconds_total", .counter, "Processor time of the process, user and system")
    static let memory = MetricFamily("process_resident_memory_bytes", .gauge, "Resident memory")
    static let openFiles = MetricFamily("process_open_fds", .gauge, "Open file descriptors")
    static let mostFiles = MetricFamily("process_max_fds", .gauge, "How many file descriptors may be open")
}

/// The series of one worker of a process.
public struct WorkerMetrics: Sendable {
    private struct Series: Hashable {
        /// nil is a duplicate.
        let outcome: OutcomeType?
        /// nil is a command of ours.
        let origin: Origin?
    }

    private let worker: String
    private let factory: any MetricsFactory
    private let showsTenants: Bool
    private let decided: [Series: Counter]
    private let aside: [QuarantineReason: Counter]
    private let protectionsAside: [QuarantineReason: Counter]
    private let exposure: Recorder
    private let sinceObserved: Recorder
    let batchRecords: Recorder
    let assigned: Meter
    let inFlight: Meter

    /// The series of a worker. Those whose labels are known are there from the start, at 0.
    ///
    /// - Parameters:
    ///   - worker: the value of the label `worker`.
    ///   - showsTenants: whether events are counted by tenant as well: a series for each of them.
    public init(_ factory: any MetricsFactory, worker: String, showsTenants: Bool) {
        self.factory = factory
        self.worker = worker
        self.showsTenants = showsTenants
        func counter(_ family: MetricFamily, _ labels: [(String, String)]) -> Counter {
            Counter(label: family.name, dimensions: [("worker", worker)] + labels, factory: factory)
        }
        var decided: [Series: Counter] = [:]
        if !showsTenants {
            for outcome in [nil] + OutcomeType.allCases {
                for origin in [nil] + Origin.allCases {
                    let series = Series(outcome: outcome, origin: origin)
                    decided[series] = counter(Metrics.events, Self.labels(series))
                }
            }
        }
        self.decided = decided
        func byReason(_ family: MetricFamily) -> [QuarantineReason: Counter] {
            Dictionary(
                uniqueKeysWithValues: QuarantineReason.allCases.map { ($0, counter(family, [("reason", $0.rawValue)])) }
            )
        }
        aside = byReason(Metrics.quarantined)
        protectionsAside = byReason(Metrics.quarantinedProtections)
        exposure = Recorder(label: Metrics.exposure.name, factory: factory)
        sinceObserved = Recorder(label: Metrics.sinceObserved.name, factory: factory)
        batchRecords = Recorder(label: Metrics.batchRecords.name, dimensions: [("worker", worker)], factory: factory)
        assigned = Meter(label: Metrics.partitions.name, dimensions: [("worker", worker)], factory: factory)
        inFlight = Meter(label: Metrics.inFlight.name, dimensions: [("worker", worker)], factory: factory)
        for stage in ["store", "kafka", "look-up"] { count(Metrics.retries, "stage", stage, by: 0) }
        for end in TransactionEnd.allCases { count(Metrics.transactions, "result", end.rawValue, by: 0) }
        for kind in ["assigned", "revoked", "lost"] { count(Metrics.rebalances, "kind", kind, by: 0) }
    }

    private static func labels(_ series: Series) -> [(String, String)] {
        [("outcome", series.outcome?.shortName ?? "duplicate"), ("origin", series.origin?.rawValue ?? "command")]
    }

    /// Counts a decision that is durable since `now`.
    func count(_ record: IncomingRecord, _ verdict: Verdict, at now: Timestamp) {
        switch verdict {
        case .publish(.quarantined(let reason, _, _)):
            aside[reason]?.increment()
            if record.isProtection { protectionsAside[reason]?.increment() }
        case .publish(.decided(let outcome, _)):
            count(record, outcome.type)
            guard outcome.type == .redacted, case .event(let event, _) = record.content else { return }
            if let time = event.time { exposure.record(now.seconds(since: time)) }
            sinceObserved.record(now.seconds(since: event.observedAt))
        case .duplicate, .alreadyPublished:
            count(record, nil)
        }
    }

    private func count(_ record: IncomingRecord, _ outcome: OutcomeType?) {
        guard case .event(let event, _) = record.content else {
            return count(Series(outcome: outcome, origin: nil), tenant: nil)
        }
        count(Series(outcome: outcome, origin: event.origin), tenant: event.tenant)
    }

    private func count(_ series: Series, tenant: TenantName?) {
        guard showsTenants else {
            decided[series]?.increment()
            return
        }
        let labels = [("worker", worker)] + Self.labels(series) + [("tenant", tenant?.rawValue ?? "")]
        Counter(label: Metrics.events.name, dimensions: labels, factory: factory).increment()
    }

    func count(_ family: MetricFamily, _ label: String, _ value: String, by amount: Int = 1) {
        Counter(label: family.name, dimensions: [("worker", worker), (label, value)], factory: factory)
            .increment(by: amount)
    }

    func took(_ stage: String, _ duration: Duration) {
        Recorder(label: Metrics.stages.name, dimensions: [("worker", worker), ("stage", stage)], factory: factory)
            .record(duration / .seconds(1))
    }

    func meter(_ family: MetricFamily, topic: String, partition: Int32) -> Meter {
        Meter(
            label: family.name,
            dimensions: [("worker", worker), ("topic", topic), ("partition", "\(partition)")], factory: factory)
    }
}

extension Timestamp {
    /// Seconds since an earlier moment; none where the clocks say otherwise.
    func seconds(since earlier: Timestamp) -> Double {
        max(0, Double(microseconds - earlier.microseconds) / 1_000_000)
    }
}
