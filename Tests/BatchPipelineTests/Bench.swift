import BatchPipeline
import KafkaClient

/// A machine on a test bench: inputs in, effects out, in words.
struct Bench {
    typealias Machine = PipelineMachine<Int, String>

    private var machine: Machine
    private(set) var now = Instant(nanoseconds: 0)
    /// The instants for which ticks were asked.
    private(set) var wakes: [Instant] = []
    /// What people were told.
    private(set) var notices: [Notice] = []
    /// What each slice of the latest batch follows.
    private(set) var follows: [Int64?] = []

    init(_ configure: (inout PipelineSettings) -> Void = { _ in }) {
        var settings = PipelineSettings()
        settings.maximumRecords = 10
        configure(&settings)
        machine = Machine(settings: settings)
    }

    /// A bench whose machine owns `partitions`, has had them admitted, and polls.
    static func running(_ partitions: Int32..., configure: (inout PipelineSettings) -> Void = { _ in }) -> Bench {
        var bench = Bench(configure)
        _ = bench.give(.tick)
        bench.own(partitions)
        return bench
    }

    /// Gives an input, and tells the effects other than wake-up calls and notices.
    mutating func give(_ input: Machine.Input) -> [String] {
        machine.handle(input, at: now).compactMap { effect in
            switch effect {
            case .wake(let instant): wakes.append(instant)
            case .notice(let notice): notices.append(notice)
            case .apply(let slices, _):
                follows = slices.map(\.follows)
                return words(effect)
            default: return words(effect)
            }
            return nil
        }
    }

    /// Lets time pass, and ticks.
    mutating func pass(_ duration: Duration) -> [String] {
        now = now + duration
        return give(.tick)
    }

    /// Gains partitions in answer to the poll under way, and has them admitted; a poll is under way afterwards.
    mutating func own(_ partitions: [Int32]) {
        _ = give(.rebalance(Rebalance(kind: .assigned, partitions: partitions.map(t))))
        _ = give(.standing(partitions.map { standing($0) }))
        _ = give(.admitted([]))
    }

    private func words(_ effect: Machine.Effect) -> String? {
        switch effect {
        case .poll(let maximum): "poll \(maximum)"
        case .answer(let rebalance): "answer \(rebalance.kind) \(list(rebalance.partitions))"
        case .lookUp(let partitions): "look up \(list(partitions))"
        case .admit(let standings): "admit \(list(standings.map(\.partition)))"
        case .apply(let slices, let settling):
            "apply \(slices.map { "\($0.partition.partition):\($0.first)-\($0.last)" }.joined(separator: " "))"
                + (settling.isEmpty ? "" : " settling \(settling.map(\.id))")
        case .settle(let slices): "settle \(slices.map(\.id))"
        case .publish(let slices): "publish \(slices.map(\.id))"
        case .abandon: "abandon"
        case .end(.stopped(let drained)): drained ? "end, drained" : "end, not drained"
        case .end(.exhausted): "end, exhausted"
        case .end(.failed(let failure)): "end: \(failure)"
        case .wake, .notice: nil
        }
    }

    private func list(_ partitions: [TopicPartition]) -> String {
        partitions.map { String($0.partition) }.joined(separator: " ")
    }
}

/// A partition of the only topic.
func t(_ partition: Int32) -> TopicPartition {
    TopicPartition(topic: "t", partition: partition)
}

func standing(_ partition: Int32, committed: Int64? = nil, end: Int64 = 0) -> PartitionStanding {
    PartitionStanding(partition: t(partition), committed: committed, low: 0, end: end)
}

/// What a poll brings of one partition.
func read(_ partition: Int32, _ offsets: ClosedRange<Int64>) -> Slice<Int> {
    Slice(partition: t(partition), first: offsets.lowerBound, last: offsets.upperBound, items: offsets.map(Int.init))
}

/// What the store makes of one slice.
func applied(_ id: Int64, _ partition: Int32, last: Int64) -> AppliedSlice<String> {
    AppliedSlice(id: id, partition: t(partition), last: last, messages: ["m\(id)"])
}

func revoked(_ partitions: Int32...) -> Bench.Machine.Input {
    .rebalance(Rebalance(kind: .revoked, partitions: partitions.map(t)))
}

func lost(_ partitions: Int32...) -> Bench.Machine.Input {
    .rebalance(Rebalance(kind: .lost, partitions: partitions.map(t)))
}
