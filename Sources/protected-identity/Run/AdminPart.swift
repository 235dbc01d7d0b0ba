import AdminServer
import Hummingbird
import Logging
import PrometheusMetrics
import ServiceLifecycle
import Synchronization

/// What a process tells of itself over HTTP: its numbers and its health.
struct ProcessWatch: Sendable {
    let registry = PrometheusRegistry(WorkerMetrics.families)
    let health = WorkerHealth()
    let metrics: WorkerMetrics

    init(version: String) {
        metrics = WorkerMetrics(registry, version: version)
    }

    /// A worker's log, watched under the name of its group, and which of its members it is.
    func listening(to log: WorkerLog, of assembly: Assembly) -> WatchedWorker {
        let name = assembly.member > 1 ? "\(log.group)#\(assembly.member)" : log.group
        return WatchedWorker(
            name, metrics: metrics, health: health, listener: log, clock: WallClock.now)
    }
}

/// The page for operators, and the end that probes and Prometheus ask.
final class AdminPart: WorkerPart {
    private let group: ServiceGroup
    private let place: String

    init(_ watch: ProcessWatch, at configuration: AdminConfiguration, logger: Logger) {
        place = "\(configuration.host):\(configuration.port)"
        let host = configuration.host
        let server = AdminServer(health: watch.health, registry: watch.registry, logger: logger)
            .application(host: host, port: Int(configuration.port)) { port in
                logger.info("health and metrics", metadata: ["address": "\(host):\(port)"])
            }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        group = ServiceGroup(
            configuration: .init(services: [.init(service: server)], gracefulShutdownSignals: [], logger: quiet))
    }

    /// Answers until it is stopped.
    ///
    /// - Throws: that nothing can listen there.
    func run() async throws -> Bool {
        do {
            try await group.run()
        } catch {
            throw CommandFailure(
                .unavailable, "admin.host, admin.port: nothing can listen at \(place) (\(error)); 0 takes a free port")
        }
        return true
    }

    func stop() {
        Task { [group] in await group.triggerGracefulShutdown() }
    }
}
