import BatchPipeline
import ContactStore
import KafkaClient
import ProtectedIdentity
import RedactionWorker
import Synchronization

/// A world of several workers, a broker and a store, in which everything that can go wrong does, as a seed decides.
///
/// The same seed gives the same run, to the last step. After the faults have ended the world gets time to come to rest,
/// all workers leave in good order, a last one looks whether anything is left, and the ``Oracle`` judges.
public final class Simulation {
    /// How a run went.
    public struct Report: Sendable {
        /// The run's seed.
        public let seed: UInt64
        /// What the oracle found; empty if all is well.
        public let violations: [String]
        /// How often each fault struck.
        public let faults: [Fault: Int]
        /// What happened, a line a step; empty unless asked for.
        public let history: [String]
        /// How many events were fed.
        public let events: Int
    }

    var random: SeededRandom
    var log: SimulatedLog
    var group: SimulatedGroup
    let alterations: Alterations
    let store: InMemoryContactStore
    private(set) var work: Alterations.Work
    private var agenda = Agenda()
    private var workers: [SimulatedWorker] = []
    private var faults: [Fault: Int] = [:]
    private var faultsAreOn = true
    /// Set when nobody is to come any more.
    private(set) var isClosing = false
    let hasStaticMembers: Bool
    private var history: [String] = []
    private let recordsHistory: Bool
    private let seed: UInt64
    private let feed: Feed
    private let clock = SimulatedClock()
    private let storeFault: StoreFault

    /// How long faults strike, and how long the world may take to come to rest after that.
    private static let troubled = Duration.seconds(25)
    private static let patience = Duration.seconds(120)

    /// Runs a seed.
    ///
    /// - Parameters:
    ///   - recordsHistory: whether the report tells every step.
    ///   - alterations: broken parts to be noticed.
    public static func run(
        seed: UInt64, recordsHistory: Bool = false, alterations: Alterations = Alterations()
    ) -> Report {
        Simulation(seed: seed, recordsHistory: recordsHistory, alterations: alterations).run()
    }

    private init(seed: UInt64, recordsHistory: Bool, alterations: Alterations) {
        self.seed = seed
        self.recordsHistory = recordsHistory
        self.alterations = alterations
        random = SeededRandom(seed: seed)
        let partitions = (0..<Int32.random(in: 1...4, using: &random)).map {
            TopicPartition(topic: Feed.topic, partition: $0)
        }
        hasStaticMembers = random.once(in: 3)
        log = SimulatedLog(transactionTimeout: .seconds(5))
        group = SimulatedGroup(
            partitions: partitions, assignmentProtocol: random.once(in: 3) ? .eager : .cooperative,
            sessionTimeout: .seconds(2))
        feed = Feed(partitions: partitions, using: &random)
        let storeFault = StoreFault()
        self.storeFault = storeFault
        store = InMemoryContactStore { point throws(StoreError) in try storeFault.strike(at: point) }
        for contact in feed.contacts.values { store.put(contact) }
        let clock = clock
        let settings = RedactionWork.Settings(
            group: "simulated", topics: OutgoingTopics(), source: "/simulation", policies: feed.policies,
            keyring: feed.keyring, seal: nil)
        work = alterations.work(RedactionWork(store: store, settings: settings) { clock.timestamp }, store)
    }

    private func run() -> Report {
        for arrival in feed.arrivals {
            schedule(at: arrival.time) { self.log.append(arrival.record, to: arrival.partition, at: self.now) }
        }
        for index in 0..<Int.random(in: 1...3, using: &random) {
            workers.append(SimulatedWorker(name: "\(index)", world: self))
        }
        for worker in workers {
            schedule(after: random.duration(.zero, .seconds(2))) { worker.start() }
        }
        tendBroker()
        trouble()
        advance(until: Instant(nanoseconds: 0) + Self.troubled)
        faultsAreOn = false
        note("world", "comes to rest")
        for worker in workers where !worker.isUp { worker.start() }
        let cameToRest = advance(until: now + Self.patience) { self.isAtRest }
        // A process may be on its way up just now.
        advance(until: now + .seconds(20)) {
            for worker in self.workers { worker.stop() }
            return self.workers.allSatisfy { !$0.isUp }
        }
        let last = SimulatedWorker(name: "last", world: self)
        last.start()
        isClosing = true
        advance(until: now + .seconds(10))
        last.stop()
        advance(until: now + .seconds(10)) { !last.isUp }

        var violations = Oracle(feed: feed, log: log, store: store).violations()
        // Its actions hold the world, and the world holds it.
        agenda.clear()
        if !cameToRest { violations.insert("not at rest \(Self.patience) after the last fault", at: 0) }
        return Report(
            seed: seed, violations: violations, faults: faults, history: history, events: feed.arrivals.count)
    }

    private var isAtRest: Bool {
        let offsetsAreAtTheEnd = group.topicPartitions.allSatisfy { partition in
            log.committed[partition] ?? 0 == log.end(of: partition)
        }
        return offsetsAreAtTheEnd && feed.arrivals.last.map { $0.time < now } ?? true
    }

    // MARK: Time

    var now: Instant { agenda.now }

    func schedule(after delay: Duration, _ action: @escaping () -> Void) {
        agenda.schedule(after: delay, action)
    }

    func schedule(at time: Instant, _ action: @escaping () -> Void) {
        agenda.schedule(at: time, action)
    }

    /// Lets time pass until `deadline`, or until `isDone`; tells whether it was done.
    @discardableResult
    private func advance(until deadline: Instant, _ isDone: () -> Bool = { false }) -> Bool {
        while now < deadline {
            if isDone() { return true }
            guard let action = agenda.next() else { break }
            clock.set(agenda.now)
            action()
        }
        return isDone()
    }

    func note(_ who: String, _ what: @autoclosure () -> String) {
        guard recordsHistory else { return }
        history.append("\(now.nanoseconds / 1_000_000) ms  \(who) \(what())")
    }

    private func tendBroker() {
        log.expireTransactions(at: now)
        group.advance(at: now)
        schedule(after: .milliseconds(50)) { self.tendBroker() }
    }

    // MARK: Trouble

    /// Whether a fault strikes here and now.
    func strikes(_ fault: Fault) -> Bool {
        let chance =
            switch fault {
            case .producerFatal: 150
            case .commitReplyLost: 25
            default: 30
            }
        guard faultsAreOn, random.once(in: chance) else { return false }
        struck(fault)
        return true
    }

    /// Decides what goes wrong in the store operation that comes next.
    func chooseStoreFault() {
        storeFault.next =
            if strikes(.storeRefused) {
                .before
            } else if strikes(.storeRolledBack) {
                .beforeCommit
            } else if strikes(.storeReplyLost) {
                .afterCommit
            } else {
                nil
            }
    }

    /// Processes that die, stand still, come and go.
    private func trouble() {
        schedule(after: random.duration(.milliseconds(200), .seconds(4))) {
            guard self.faultsAreOn, let worker = self.workers.randomElement(using: &self.random) else { return }
            let delay = self.random.duration(.milliseconds(50), .seconds(5))
            switch Int.random(in: 0..<4, using: &self.random) {
            case 0:
                self.struck(.crash)
                worker.crash()
                self.schedule(after: delay) { if !worker.isUp { worker.start() } }
            case 1:
                self.struck(.pause)
                worker.pause(for: delay + delay)
            case 2:
                self.struck(.restart)
                worker.stop()
                self.schedule(after: delay) { if !worker.isUp { worker.start() } }
            default:
                guard self.workers.count < 4 else { break }
                let newcomer = SimulatedWorker(name: "\(self.workers.count)", world: self)
                self.workers.append(newcomer)
                newcomer.start()
            }
            self.trouble()
        }
    }

    private func struck(_ fault: Fault) {
        faults[fault, default: 0] += 1
        note("world", "strikes: \(fault.rawValue)")
    }
}

/// The wall clock of a simulated world: it begins on a fixed day and follows virtual time.
private final class SimulatedClock: Sendable {
    private static let beginning = Timestamp(milliseconds: 1_790_000_000_000)
    private let nanoseconds = Atomic<Int64>(0)

    var timestamp: Timestamp {
        Self.beginning.adding(.nanoseconds(nanoseconds.load(ordering: .relaxed)))
    }

    func set(_ instant: Instant) {
        nanoseconds.store(instant.nanoseconds, ordering: .relaxed)
    }
}

/// What is to go wrong in the store's next transaction.
private final class StoreFault: Sendable {
    private let point = Mutex<InMemoryContactStore.Point?>(nil)

    var next: InMemoryContactStore.Point? {
        get { point.withLock { $0 } }
        set { point.withLock { $0 = newValue } }
    }

    func strike(at point: InMemoryContactStore.Point) throws(StoreError) {
        guard next == point else { return }
        next = nil
        throw .transient("simulated failure: \(point)")
    }
}
