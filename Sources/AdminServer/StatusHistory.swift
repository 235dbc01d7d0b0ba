import PrometheusMetrics
import ServiceLifecycle
import Synchronization

/// The last minutes in figures, a sample every other second: what the page draws.
final class StatusHistory: Service {
    /// What happened in one interval.
    struct Sample: Sendable {
        /// Events a second.
        let events: Double
        /// Exposure of who was cleared in it, in seconds; nil where nobody was.
        let exposureP50: Double?
        let exposureP99: Double?
    }

    private struct State {
        var samples: [Sample] = []
        var events = 0.0
        var exposure: HistogramState?
    }

    static let interval = Duration.seconds(2)
    private static let size = 150

    private let registry: PrometheusRegistry
    private let state = Mutex(State())

    init(_ registry: PrometheusRegistry) {
        self.registry = registry
    }

    /// Oldest first.
    var samples: [Sample] { state.withLock { $0.samples } }

    /// Takes samples until the process ends.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last = ContinuousClock.now
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                let now = ContinuousClock.now
                self.take(after: now - last)
                last = now
            }
        }
    }

    func take(after elapsed: Duration) {
        let seconds = max(0.001, elapsed / .seconds(1))
        let events =
            registry.values(of: Metrics.events).reduce(0) { $0 + $1.value }
            + registry.values(of: Metrics.quarantined).reduce(0) { $0 + $1.value }
        let exposure = registry.histogram(of: Metrics.exposure)
        state.withLock { state in
            let since = exposure.map { now in state.exposure.map { now.since($0) } ?? now }
            state.samples.append(
                Sample(
                    events: (events - state.events) / seconds, exposureP50: since?.quantile(0.5),
                    exposureP99: since?.quantile(0.99)))
            if state.samples.count > Self.size { state.samples.removeFirst() }
            state.events = events
            state.exposure = exposure
        }
    }
}
