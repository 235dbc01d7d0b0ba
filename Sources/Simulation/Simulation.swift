import BatchPipeline
import ContactStore
import KafkaClient
import ProtectedIdentity
import RedactionWorker
import RegistryWorker
import Synchronization

/// A world of several workers, a broker and a store, in which everything that can go wrong does, as a seed decides.
///
/// The same seed and plan give the same run, to the last step. After the faults have ended the world gets time to come to
/// rest, all workers leave in good order, a last one looks whether anything is left, and the ``Oracle`` judges.
public final class Simulation {
    /// How a run went.
    public struct Report: Sendable {
        /// The run's seed.
        public let seed: UInt64
        /// What the oracle found; empty if all is well.
        public let violations: [String]
        /// How often each fault struck.
        public let faults: [Fault: Int]
        /// The faults that were thrown in.
        public let strikes: [FaultPlan.Strike]
        /// What happened, a line a step; empty unless asked for.
        public let history: [String]
        /// How many records were fed, of how many that the seed has in store.
        public let records: Int
        let arrivals: Int
    }

    static let liveGroup = "live"

    /// What happens when. Whether a fault strikes, and what is fed, is drawn from sequences of their own: to leave one of
    /// them out leaves the others where they are.
    var random: SeededRandom
    private var faultRandom: SeededRandom
    var log = SimulatedLog(transactionTimeout: .seconds(5))
    var groups: [String: SimulatedGroup] = [:]
    /// While the transactions' coordinator moves, none begins or ends.
    var transactionsAwayUntil = Instant(nanoseconds: 0)
    var storeAwayUntil = Instant(nanoseconds: 0)
    var chronicle = Chronicle()
    var workers: [SimulatedWorker] = []
    var replays: [SimulatedWorker] = []
    /// When faults have ended, who is down is started.
    private(set) var keepsWorkersUp = false
    /// At the end no worker comes back.
    private(set) var isClosing = false
    /// While somebody works on the group, nobody starts workers.
    var isUnderMaintenance = false
    let hasStaticMembers: Bool
    let alterations: Alterations
    let registry: any SimulatedRegistry
    let partitions: [TopicPartition]
    private let assignmentProtocol: AssignmentProtocol
    private let plan: FaultPlan
    private let seed: UInt64
    private let feed: Feed
    private let clock = SimulatedClock()
    let storeTrouble = StoreTrouble()
    /// What workers have sent to the store, and whether it is in the middle of two calls.
    var waitingCalls: [StoreCall] = []
    var isOverlapping = false
    private let store: any ContactStore
    private var works: [String: Alterations.Work] = [:]
    private var agenda = Agenda()
    private(set) var faultsAreOn = true
    private var opportunities: [Fault: Int] = [:]
    private var strikes: [FaultPlan.Strike] = []
    private var faults: [Fault: Int] = [:]
    private var history: [String] = []
    private var failures: [String] = []
    private let recordsHistory: Bool

    /// How long faults strike, and how long the world may take to come to rest after that.
    private static let troubled = Duration.seconds(25)
    private static let patience = Duration.seconds(180)

    /// Runs a seed.
    ///
    /// - Parameters:
    ///   - plan: which of the seed's faults strike, and which of its records are fed.
    ///   - storage: where contacts are kept.
    ///   - recordsHistory: whether the report tells every step.
    ///   - alterations: broken parts to be noticed.
    /// - Throws: where the registry cannot be made, read or copied.
    public static func run(
        seed: UInt64, plan: FaultPlan = FaultPlan(), storage: SimulatedStorage = .memory, recordsHistory: Bool = false,
        alterations: Alterations = Alterations()
    ) throws -> Report {
        try Simulation(seed, plan, storage, recordsHistory: recordsHistory, alterations).run()
    }

    private init(
        _ seed: UInt64, _ plan: FaultPlan, _ storage: SimulatedStorage, recordsHistory: Bool, _ alterations: Alterations
    ) throws {
        self.seed = seed
        self.plan = plan
        self.recordsHistory = recordsHistory
        self.alterations = alterations
        random = SeededRandom(seed: seed)
        faultRandom = SeededRandom(seed: random.next())
        var feedRandom = SeededRandom(seed: random.next())
        partitions = (0..<Int32.random(in: 1...4, using: &random)).map {
            TopicPartition(topic: Feed.topic, partition: $0)
        }
        hasStaticMembers = random.once(in: 3)
        assignmentProtocol = random.once(in: 3) ? .eager : .cooperative
        feed = Feed(partitions: partitions, using: &feedRandom)
        let storeTrouble = storeTrouble
        registry = try storage.registry(locksPersons: alterations.locksPersons) { point throws(StoreError) in
            try storeTrouble.reach(point)
        }
        try registry.put(feed.contacts.values.sorted { $0.key < $1.key })
        store = alterations.store(PoisonedStore(wrapped: registry, poison: feed.poison))
        groups[Self.liveGroup] = newGroup
        storeTrouble.listener = { [unowned self] in storeReached($0) }
    }

    /// A consumer group that nobody has joined.
    var newGroup: SimulatedGroup {
        SimulatedGroup(
            partitions: partitions, assignmentProtocol: assignmentProtocol, sessionTimeout: .seconds(2))
    }

    /// The shipped work, as a group does it.
    func work(of group: String) -> Alterations.Work {
        if let work = works[group] { return work }
        let settings = RegistryWorkSettings(
            group: group, topics: OutgoingTopics(), source: "/simulation", policies: Feed.policies,
            keyring: feed.keyring, seal: nil)
        let clock = clock
        let work = alterations.work(RedactionWork(store: store, settings: settings) { clock.timestamp }, registry)
        works[group] = work
        return work
    }

    private func run() throws -> Report {
        feedAll()
        for index in 0..<Int.random(in: 1...3, using: &random) { addWorker(named: "\(index)") }
        for worker in workers {
            schedule(after: random.duration(.zero, .seconds(2))) { worker.start() }
        }
        tendBroker()
        trouble()
        try planCalamity()
        advance(until: Instant(nanoseconds: 0) + Self.troubled)
        faultsAreOn = false
        note("world", "comes to rest")
        advance(until: now + .seconds(20)) { !self.isUnderMaintenance }
        keepsWorkersUp = true
        for worker in workers + replays where !worker.isUp && !worker.isDone { worker.start() }
        let cameToRest = advance(until: now + Self.patience) { self.isAtRest }
        keepsWorkersUp = false
        // A process may be on its way up just now.
        advance(until: now + .seconds(20)) {
            for worker in self.workers { worker.stop() }
            return self.workers.allSatisfy { !$0.isUp }
        }
        // A last one finds what the others have left, and whoever it alarms gets the time to act on it.
        let last = SimulatedWorker(name: "last", of: Self.liveGroup, world: self)
        last.start()
        isClosing = true
        advance(until: now + Self.patience) { last.admitted.isSuperset(of: self.partitions) && self.isAtRest }
        // Alarms are acted on a while later.
        advance(until: now + .seconds(5))
        advance(until: now + Self.patience) { self.isAtRest }
        advance(until: now + .seconds(20)) {
            last.stop()
            return !last.isUp && self.replays.allSatisfy { !$0.isUp }
        }

        var violations = try Oracle(feed: feed, chronicle: chronicle, log: log, registry: registry).violations()
        // Its actions hold the world, and the world holds it.
        agenda.clear()
        violations += failures
        if !cameToRest { violations.insert("not at rest \(Self.patience) after the last fault", at: 0) }
        return Report(
            seed: seed, violations: violations, faults: faults, strikes: strikes, history: history,
            records: chronicle.fed.count, arrivals: feed.arrivals.count)
    }

    private func feedAll() {
        var (identities, latest): (Set<String>, [String: Int]) = ([], [:])
        for (place, arrival) in feed.arrivals.enumerated() where plan.records?.contains(place) ?? true {
            if case .event(let id, let word, _) = arrival.content {
                if !identities.insert(id).inserted { count(.identityTwice) }
                if word.isPoison { count(.poison) }
                let said = latest["\(word.person) \(word.registry)"] ?? 0
                if word.second < said { count(.lateEvent) }
                latest["\(word.person) \(word.registry)"] = max(said, word.second)
            }
            schedule(at: arrival.time) {
                let offset = self.log.append(self.feed.record(of: arrival), to: arrival.partition, at: self.now)
                self.chronicle.add(arrival, at: offset)
                self.note("feed", "writes \(arrival.content) to \(arrival.partition)@\(offset)")
            }
        }
    }

    func addWorker(named name: String) {
        workers.append(SimulatedWorker(name: name, of: Self.liveGroup, world: self))
    }

    private var isAtRest: Bool {
        let offsetsAreAtTheEnd = partitions.allSatisfy { partition in
            let committed = log.stableOffset(of: Self.liveGroup, in: partition)
            guard committed.isStable else { return false }
            // A transaction may have put the group behind the end of a topic that was made anew.
            return chronicle.deletedAt == nil
                ? committed.offset ?? 0 == log.end(of: partition) : committed.offset ?? 0 >= log.end(of: partition)
        }
        return offsetsAreAtTheEnd && replays.allSatisfy(\.isDone)
            && feed.arrivals.last.map { $0.time < now } ?? true
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
        var lookAt = now
        while now < deadline {
            if lookAt <= now {
                if isDone() { return true }
                lookAt = now + .milliseconds(100)
            }
            guard let action = agenda.next() else { break }
            clock.set(agenda.now)
            action()
        }
        return isDone()
    }

    private func tendBroker() {
        if transactionsAwayUntil <= now { log.expireTransactions(at: now) }
        for name in groups.keys.sorted() { groups[name]?.advance(at: now) }
        schedule(after: .milliseconds(50)) { self.tendBroker() }
    }

    // MARK: Faults

    /// Whether a fault strikes here and now.
    func strikes(_ fault: Fault, onceIn chance: Int? = nil) -> Bool {
        let opportunity = FaultPlan.Strike(fault: fault, opportunity: opportunities[fault, default: 0] + 1)
        opportunities[fault] = opportunity.opportunity
        let isDrawn = faultRandom.once(in: chance ?? fault.rarity) && faultsAreOn
        guard plan.strikes.map({ $0.contains(opportunity) }) ?? isDrawn else { return false }
        strikes.append(opportunity)
        count(fault)
        note("world", "strikes: \(opportunity)")
        return true
    }

    /// Counts something that went wrong.
    func count(_ fault: Fault) {
        faults[fault, default: 0] += 1
    }

    /// Notes that the simulation itself does not work.
    func fail(_ what: String) {
        failures.append("the simulation fails: \(what)")
    }

    func note(_ who: String, _ what: @autoclosure () -> String) {
        guard recordsHistory else { return }
        history.append("\(now.nanoseconds / 1_000_000) ms  \(who) \(what())")
    }
}

extension Fault {
    /// It strikes once in so many opportunities.
    fileprivate var rarity: Int {
        switch self {
        case .producerFatal: 150
        case .offsetsRefused: 400
        case .commitReplyLost: 25
        case .requestDelayed: 8
        case .storeOverlap: 2
        default: 30
        }
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
