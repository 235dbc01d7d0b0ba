public import ContactStore
import CoreMetrics
import Foundation
public import PrometheusMetrics
public import ProtectedIdentity
public import ServiceLifecycle
import Synchronization

/// All that a process knows of itself, for probes, for Prometheus and for the status page.
public final class ProcessWatch: Sendable {
    /// What the process is, and how it is watched.
    public struct Settings: Sendable {
        /// The program's version.
        public var version: String
        /// What it was built from; nil where nobody knows.
        public var commit: String?
        /// So long without a turn a worker's loop is wedged.
        public var patience: Duration
        /// Whether events are counted by tenant.
        public var showsTenants: Bool

        /// The settings of a watch.
        public init(version: String, commit: String?, patience: Duration, showsTenants: Bool) {
            self.version = version
            self.commit = commit
            self.patience = patience
            self.showsTenants = showsTenants
        }
    }

    /// The numbers; stores and libraries count here too, once it is bootstrapped.
    public let registry: PrometheusRegistry
    /// Alive and ready.
    public let health: WorkerHealth

    private struct Worker {
        let name: String
        let group: String
        let loops: [String]
    }

    private let settings: Settings
    private let clock: @Sendable () -> Timestamp
    private let startedAt: Timestamp
    private let outcomes = RecentOutcomes()
    private let history: StatusHistory
    private let look: RegistryLook
    private let figures: ProcessFigures
    private let workers = Mutex<[Worker]>([])

    /// - Parameter look: takes one look into the registry, off the cooperative pool.
    public init(
        _ settings: Settings, clock: @escaping @Sendable () -> Timestamp,
        look: @escaping @Sendable () async throws -> RegistryBacklog
    ) {
        self.settings = settings
        self.clock = clock
        startedAt = clock()
        registry = PrometheusRegistry(Metrics.families)
        health = WorkerHealth(patience: settings.patience)
        history = StatusHistory(registry)
        self.look = RegistryLook(registry, health: health, clock: clock, look: look)
        figures = ProcessFigures(registry, startedAt: Double(startedAt.microseconds) / 1e6)
        Meter(
            label: Metrics.buildInfo.name,
            dimensions: [("version", settings.version), ("commit", settings.commit ?? "unknown")], factory: registry
        ).set(1)
    }

    /// What runs beside the workers: looks into the registry, and samples for the page.
    public var services: [any Service] { [look, history] }

    /// A worker under watch.
    ///
    /// - Parameters:
    ///   - name: its name in metrics: several members of one group share it.
    ///   - member: which of the members in the process, from 1.
    public func watching(
        _ name: String, member: Int, group: String, listener: any WatchedWorker.Listener
    ) -> WatchedWorker {
        let loop = member == 1 ? name : "\(name)#\(member)"
        workers.withLock { workers in
            let known = workers.firstIndex { $0.name == name }
            let loops = (known.map { workers[$0].loops } ?? []) + [loop]
            let worker = Worker(name: name, group: group, loops: loops)
            if let known { workers[known] = worker } else { workers.append(worker) }
        }
        return WatchedWorker(
            loop, metrics: WorkerMetrics(registry, worker: name, showsTenants: settings.showsTenants), health: health,
            outcomes: outcomes, listener: listener, clock: clock)
    }

    /// Prometheus' text, as of now.
    func exposition() -> String {
        figures.look()
        Meter(label: Metrics.ready.name, factory: registry).set(health.readiness.isWell ? 1 : 0)
        let now = Double(clock().microseconds) / 1e6
        let since = health.sinceLastTurn
        for worker in workers.withLock({ $0 }) {
            // Of several members the one that is stuck counts.
            guard let longest = worker.loops.compactMap({ since[$0] }).max() else { continue }
            Meter(label: Metrics.lastTurn.name, dimensions: [("worker", worker.name)], factory: registry)
                .set(now - longest / .seconds(1))
        }
        return registry.text
    }

    /// The page's numbers, as of now.
    func report() -> StatusReport {
        let exposure = registry.histogram(of: Metrics.exposure)
        let samples = history.samples
        let answer = look.lastAnswer
        let backlog = try? answer?.result.get()
        let perWorker = (
            assigned: registry.sums(of: Metrics.partitions, by: "worker"),
            inFlight: registry.sums(of: Metrics.inFlight, by: "worker")
        )
        func whole(_ values: [String: Double]) -> [String: Int] { values.mapValues { Int($0) } }
        return StatusReport(
            version: settings.version, commit: settings.commit, now: clock().description,
            startedAt: startedAt.description, live: health.liveness, ready: health.readiness,
            workers: workers.withLock { workers in
                workers.map { worker in
                    StatusReport.Worker(
                        name: worker.name, group: worker.group,
                        assignedPartitions: Int(perWorker.assigned[worker.name] ?? 0),
                        inFlightRecords: Int(perWorker.inFlight[worker.name] ?? 0))
                }
            },
            // By tenant a series is there from its first event on.
            events: whole(registry.sums(of: Metrics.events, by: "outcome"))
                .merging((OutcomeType.allCases.map(\.shortName) + ["duplicate"]).map { ($0, 0) }) { counted, _ in
                    counted
                },
            quarantined: whole(registry.sums(of: Metrics.quarantined, by: "reason")),
            quarantinedProtections: Int(
                registry.values(of: Metrics.quarantinedProtections).reduce(0) { $0 + $1.value }),
            exposure: StatusReport.Exposure(
                count: exposure?.count ?? 0, p50Seconds: exposure?.quantile(0.5), p99Seconds: exposure?.quantile(0.99)),
            history: StatusReport.History(
                secondsPerSample: Int(StatusHistory.interval.components.seconds), events: samples.map(\.events),
                exposureP50Seconds: samples.map(\.exposureP50), exposureP99Seconds: samples.map(\.exposureP99)),
            partitions: partitions(), lastOutcomes: outcomes.newestFirst.map(StatusReport.Outcome.init),
            registry: answer.map { StatusReport.Registry($0, backlog) },
            replays: (backlog?.replays ?? []).map(StatusReport.Replay.init))
    }

    private func partitions() -> [StatusReport.Partition] {
        let ages = Dictionary(
            registry.values(of: Metrics.lagSeconds).map { ($0.labels, $0.value) }, uniquingKeysWith: { $1 })
        return registry.values(of: Metrics.lagRecords).map { labels, records in
            func label(_ name: String) -> String { labels.first { $0.name == name }?.value ?? "" }
            return StatusReport.Partition(
                worker: label("worker"), topic: label("topic"), partition: Int(label("partition")) ?? 0,
                lagRecords: Int(records), lagSeconds: ages[labels] ?? 0)
        }.sorted { ($0.worker, $0.topic, $0.partition) < ($1.worker, $1.topic, $1.partition) }
    }
}

extension StatusReport.Outcome {
    init(_ entry: RecentOutcomes.Entry) {
        self.init(type: entry.type, record: entry.record.description, at: entry.at.description)
    }
}

extension StatusReport.Registry {
    init(_ answer: RegistryLook.Answer, _ backlog: RegistryBacklog?) {
        var reason = "it answers"
        if case .failure(let failure) = answer.result { reason = failure.reason }
        self.init(
            ok: backlog != nil, reason: reason, lookedAt: answer.at.description, deletionsDue: backlog?.deletionsDue,
            owedMessages: backlog?.owed.messages, unpublishedSlices: backlog?.owed.slices,
            missing: (backlog?.gaps ?? []).map { gap in
                Missing(
                    group: gap.group, partition: gap.partition.description, from: gap.offsets.lowerBound,
                    to: gap.offsets.upperBound)
            })
    }
}

extension StatusReport.Replay {
    init(_ replay: ReplayProgress) {
        self.init(
            id: replay.id, stream: replay.topics.joined(separator: ", "), state: "unfinished", read: replay.read,
            total: replay.total, startedAt: replay.begunAt.description)
    }
}
