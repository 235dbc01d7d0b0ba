import BatchPipeline
import KafkaClient
import PrometheusMetrics
import ProtectedIdentity
import RegistryWorker
import Synchronization
import Testing

@testable import AdminServer

private let partitions = [TopicPartition(topic: "events", partition: 0)]

@Suite("Alive and ready")
struct WorkerHealthTests {
    /// A worker whose clock is moved by hand.
    private struct World {
        private final class Clock: Sendable {
            let passed = Mutex(Duration.zero)
        }

        private struct Deaf: PipelineObserver, DecisionObserver {
            func decided(_ record: IncomingRecord, _ verdict: Verdict) {}
            func sessionBegan(_ number: Int) {}
            func noticed(_ notice: Notice) {}
            func published(_ report: BatchReport) {}
            func clientFailed(_ error: KafkaError) {}
            func sessionEnded(_ end: SessionEnd) {}
        }

        let health: WorkerHealth
        let registry = PrometheusRegistry(Metrics.families)
        private let clock = Clock()

        init() {
            let (begin, clock) = (ContinuousClock.now, clock)
            health = WorkerHealth(patience: .seconds(60)) { begin + clock.passed.withLock { $0 } }
        }

        func worker(_ name: String = "redaction", loop: String? = nil) -> WatchedWorker {
            WatchedWorker(
                loop ?? name, metrics: WorkerMetrics(registry, worker: name, showsTenants: false), health: health,
                outcomes: RecentOutcomes(), listener: Deaf(), clock: { Timestamp(milliseconds: 1_795_000_000_000) })
        }

        /// One that is in its group, with these partitions.
        func joined() -> WatchedWorker {
            let worker = worker()
            worker.sessionBegan(1)
            worker.noticed(.assigned(partitions))
            worker.storeAnswered(true)
            return worker
        }

        func pass(_ duration: Duration) { clock.passed.withLock { $0 += duration } }
    }

    private let world = World()

    @Test("ready is who is in the group, also when it has given nothing; not before, and not after")
    func joining() {
        #expect(!world.health.readiness.isWell)
        let worker = world.worker()
        #expect(world.health.readiness.reason == "redaction: not in the group")
        worker.sessionBegan(1)
        #expect(world.health.readiness.reason == "redaction: the group has not answered yet")
        worker.noticed(.assigned([]))
        #expect(world.health.readiness.isWell)
        worker.noticed(.assigned(partitions))
        #expect(world.health.readiness.reason == "redaction: it is being asked where the partitions stand")
        worker.storeAnswered(true)
        #expect(world.health.readiness.isWell)
        worker.noticed(.departed(partitions, lost: true))
        #expect(world.health.readiness.reason == "redaction: the group has not answered yet")
        worker.noticed(.assigned([]))
        #expect(world.health.readiness.isWell)
        worker.sessionEnded(.failed(.consumer("")))
        #expect(!world.health.readiness.isWell)
    }

    @Test("who takes no turn for too long is not alive; ready or not is another matter")
    func wedged() {
        let worker = world.joined()
        world.pass(.seconds(59))
        #expect(world.health.liveness.isWell)
        world.pass(.seconds(2))
        #expect(
            world.health.liveness == .init(isWell: false, reason: "no turn of the loop for more than 60 s: redaction"))
        #expect(world.health.readiness.isWell)
        worker.turned()
        #expect(world.health.liveness.isWell)
    }

    @Test("who waits for an answer of the store for far too long is not alive; one that fails is an answer")
    func store() {
        let worker = world.worker()
        worker.storeAsked()
        world.pass(.seconds(890))
        worker.turned()
        #expect(world.health.liveness.isWell)
        world.pass(.seconds(11))
        worker.turned()
        #expect(
            world.health.liveness
                == .init(isWell: false, reason: "no answer of the store for more than 900 s: redaction"))
        worker.storeAnswered(false)
        #expect(world.health.liveness.isWell)
    }

    @Test("of several loops the one that is stuck is named")
    func several() {
        let (first, second) = (world.worker(), world.worker("deletions"))
        world.pass(.seconds(61))
        first.turned()
        #expect(world.health.liveness.reason.hasSuffix(": deletions"))
        second.turned()
        #expect(world.health.liveness.isWell)
    }

    @Test("brokers that are away make it unready, and not dead, until they answer")
    func away() {
        let worker = world.joined()
        worker.clientFailed(KafkaError(code: .allBrokersDown, operation: "fetch"))
        #expect(world.health.readiness.reason == "redaction: no broker answers")
        #expect(world.health.liveness.isWell)
        world.pass(.seconds(30))
        worker.turned()
        #expect(!world.health.readiness.isWell)
        worker.brokersAnswered()
        #expect(world.health.readiness.isWell)
    }

    @Test("once is weather; who fails again and again is not ready, until something works")
    func retries() {
        let worker = world.joined()
        for failures in 1...2 { worker.noticed(.storeRetry(failures: failures, after: .zero, reason: "")) }
        #expect(world.health.readiness.isWell)
        worker.noticed(.storeRetry(failures: 3, after: .zero, reason: ""))
        #expect(world.health.readiness.reason == "redaction: store: fails again and again")
        worker.published(
            BatchReport(records: 1, messages: 1, offsets: [:], applied: .zero, published: .zero))
        #expect(world.health.readiness.isWell)
    }

    @Test("is ready again where nothing is left to be published: the store answered, or the batch is another's")
    func idle() {
        let worker = world.joined()
        worker.noticed(.storeRetry(failures: 5, after: .zero, reason: ""))
        worker.noticed(.lookUpRetry(failures: 5, after: .zero, reason: ""))
        worker.storeAnswered(false)
        #expect(!world.health.readiness.isWell)
        worker.storeAnswered(true)
        #expect(world.health.readiness.isWell)
        worker.noticed(.kafkaRetry(failures: 5, after: .zero, reason: ""))
        #expect(!world.health.readiness.isWell)
        worker.noticed(.departed(partitions, lost: false))
        #expect(world.health.readiness.isWell)
    }

    @Test("a registry that does not answer makes it unready, with the reason")
    func registry() {
        _ = world.joined()
        world.health.registryAnswered("db:5432: the server cannot be reached")
        #expect(world.health.readiness.reason == "the registry does not serve: db:5432: the server cannot be reached")
        world.health.registryAnswered(nil)
        #expect(world.health.readiness.isWell)
    }

    @Test("what several members of one group have in flight is added up, and what one has is gone with its session")
    func members() {
        let (first, second) = (world.worker(), world.worker(loop: "redaction#2"))
        func inFlight() -> [String: Double] { world.registry.sums(of: Metrics.inFlight, by: "worker") }
        first.stands(PipelineProgress(lags: [], inFlight: 5))
        second.stands(PipelineProgress(lags: [], inFlight: 7))
        first.stands(PipelineProgress(lags: [], inFlight: 4))
        #expect(inFlight() == ["redaction": 11])
        second.sessionEnded(.failed(.consumer("")))
        #expect(inFlight() == ["redaction": 4])
    }

    @Test("the lag of a partition is told while it is this worker's, and not longer")
    func lag() {
        let worker = world.joined()
        let lag = PipelineProgress.Lag(partition: partitions[0], records: 7, waitingSince: 1_794_999_998_000)
        worker.stands(PipelineProgress(lags: [lag], inFlight: 5))
        #expect(world.registry.values(of: Metrics.lagRecords).map(\.value) == [7])
        #expect(world.registry.values(of: Metrics.lagSeconds).map(\.value) == [2])
        #expect(world.registry.sums(of: Metrics.inFlight, by: "worker") == ["redaction": 5])
        worker.noticed(.departed(partitions, lost: false))
        #expect(world.registry.values(of: Metrics.lagRecords).isEmpty)
        #expect(world.registry.sums(of: Metrics.partitions, by: "worker") == ["redaction": 0])
        worker.noticed(.assigned(partitions))
        worker.stands(PipelineProgress(lags: [lag], inFlight: 5))
        worker.sessionEnded(.failed(.consumer("")))
        #expect(world.registry.values(of: Metrics.lagRecords).isEmpty)
        #expect(world.registry.sums(of: Metrics.partitions, by: "worker") == ["redaction": 0])
    }
}
