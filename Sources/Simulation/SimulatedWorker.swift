import BatchPipeline
import KafkaClient
import ProtectedIdentity
import RedactionWorker

/// One worker process: the shipped machine and the shipped work, driven by virtual time.
///
/// Every effect takes its time, so that whatever can happen in between does. What a process had under way when it
/// crashed or began a new session belongs to an earlier incarnation and reports to nobody.
final class SimulatedWorker {
    typealias Machine = PipelineMachine<RedactionItem, EncodedMessage>

    private enum Life {
        case down
        case running
        case leaving
    }

    let name: String
    private unowned let world: Simulation
    private let transactionalID: String
    private var machine = Machine(settings: PipelineSettings())
    private var consumer: SimulatedConsumer
    private var epoch = 0
    private var incarnation = 0
    private var life = Life.down
    private var pausedUntil: Instant?
    private var wasAbandoned = false

    init(name: String, world: Simulation) {
        self.name = name
        self.world = world
        transactionalID = "worker-\(name)"
        consumer = SimulatedConsumer(isStatic: world.hasStaticMembers)
    }

    var isUp: Bool { life != .down }

    // MARK: A process's life

    /// A new process, or a new session of the same: nothing in memory, the producer initialised anew.
    func start() {
        guard !world.isClosing else { return }
        incarnation += 1
        life = .running
        wasAbandoned = false
        consumer = SimulatedConsumer(isStatic: world.hasStaticMembers)
        var settings = PipelineSettings()
        settings.maximumRecords = Int.random(in: 1...12, using: &world.random)
        settings.seed = world.random.next()
        settings.revokePatience = .milliseconds(500)
        settings.stopPatience = .seconds(5)
        machine = Machine(settings: settings)
        world.note(name, "starts as incarnation \(incarnation)")
        after(.milliseconds(5), .milliseconds(100)) {
            self.epoch = self.world.log.initialise(self.transactionalID)
            self.beat()
            self.feed(.tick)
        }
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
    private func after(_ shortest: Duration, _ longest: Duration, _ body: @escaping () -> Void) {
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
        consumer.heartbeat(with: &world.group, at: world.now)
        after(.milliseconds(100), .milliseconds(400)) { self.beat() }
    }

    // MARK: The machine

    private func feed(_ input: Machine.Input) {
        guard isUp else { return }
        for effect in machine.handle(input, at: world.now) { perform(effect) }
    }

    private func perform(_ effect: Machine.Effect) {
        switch effect {
        case .poll(let maximum):
            after(.milliseconds(1), .milliseconds(60)) { self.poll(maximum) }
        case .answer(let rebalance):
            // In the order of the consumer's thread: behind nothing, since no poll is under way.
            consumer.answer(rebalance, to: &world.group, at: world.now)
        case .lookUp(let partitions):
            after(.milliseconds(1), .milliseconds(50)) { self.lookUp(partitions) }
        case .admit(let standings):
            store("admits") { () throws(StoreFailure) in .admitted(try self.world.work.admit(standings)) }
        case .apply(let slices, let settling):
            store("applies \(slices.map { "\($0.partition)@\($0.first)…\($0.last)" })") { () throws(StoreFailure) in
                .applied(try self.world.work.apply(slices, settling: settling))
            }
        case .settle(let slices):
            store("settles \(slices.map(\.id))") { () throws(StoreFailure) in
                try self.world.work.settle(slices)
                return .settled
            }
        case .publish(let slices):
            publish(slices)
        case .abandon:
            wasAbandoned = true
        case .wake(let instant):
            let incarnation = incarnation
            world.schedule(at: instant) { self.perform({ self.feed(.tick) }, as: incarnation) }
        case .notice(let notice):
            world.note(name, "notes \(notice)")
        case .end(let end):
            ended(end)
        }
    }

    private func ended(_ end: SessionEnd) {
        world.note(name, "ends: \(end)")
        incarnation += 1
        consumer.leave(&world.group, at: world.now)
        switch end {
        case .stopped:
            life = .down
        case .failed:
            after(.milliseconds(10), .milliseconds(500)) { self.start() }
        }
    }

    // MARK: The consumer's thread

    private func poll(_ maximum: Int) {
        if consumer.isSomebodyElse { return feed(.consumerFailed("the group has replaced us")) }
        let (rebalance, read) = consumer.poll(maximum: maximum, from: world.log, using: &world.random)
        if let rebalance {
            world.note(name, "is told: \(rebalance.kind) \(rebalance.partitions)")
            if world.alterations.hidesRebalance(rebalance) {
                consumer.answer(rebalance, to: &world.group, at: world.now)
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
        feed(.polled(records.isEmpty ? [] : world.work.decode(RecordBatch(records))))
    }

    private func lookUp(_ partitions: [TopicPartition]) {
        var standings: [PartitionStanding] = []
        for partition in partitions {
            let (isStable, committed) = world.log.stableOffset(of: partition)
            guard isStable, !world.strikes(.lookUpRefused) else { return feed(.standingFailed("not yet")) }
            standings.append(
                PartitionStanding(
                    partition: partition, committed: committed, low: 0, end: world.log.end(of: partition)))
        }
        feed(.standing(standings))
    }

    // MARK: The store's thread

    private func store(_ what: String, _ operation: @escaping () throws(StoreFailure) -> Machine.Input) {
        after(.milliseconds(1), .milliseconds(200)) {
            self.world.chooseStoreFault()
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
    }

    // MARK: The producer's thread

    private func publish(_ slices: [AppliedSlice<EncodedMessage>]) {
        wasAbandoned = false
        let records = slices.flatMap { $0.messages.map(world.work.encode) }
        let offsets = Dictionary(slices.map { ($0.partition, $0.last + 1) }) { max($0, $1) }
        let described = offsets.sorted { $0.key < $1.key }.map { "\($0.key)→\($0.value)" }
        step {
            try self.world.log.begin(self.transactionalID, epoch: self.epoch, at: self.world.now)
        } then: {
            self.step {
                let (id, epoch, now) = (self.transactionalID, self.epoch, self.world.now)
                try self.world.log.produce(id, epoch: epoch, records, at: now)
            } then: {
                self.step {
                    try self.send(offsets)
                } then: {
                    self.commit(described)
                }
            }
        }
    }

    /// One request to the broker, unless the transaction is to be given up. Some take longer than a rebalance, so that one
    /// falls into the middle of a transaction.
    private func step(_ request: @escaping () throws -> Void, then next: @escaping () -> Void) {
        let isSlow = world.random.once(in: 8)
        after(.milliseconds(1), isSlow ? .seconds(3) : .milliseconds(80)) {
            if self.wasAbandoned { return self.abort("abandoned") }
            if self.world.strikes(.requestRefused) { return self.abort("refused") }
            if self.world.strikes(.producerFatal) { return self.feed(.publishEnded(.producer("fatal"))) }
            do {
                try request()
                next()
            } catch LogError.illegalGeneration {
                self.abort("illegal generation")
            } catch {
                self.feed(.publishEnded(.producer("\(error)")))
            }
        }
    }

    private func send(_ offsets: [TopicPartition: Int64]) throws {
        // As the client does it: without a member the transaction is aborted, the broker would take anything.
        guard !consumer.memberID.isEmpty, !consumer.isSomebodyElse,
            world.group.mayCommit(consumer.memberID, generation: consumer.generation)
        else { throw LogError.illegalGeneration }
        try world.log.send(transactionalID, epoch: epoch, offsets: offsets)
    }

    private func commit(_ described: [String]) {
        after(.milliseconds(1), .milliseconds(80)) {
            if self.wasAbandoned { return self.abort("abandoned") }
            let isLost = self.world.strikes(.commitReplyLost)
            do {
                if !isLost || self.world.random.once(in: 2) {
                    try self.world.log.commit(self.transactionalID, epoch: self.epoch)
                    self.world.note(self.name, "publishes \(described)")
                }
            } catch {
                return self.feed(.publishEnded(.producer("\(error)")))
            }
            self.after(.milliseconds(0), .milliseconds(80)) {
                self.feed(isLost ? .publishEnded(.unknownCommit("no reply")) : .published)
            }
        }
    }

    private func abort(_ reason: String) {
        after(.milliseconds(1), .milliseconds(40)) {
            do {
                try self.world.log.abort(self.transactionalID, epoch: self.epoch)
                self.feed(.publishAborted(reason))
            } catch {
                self.feed(.publishEnded(.producer("\(error)")))
            }
        }
    }
}
