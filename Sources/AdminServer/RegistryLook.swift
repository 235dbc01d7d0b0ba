import ContactStore
import CoreMetrics
import PrometheusMetrics
import ProtectedIdentity
import ServiceLifecycle
import Synchronization

/// Looks into the registry again and again, beside the workers: whether it answers, and how much it has to do.
final class RegistryLook: Service {
    /// What the last look has shown.
    struct Answer: Sendable {
        let at: Timestamp
        let result: Result<RegistryBacklog, RegistryFailure>
    }

    /// Why a look has shown nothing, in words without values.
    struct RegistryFailure: Error, Sendable {
        let reason: String

        /// A failure of the store, or another.
        init(_ error: any Error) {
            reason = (error as? StoreError)?.description ?? "\(type(of: error))"
        }
    }

    private static let pause = Duration.seconds(15)

    private let look: @Sendable () async throws -> RegistryBacklog
    private let health: WorkerHealth
    private let clock: @Sendable () -> Timestamp
    private let interval: Duration
    private let last = Mutex<Answer?>(nil)
    private let up: Meter
    private let due: Meter
    private let owed: Meter
    private let slices: Meter
    private let missing: Meter

    /// - Parameter look: takes one look, off the cooperative pool.
    init(
        _ factory: any MetricsFactory, health: WorkerHealth, every interval: Duration = pause,
        clock: @escaping @Sendable () -> Timestamp, look: @escaping @Sendable () async throws -> RegistryBacklog
    ) {
        self.look = look
        self.health = health
        self.clock = clock
        self.interval = interval
        up = Meter(label: Metrics.storeUp.name, factory: factory)
        due = Meter(label: Metrics.deletionsDue.name, factory: factory)
        owed = Meter(label: Metrics.owedMessages.name, factory: factory)
        slices = Meter(label: Metrics.unpublishedSlices.name, factory: factory)
        missing = Meter(label: Metrics.missingRecords.name, factory: factory)
    }

    var lastAnswer: Answer? { last.withLock { $0 } }

    /// Looks until the process ends.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.takeLook()
                try? await Task.sleep(for: self.interval)
            }
        }
    }

    func takeLook() async {
        let result: Result<RegistryBacklog, RegistryFailure>
        do {
            result = .success(try await look())
        } catch {
            result = .failure(RegistryFailure(error))
        }
        switch result {
        case .success(let backlog):
            up.set(1.0)
            due.set(Double(backlog.deletionsDue))
            owed.set(Double(backlog.owed.messages))
            slices.set(Double(backlog.owed.slices))
            missing.set(Double(backlog.gaps.reduce(0) { $0 + $1.offsets.count }))
            health.registryAnswered(nil)
        case .failure(let failure):
            // The other figures stay: they are the last that is known.
            up.set(0.0)
            health.registryAnswered(failure.reason)
        }
        last.withLock { $0 = Answer(at: clock(), result: result) }
    }
}
