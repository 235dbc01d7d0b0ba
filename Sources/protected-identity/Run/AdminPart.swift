import AdminServer
import BatchPipeline
import ContactStore
import Logging
import Metrics
import Operations
import RegistryWorker
import ServiceLifecycle

/// What a process of workers tells of itself over HTTP.
struct AdminPart: Service {
    private let server: AdminServer
    private let place: String

    init(_ watch: ProcessWatch, at configuration: AdminConfiguration, logger: Logger) {
        let host = configuration.host
        let name = host.contains(":") ? "[\(host)]" : host
        place = "\(name):\(configuration.port)"
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        server = AdminServer(watch, host: host, port: Int(configuration.port), logger: quiet) { port in
            logger.info("status page, health and metrics", metadata: ["address": "http://\(name):\(port)/"])
        }
    }

    /// How long answers under way may take once the workers have ended.
    private static let patience = Duration.seconds(1)

    /// Answers until the process ends. Who does not read the answers keeps nobody waiting.
    ///
    /// - Throws: that nothing can listen there.
    func run() async throws {
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { try await server.run() }
                group.addTask {
                    try? await gracefulShutdown()
                    try? await Task.sleep(for: Self.patience)
                }
                try await group.next()
                group.cancelAll()
            }
        } catch {
            throw CommandFailure(
                .unavailable,
                """
                admin.host, admin.port: nothing can listen at \(place) (\(error)); another worker on this machine needs another \
                port, 0 takes a free one, and admin.enabled=false goes without
                """)
        }
    }
}

extension Assembly {
    /// What watches this process; it counts for every part that uses swift-metrics, too. Once in a process.
    func watch() -> ProcessWatch {
        let admin = configuration.admin
        let look = RegistryVisitor(configuration.store)
        let watch = ProcessWatch(
            ProcessWatch.Settings(
                version: ProgramVersion.number, commit: ProgramVersion.commit, patience: admin.stalledAfter,
                showsTenants: admin.metricsByTenant),
            clock: { WallClock.now() },
            look: {
                let call = BlockingCall { () throws(any Error) in try look.backlog() }
                do {
                    return try await call.result()
                } catch let failure as CommandFailure {
                    throw StoreError.transient(failure.message)
                }
            })
        MetricsSystem.bootstrap(watch.registry)
        return watch
    }
}

extension ProcessWatch? {
    /// What hears of a worker: its log, and the watch before it where there is one.
    func listening(to log: WorkerLog, of duty: WorkerDuty, member: Int) -> any PipelineObserver & DecisionObserver {
        guard let self else { return log }
        return self.watching(duty.rawValue, member: member, group: log.group, listener: log)
    }
}
