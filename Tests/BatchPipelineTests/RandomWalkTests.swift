import BatchPipeline
import KafkaClient
import Testing

/// Whatever legal replies come, in whatever order and however late: what the machine holds to, it holds to.
@Suite("A random walk")
struct RandomWalkTests {
    @Test("never breaks a promise, and never stands still", arguments: 1...120 as ClosedRange<UInt64>)
    func walk(seed: UInt64) {
        var world = World(seed: seed)
        world.run(steps: 3_000)
        #expect(world.violations.isEmpty, "seed \(seed): \(world.violations.prefix(3))")
        #expect(world.ended, "seed \(seed): did not end after it was asked to")
    }

    @Test("goes everywhere")
    func coverage() {
        var seen: Set<String> = []
        for seed in 1...120 as ClosedRange<UInt64> {
            var world = World(seed: seed)
            world.run(steps: 3_000)
            seen.formUnion(world.seen)
        }
        let everywhere = [
            "abandon", "answer assigned", "answer lost", "answer revoked", "settle", "publish again", "apply again",
            "struck while publishing", "struck while applying", "end stopped",
        ]
        #expect(seen.isSuperset(of: everywhere), "missing: \(Set(everywhere).subtracting(seen))")
    }
}

/// Kafka, a store and a clock that answer at random, and watch.
private struct World {
    typealias Machine = PipelineMachine<Int, Int>

    private enum StoreWork {
        case admit([PartitionStanding])
        case apply([Slice<Int>])
        case settle
    }

    private var random: SplitMix
    private var machine: Machine
    private var now = Instant(nanoseconds: 0)
    private var wakes: Set<Instant> = []

    // What is under way.
    private var polling: Int?
    private var lookingUp: [TopicPartition]?
    private var store: StoreWork?
    private var publishing: [AppliedSlice<Int>]?
    private var isAbandoned = false
    private var rebalance: Rebalance?

    // What is so.
    private var owned: Set<TopicPartition> = []
    /// How often each partition has come to us: what was read under an earlier number must not be published.
    private var tenures: [TopicPartition: Int] = [:]
    private var admitted: Set<TopicPartition> = []
    /// The partitions that the store is looking at, and the tenures for which it does.
    private var admitting: [TopicPartition: Int] = [:]
    private var position: [TopicPartition: Int64] = [:]
    private var nextApplied: [TopicPartition: Int64] = [:]
    private var nextPublished: [TopicPartition: Int64] = [:]
    private var slices: Int64 = 0
    private var appliedEnds: [TopicPartition: Int64] = [:]
    private var publishedIDs: Set<Int64> = []
    private var settledIDs: Set<Int64> = []
    private var settlingIDs: Set<Int64> = []
    private var abortedIDs: Set<Int64> = []

    private(set) var ended = false
    private(set) var violations: [String] = []
    private(set) var seen: Set<String> = []

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        var settings = PipelineSettings()
        settings.seed = seed
        settings.maximumRecords = Int.random(in: 1...20, using: &random)
        if Bool.random(using: &random) {
            settings.minimumInterval = .milliseconds(Int.random(in: 1...300, using: &random))
        }
        machine = Machine(settings: settings)
    }

    mutating func run(steps: Int) {
        give(.tick)
        for _ in 0..<steps where !ended { step() }
        give(.stop)
        for _ in 0..<2_000 where !ended { step() }
        // After the end nothing follows, whatever is still under way.
        for _ in 0..<20 { step() }
    }

    private mutating func chance(_ times: Int) -> Bool {
        Int.random(in: 0..<times, using: &random) == 0
    }

    // MARK: Replies

    private mutating func step() {
        var choices: [(inout World) -> Void] = []
        if polling != nil { choices += [{ $0.answerPoll() }, { $0.answerPoll() }] }
        if lookingUp != nil { choices.append { $0.answerLookUp() } }
        if store != nil { choices.append { $0.answerStore() } }
        if publishing != nil { choices.append { $0.answerPublish() } }
        // Replies are faster than time, most of the time.
        if !wakes.isEmpty, choices.isEmpty || chance(4) { choices.append { $0.passTime() } }
        guard let choice = choices.randomElement(using: &random) else {
            if !ended { violations.append("stands still") }
            return
        }
        choice(&self)
    }

    private mutating func answerPoll() {
        guard let maximum = polling else { return }
        polling = nil
        if chance(12) { return move() }
        var brought: [Slice<Int>] = []
        var room = maximum
        for partition in owned.shuffled(using: &random) where room > 0 && chance(2) {
            let count = Int.random(in: 1...room, using: &random)
            let first = position[partition, default: 0]
            position[partition] = first + Int64(count)
            room -= count
            let items = [Int](repeating: tenures[partition, default: 0], count: count)
            brought.append(Slice(partition: partition, first: first, last: first + Int64(count) - 1, items: items))
        }
        give(.polled(brought))
    }

    /// Partitions come or go.
    private mutating func move() {
        let all = Set((0..<4).map { TopicPartition(topic: "t", partition: $0) })
        let kind: Rebalance.Kind =
            owned.isEmpty || (owned != all && chance(2)) ? .assigned : chance(3) ? .lost : .revoked
        let from = kind == .assigned ? all.subtracting(owned) : owned
        let partitions = from.filter { _ in !chance(3) }.sorted()
        let change = Rebalance(kind: kind, partitions: partitions)
        rebalance = change
        if kind != .assigned {
            for partition in partitions {
                tenures[partition, default: 0] += 1
                admitted.remove(partition)
            }
            if publishing?.contains(where: { partitions.contains($0.partition) }) == true {
                seen.insert("struck while publishing")
            }
            if case .apply = store { seen.insert("struck while applying") }
        }
        give(.rebalance(change))
    }

    private mutating func answerLookUp() {
        guard let partitions = lookingUp else { return }
        lookingUp = nil
        if chance(4) { return give(.standingFailed("not yet")) }
        give(.standing(partitions.map { PartitionStanding(partition: $0, committed: nil, low: 0, end: 0) }))
    }

    private mutating func answerStore() {
        guard let work = store else { return }
        store = nil
        if chance(5) { return give(.storeFailed(.transient("busy"))) }
        switch work {
        case .admit(let standings):
            for (partition, tenure) in admitting where tenures[partition, default: 0] == tenure {
                admitted.insert(partition)
            }
            give(.admitted(standings.isEmpty || !chance(5) ? [] : [.expiredUnread(standings[0], next: 0)]))
        case .apply(let slices):
            settledIDs.formUnion(settlingIDs)
            var results: [AppliedSlice<Int>] = []
            for slice in slices {
                self.slices += 1
                results.append(
                    AppliedSlice(id: self.slices, partition: slice.partition, last: slice.last, messages: slice.items))
            }
            give(.applied(results))
        case .settle:
            settledIDs.formUnion(settlingIDs)
            give(.settled)
        }
    }

    private mutating func answerPublish() {
        guard let slices = publishing else { return }
        publishing = nil
        if isAbandoned ? !chance(4) : chance(5) {
            abortedIDs.formUnion(slices.map(\.id))
            return give(.publishAborted("aborted"))
        }
        for slice in slices {
            if !publishedIDs.insert(slice.id).inserted { violations.append("slice \(slice.id) is published twice") }
            nextPublished[slice.partition] = slice.last + 1
        }
        give(.published)
    }

    private mutating func passTime() {
        guard let next = wakes.min() else { return }
        wakes.remove(next)
        now = max(now, next)
        // Another reply may be faster than the tick.
        give(.tick)
    }

    // MARK: Effects

    private mutating func give(_ input: Machine.Input) {
        let hadEnded = ended
        let effects = machine.handle(input, at: now)
        if hadEnded, !effects.isEmpty { violations.append("effects after the end") }
        for effect in effects { watch(effect) }
    }

    private mutating func watch(_ effect: Machine.Effect) {
        if ended { violations.append("an effect behind the end") }
        switch effect {
        case .poll(let maximum):
            if polling != nil || lookingUp != nil || rebalance != nil { violations.append("polls out of turn") }
            if maximum < 0 { violations.append("polls for \(maximum) records") }
            polling = maximum
        case .lookUp(let partitions):
            if polling != nil || lookingUp != nil || rebalance != nil { violations.append("looks up out of turn") }
            if !owned.isSuperset(of: partitions) { violations.append("looks up what is not ours") }
            lookingUp = partitions
        case .answer(let answer):
            seen.insert("answer \(answer.kind)")
            self.answer(answer)
        case .admit(let standings):
            begin(.admit(standings), settling: [])
            admitting = [:]
            for standing in standings { admitting[standing.partition] = tenures[standing.partition, default: 0] }
        case .apply(let slices, let settling):
            for slice in slices { watch(applying: slice) }
            begin(.apply(slices), settling: settling)
        case .settle(let settling):
            seen.insert("settle")
            begin(.settle, settling: settling)
        case .publish(let slices):
            if publishing != nil { violations.append("two transactions at once") }
            if rebalance != nil { violations.append("a transaction begins while a revoke waits") }
            for slice in slices { watch(publishing: slice) }
            publishing = slices
            isAbandoned = false
        case .abandon:
            seen.insert("abandon")
            if publishing == nil || isAbandoned { violations.append("abandons what is not under way") }
            isAbandoned = true
        case .wake(let instant):
            wakes.insert(instant)
        case .notice:
            break
        case .end(let end):
            ended = true
            if case .stopped(let drained) = end {
                seen.insert("end stopped")
                if drained, publishing != nil || store != nil { violations.append("is drained with work under way") }
                if drained, settledIDs != publishedIDs { violations.append("is drained with slices to settle") }
            }
        }
    }

    private mutating func begin(_ work: StoreWork, settling: [PublishedSlice]) {
        if store != nil { violations.append("two store operations at once") }
        if rebalance != nil {
            if case .settle = work {} else { violations.append("the store is given work while a revoke waits") }
        }
        let ids = settling.map(\.id)
        if !publishedIDs.isSuperset(of: ids) { violations.append("settles what was not published") }
        if !settledIDs.isDisjoint(with: ids) { violations.append("settles what was settled") }
        settlingIDs = Set(ids)
        store = work
    }

    private mutating func answer(_ answer: Rebalance) {
        if answer != rebalance { violations.append("answers what nobody asked") }
        rebalance = nil
        if answer.kind == .assigned {
            owned.formUnion(answer.partitions)
            for partition in answer.partitions {
                // The group stands where what was committed ends.
                let next = nextPublished[partition, default: 0]
                position[partition] = next
                nextApplied[partition] = next
                appliedEnds[partition] = nil
            }
        } else {
            if publishing != nil { violations.append("answers while a transaction is open") }
            owned.subtract(answer.partitions)
        }
    }

    private mutating func watch(applying slice: Slice<Int>) {
        let partition = slice.partition
        if !owned.contains(partition) || slice.items.contains(where: { $0 != tenures[partition, default: 0] }) {
            violations.append("applies what has departed")
        }
        if !admitted.contains(partition) { violations.append("applies what is not admitted") }
        if slice.last == appliedEnds[partition] {
            seen.insert("apply again")
        } else {
            if slice.first != nextApplied[partition, default: 0] {
                violations.append("leaves records out, or repeats them")
            }
            nextApplied[partition] = slice.last + 1
            appliedEnds[partition] = slice.last
        }
    }

    private mutating func watch(publishing slice: AppliedSlice<Int>) {
        let partition = slice.partition
        if !owned.contains(partition) || slice.messages.contains(where: { $0 != tenures[partition, default: 0] }) {
            violations.append("publishes what was struck")
        }
        if abortedIDs.contains(slice.id) { seen.insert("publish again") }
        let end = slice.last + 1
        let first = end - Int64(slice.messages.count)
        if first != nextPublished[partition, default: 0] { violations.append("publishes out of order") }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
