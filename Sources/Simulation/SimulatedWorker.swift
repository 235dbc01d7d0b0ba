import BatchPipeline
import KafkaClient
import ProtectedIdentity
import RegistryWorker

/// One worker process: the shipped machine and the shipped work, driven by virtual time.
///
/// Every effect takes its time, so that whatever can happen in between does. What a process had under way when it
/// crashed or began a new session belongs to an earlier incarnation and reports to nobody.
final class SimulatedWorker {
    typealias Machine = PipelineMachine<RegistryItem, EncodedMessage>

    private enum Life {
        case down
        case running
        case leaving
    }

    let name: String
    let group: String
    unowned let world: Simulation
    let transactionalID: String
    /// What a replay reads; the live group reads everything.
    private let range: ReplayRange?
    private var machine = Machine(settings: PipelineSettings())
    var consumer: SimulatedConsumer
    var epoch = 0
    private(set) var incarnation = 0
    private var life = Life.down
    private var pausedUntil: Instant?
    var wasAbandoned = false
    /// The partitions that this incarnation has held against the store.
    private(set) var admitted: Set<TopicPartition> = []
    /// Whether a Kafka transaction is under way.
    var isPublishing = false

    init(name: String, of group: String, world: Simulation, reading range: ReplayRange? = nil) {
        self.name = name
        self.group = group
        self.world = world
        self.range = range
        transactionalID = "worker-\(name)"
        consumer = SimulatedConsumer(of: group, isStatic: false)
    }

    var isUp: Bool { life != .down }

    /// Whether a replay has nothing left to do.
    private(set) var isDone = false

    /// Whether a replay has been admitted, and has published all that it was to.
    private var hasReplayed: Bool {
        guard let range else { return true }
        // An admission settles what an earlier incarnation has published.
        return admitted.isSuperset(of: range.to.keys)
            && range.to.allSatisfy { partition, end in
                let committed = world.log.stableOffset(of: group, in: partition).offset
                return committed ?? range.from[partition] ?? 0 >= end
            }
    }

    // MARK: A process's life

    /// A new process.
    func start() {
        guard !isUp, range != nil || !world.isClosing && !world.isUnderMaintenance else { return }
        life = .running
        beginSession()
    }

    /// Nothing in memory, the producer initialised anew.
    private func beginSession() {
        incarnation += 1
        (wasAbandoned, isPublishing, admitted) = (false, false, [])
        consumer = SimulatedConsumer(of: group, isStatic: world.hasStaticMembers && range == nil, reading: range)
        var settings = PipelineSettings()
        settings.maximumRecords = Int.random(in: 1...12, using: &world.random)
        settings.seed = world.random.next()
        settings.revokePatience = .milliseconds(500)
        settings.stopPatience = .seconds(5)
        machine = Machine(settings: settings)
        world.note(name, "starts as incarnation \(incarnation)")
        after(.milliseconds(5), .milliseconds(100)) { self.begin() }
    }

    private func begin() {
        guard world.transactionsAwayUntil <= world.now else {
            return after(.milliseconds(50), .milliseconds(300)) { self.begin() }
        }
        epoch = world.log.initialise(transactionalID)
        beat()
        feed(.tick)
    }

    func crash() {
        guard isUp else { return }
        world.note(name, "crashes")
        incarnation += 1
        life = .down
        pausedUntil = nil
    }

    func pause(for duration: Duration) {
        guard isUp else { return }
        world.note(name, "pauses for \(duration)")
        pausedUntil = world.now + duration
    }

    /// Drains and leaves, as on SIGTERM.
    func stop() {
        guard life == .running else { return }
        world.note(name, "is asked to stop")
        life = .leaving
        after(.zero, .milliseconds(1)) { self.feed(.stop) }
    }

    /// Runs `body` a while later, if the process is still the same then; a paused process runs it when it wakes up.
    func after(_ shortest: Duration, _ longest: Duration, _ body: @escaping () -> Void) {
        let delay = world.random.duration(shortest, longest)
        let incarnation = incarnation
        world.schedule(after: delay) { self.perform(body, as: incarnation) }
    }

    private func perform(_ body: @escaping () -> Void, as incarnation: Int) {
        guard self.incarnation == incarnation else { return }
        if let pausedUntil, pausedUntil > world.now {
            world.schedule(at: pausedUntil) { self.perform(body, as: incarnation) }
        } else {
            body()
        }
    }

    private func beat() {
        consumer.heartbeat(with: &world.groups[group, default: world.newGroup], at: world.now)
        if consumer.isExhausted { feed(.exhausted) }
        after(.milliseconds(100), .milliseconds(400)) { self.beat() }
    }

    // MARK: The machine

    func feed(_ input: Machine.Input) {
        guard isUp else { return }
        for effect in machine.handle(input, at: world.now) { perform(effect) }
    }

    private func perform(_ effect: Machine.Effect) {
        switch effect {
        case .poll(let maximum):
            after(.milliseconds(1), .milliseconds(60)) { self.poll(maximum) }
        case .answer(let rebalance):
            // In the order of the consumer's thread: behind nothing, since no poll is under way.
            consumer.answer(rebalance, to: &world.groups[group, default: world.newGroup], at: world.now)
        case .lookUp(let partitions):
            after(.milliseconds(1), .milliseconds(50)) { self.lookUp(partitions) }
        case .admit(let standings):
            store("admits") { () throws(StoreFailure) in
                let alarms = try self.work.admit(standings)
                self.admitted.formUnion(standings.map(\.partition))
                return .admitted(alarms)
            }
        case .apply(let slices, let settling):
            store("applies \(slices.map { "\($0.partition)@\($0.first)…\($0.last)" })") { () throws(StoreFailure) in
                let applied = try self.work.apply(slices, settling: settling)
                self.world.hasApplied(slices, as: applied, of: self.group)
                return .applied(applied)
            }
        case .settle(let slices):
            store("settles \(slices.map(\.id))") { () throws(StoreFailure) in
                try self.work.settle(slices)
                return .settled
            }
        case .publish(let slices):
            publish(slices, encodedBy: work)
        case .abandon:
            wasAbandoned = true
        case .wake(let instant):
            let incarnation = incarnation
            world.schedule(at: instant) { self.perform({ self.feed(.tick) }, as: incarnation) }
        case .notice(let notice):
            world.note(name, "notes \(notice)")
            if case .alarm(let alarm) = notice { world.hear(alarm, of: group) }
        case .end(let end):
            ended(end)
        }
    }

    private func ended(_ end: SessionEnd) {
        world.note(name, "ends: \(end)")
        if case .failed(let failure) = end { world.chronicle.add(failure) }
        incarnation += 1
        consumer.leave(&world.groups[group, default: world.newGroup], at: world.now)
        switch end {
        case .stopped:
            life = .down
            // What was stopped in the time of troubles, or a replay that was interrupted, goes on where it stood.
            if world.keepsWorkersUp || range != nil, !isDone {
                world.schedule(after: .milliseconds(500)) { self.start() }
            }
        case .exhausted:
            life = .down
            isDone = true
            if !hasReplayed { world.fail("\(name) ends before it has published what it was to read") }
            if let range { world.hasRead(range) }
        case .failed where life == .leaving:
            ended(.stopped(drained: false))
        case .failed:
            after(.milliseconds(10), .milliseconds(500)) {
                // Whoever was asked to stop in between does.
                if self.life == .running { self.beginSession() } else { self.ended(.stopped(drained: false)) }
            }
        }
    }

    // MARK: The consumer's thread

    private func poll(_ maximum: Int) {
        if consumer.isSomebodyElse { return feed(.consumerFailed("the group has replaced us")) }
        let (rebalance, read) = consumer.poll(maximum: maximum, from: world.log, using: &world.random)
        if let rebalance {
            world.note(name, "is told: \(rebalance.kind) \(rebalance.partitions)")
            if rebalance.kind == .revoked, isPublishing { world.count(.revokedInTransaction) }
            if world.alterations.hidesRebalance(rebalance) {
                consumer.answer(rebalance, to: &world.groups[group, default: world.newGroup], at: world.now)
                return feed(.polled([]))
            }
            return feed(.rebalance(rebalance))
        }
        let records = read.flatMap { partition, first, entries in
            entries.enumerated().map { place, entry in
                (
                    topicPartition: partition, offset: first + Int64(place),
                    timestamp: Optional(entry.timestamp.nanoseconds / 1_000_000), content: entry.record
                )
            }
        }
        // An empty poll has waited.
        if records.isEmpty { return after(.milliseconds(40), .milliseconds(120)) { self.feed(.polled([])) } }
        feed(.polled(work.decode(RecordBatch(records))))
    }

    private func lookUp(_ partitions: [TopicPartition]) {
        var standings: [PartitionStanding] = []
        for partition in partitions {
            let (isStable, committed) = world.log.stableOffset(of: group, in: partition)
            let isAway = world.groups[group].map { $0.awayUntil > world.now } ?? false
            guard isStable, !isAway, !world.strikes(.lookUpRefused) else { return feed(.standingFailed("not yet")) }
            standings.append(
                PartitionStanding(
                    partition: partition, committed: committed, low: 0, end: world.log.end(of: partition)))
        }
        feed(.standing(standings))
    }

    // MARK: The store's thread

    private var work: Alterations.Work { world.work(of: group) }

    private func store(_ what: String, _ operation: @escaping () throws(StoreFailure) -> Machine.Input) {
        let incarnation = incarnation
        let call = StoreCall {
            self.incarnation == incarnation && self.pausedUntil.map { $0 <= self.world.now } ?? true
        } _: {
            let reply: Machine.Input
            do throws(StoreFailure) {
                reply = try operation()
                self.world.note(self.name, what)
            } catch {
                self.world.note(self.name, "\(what), and fails: \(error)")
                reply = .storeFailed(error)
            }
            self.after(.milliseconds(0), .milliseconds(100)) { self.feed(reply) }
        }
        world.waitingCalls.append(call)
        after(.milliseconds(1), .milliseconds(600)) { self.world.perform(call) }
    }
}
