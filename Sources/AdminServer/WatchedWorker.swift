public import BatchPipeline
import CoreMetrics
public import KafkaClient
public import ProtectedIdentity
public import RegistryWorker

/// Watches a worker for metrics and health, and passes on what it hears.
public struct WatchedWorker: PipelineObserver, DecisionObserver {
    /// What is heard besides.
    public typealias Listener = PipelineObserver & DecisionObserver

    private let name: String
    private let metrics: WorkerMetrics
    private let health: WorkerHealth
    private let listener: any Listener
    private let clock: @Sendable () -> Timestamp

    /// A worker under a name: its group.
    public init(
        _ name: String, metrics: WorkerMetrics, health: WorkerHealth, listener: any Listener,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.name = name
        self.metrics = metrics
        self.health = health
        self.listener = listener
        self.clock = clock
        health.update(name) { _ in }
    }

    /// Counts it.
    public func decided(_ record: IncomingRecord, _ verdict: Verdict) {
        metrics.count(record, verdict, at: clock())
        listener.decided(record, verdict)
    }

    /// The loop is alive.
    public func turned() {
        health.update(name) { _ in }
        listener.turned()
    }

    /// In the group, which has not answered yet.
    public func sessionBegan(_ number: Int) {
        health.update(name) {
            $0.isInSession = true
            $0.wasAssigned = false
            $0.failures = [:]
        }
        listener.sessionBegan(number)
    }

    /// Counts it, and knows what fails.
    public func noticed(_ notice: Notice) {
        switch notice {
        case .assigned(let partitions):
            health.update(name) { $0.wasAssigned = true }
            metrics.assigned.increment(by: Double(partitions.count))
            metrics.happened(WorkerMetrics.rebalances, "assigned")
        case .departed(let partitions, let lost):
            metrics.assigned.decrement(by: Double(partitions.count))
            metrics.happened(WorkerMetrics.rebalances, lost ? "lost" : "revoked")
        case .alarm(let alarm):
            metrics.happened(WorkerMetrics.alarms, alarm.kind)
        case .storeRetry(let failures, _, _): retried("store", failures)
        case .kafkaRetry(let failures, _, _): retried("kafka", failures)
        case .lookUpRetry(let failures, _, _): retried("look-up", failures)
        }
        listener.noticed(notice)
    }

    private func retried(_ stage: String, _ failures: Int) {
        metrics.retried(stage)
        health.update(name) { $0.failures[stage] = failures }
    }

    /// What has failed before works now.
    public func published(_ report: BatchReport) {
        health.update(name) {
            $0.failures = [:]
            $0.brokersAwaySince = nil
        }
        metrics.batchRecords.record(report.records)
        metrics.took("store", report.applied)
        metrics.took("kafka", report.published)
        listener.published(report)
    }

    /// Counts it, and knows when nobody answers.
    public func clientFailed(_ error: KafkaError) {
        metrics.happened(WorkerMetrics.clientErrors, error.name)
        health.update(name) { if error.isNobodyThere { $0.brokersAwaySince = .now } }
        listener.clientFailed(error)
    }

    /// Not in the group any more.
    public func sessionEnded(_ end: SessionEnd) {
        health.update(name) { $0.isInSession = false }
        if case .failed(let failure) = end { metrics.happened(WorkerMetrics.sessions, failure.kind) }
        listener.sessionEnded(end)
    }
}

extension StandingAlarm {
    fileprivate var kind: String {
        switch self {
        case .storeBehindGroup: "store-behind-group"
        case .logBehindStore: "log-behind-store"
        case .expiredUnread: "expired-unread"
        }
    }
}

extension SessionFailure {
    fileprivate var kind: String {
        switch self {
        case .producer: "producer"
        case .unknownCommit: "unknown-commit"
        case .fenced: "fenced"
        case .consumer: "consumer"
        case .store: "store"
        case .storeSetBack: "store-set-back"
        case .logBegunAnew: "log-begun-anew"
        case .stuck: "stuck"
        case .readFromBefore: "read-from-before"
        }
    }
}

extension KafkaError {
    /// No broker can be reached.
    fileprivate var isNobodyThere: Bool {
        switch code {
        case .allBrokersDown, .transport: true
        default: false
        }
    }
}
