public import BatchPipeline
import CoreMetrics
public import KafkaClient
public import ProtectedIdentity
public import RegistryWorker

/// Watches a worker for metrics, health and the status page, and passes on what it hears.
public struct WatchedWorker: PipelineObserver, DecisionObserver {
    /// What is heard besides.
    public typealias Listener = PipelineObserver & DecisionObserver

    private let name: String
    private let metrics: WorkerMetrics
    private let health: WorkerHealth
    private let outcomes: RecentOutcomes
    private let listener: any Listener
    private let clock: @Sendable () -> Timestamp

    /// - Parameter name: of the worker, and of no other in the process.
    init(
        _ name: String, metrics: WorkerMetrics, health: WorkerHealth, outcomes: RecentOutcomes, listener: any Listener,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.name = name
        self.metrics = metrics
        self.health = health
        self.outcomes = outcomes
        self.listener = listener
        self.clock = clock
        health.update(name) { _ in }
    }

    /// Counts it.
    public func decided(_ record: IncomingRecord, _ verdict: Verdict) {
        let now = clock()
        metrics.count(record, verdict, at: now)
        outcomes.note(record, verdict, at: now)
        listener.decided(record, verdict)
    }

    /// The loop is alive.
    public func turned() {
        health.update(name) { _ in }
        listener.turned()
    }

    /// From now on the store has to answer.
    public func storeAsked() {
        health.update(name) { $0.storeAskedAt = $0.lastTurn }
        listener.storeAsked()
    }

    /// It has; where it has done as asked, what failed before works now. (Partitions are looked up before they are admitted.)
    public func storeAnswered(_ succeeded: Bool) {
        health.update(name) {
            $0.storeAskedAt = nil
            if succeeded {
                $0.awaitsAdmission = false
                $0.failures["store"] = nil
                $0.failures["look-up"] = nil
            }
        }
        listener.storeAnswered(succeeded)
    }

    /// In the group, which has not answered yet.
    public func sessionBegan(_ number: Int) {
        health.update(name) {
            $0.isInSession = true
            $0.storeAskedAt = nil
            $0.wasAssigned = false
            $0.awaitsAdmission = false
            $0.areBrokersAway = false
            $0.failures = [:]
        }
        listener.sessionBegan(number)
    }

    /// Counts it, and knows what fails.
    public func noticed(_ notice: Notice) {
        switch notice {
        case .assigned(let partitions):
            health.update(name) {
                $0.wasAssigned = true
                $0.awaitsAdmission = $0.awaitsAdmission || !partitions.isEmpty
                $0.partitions.formUnion(partitions)
            }
            metrics.assigned.increment(by: Double(partitions.count))
            metrics.count(Metrics.rebalances, "kind", "assigned")
        case .departed(let partitions, let lost):
            leave(partitions)
            // What was not published is another's now.
            health.update(name) {
                $0.failures["kafka"] = nil
                // Lost are those of who is no member any more.
                if lost { $0.wasAssigned = false }
            }
            metrics.count(Metrics.rebalances, "kind", lost ? "lost" : "revoked")
        case .alarm(let alarm):
            metrics.count(Metrics.alarms, "kind", alarm.kind)
        case .storeRetry(let failures, _, _): retried("store", failures)
        case .kafkaRetry(let failures, _, _): retried("kafka", failures)
        case .lookUpRetry(let failures, _, _): retried("look-up", failures)
        }
        listener.noticed(notice)
    }

    private func retried(_ stage: String, _ failures: Int) {
        metrics.count(Metrics.retries, "stage", stage)
        health.update(name) { $0.failures[stage] = failures }
    }

    /// Several members of one group share the series, each with what it holds itself.
    private func tell(inFlight count: Int) {
        var before = 0
        health.update(name) { loop in
            before = loop.inFlight
            loop.inFlight = count
        }
        metrics.inFlight.increment(by: Double(count - before))
    }

    private func leave(_ partitions: some Sequence<TopicPartition>) {
        var count = 0
        for partition in partitions {
            count += 1
            for family in [Metrics.lagRecords, Metrics.lagSeconds] {
                metrics.meter(family, topic: partition.topic, partition: partition.partition).destroy()
            }
        }
        metrics.assigned.decrement(by: Double(count))
        health.update(name) { $0.partitions.subtract(partitions) }
    }

    /// Everything works.
    public func published(_ report: BatchReport) {
        health.update(name) {
            $0.failures = [:]
            $0.areBrokersAway = false
        }
        metrics.batchRecords.record(report.records)
        metrics.took("store", report.applied)
        metrics.took("kafka", report.published)
        listener.published(report)
    }

    /// Counts it.
    public func transactionEnded(_ end: TransactionEnd) {
        metrics.count(Metrics.transactions, "result", end.rawValue)
        listener.transactionEnded(end)
    }

    /// Tells the lag of each partition.
    public func stands(_ progress: PipelineProgress) {
        let now = clock().milliseconds
        tell(inFlight: progress.inFlight)
        for lag in progress.lags {
            let (topic, partition) = (lag.partition.topic, lag.partition.partition)
            metrics.meter(Metrics.lagRecords, topic: topic, partition: partition).set(Double(lag.records))
            let age = lag.waitingSince.map { Double(max(0, now - $0)) / 1_000 } ?? 0
            metrics.meter(Metrics.lagSeconds, topic: topic, partition: partition).set(age)
        }
        listener.stands(progress)
    }

    /// Counts it, and knows when nobody answers.
    public func clientFailed(_ error: KafkaError) {
        metrics.count(Metrics.clientErrors, "kind", error.name)
        if error.isNobodyThere { health.update(name) { $0.areBrokersAway = true } }
        listener.clientFailed(error)
    }

    /// All is well again.
    public func brokersAnswered() {
        health.update(name) { $0.areBrokersAway = false }
        listener.brokersAnswered()
    }

    /// Not in the group any more.
    public func sessionEnded(_ end: SessionEnd) {
        leave(health.partitions(of: name))
        tell(inFlight: 0)
        health.update(name) { $0.isInSession = false }
        if case .failed(let failure) = end { metrics.count(Metrics.sessions, "kind", failure.kind) }
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
