import BatchPipeline
import KafkaClient

/// A member's side of the group as librdkafka has it: heartbeats, rebalances that wait for an answer, positions.
struct SimulatedConsumer {
    private enum Membership {
        case outside
        case joining
        case stable
        case leaving
    }

    /// Empty while we are nobody: before the first join, and after the group has forgotten us until the loss is answered.
    private(set) var memberID = ""
    private(set) var generation = -1
    private(set) var owned: Set<TopicPartition> = []
    private var membership = Membership.outside
    private var positions: [TopicPartition: Int64] = [:]
    private let group: String
    private let range: ReplayRange?
    private var wasGivenRange = false
    /// Rebalances that the application has not been told yet, and the one it has not answered yet.
    private var pending: [Rebalance] = []
    private var unanswered: Rebalance?
    private var joinsAfterAnswer = false
    /// The member that the group gave our partitions to.
    private var assignedAs = ""
    /// A static member that the group has forgotten is let in again under a new id, and librdkafka keeps its partitions
    /// as if nothing had happened (its JoinGroup handler reports a loss to dynamic members only).
    let isStatic: Bool

    init(of group: String, isStatic: Bool, reading range: ReplayRange? = nil) {
        self.group = group
        self.isStatic = isStatic
        self.range = range
    }

    /// Whether our partitions were given to a member that we no longer are: the client's own guard against the above.
    var isSomebodyElse: Bool {
        !owned.isEmpty && !memberID.isEmpty && memberID != assignedAs
    }

    /// Whether it reads by hand: it is in no group, and keeps the offsets of one.
    var isManual: Bool { range != nil }

    /// Whether a range was read to its end.
    var isExhausted: Bool {
        range.map { range in
            range.to.allSatisfy { partition, end in
                owned.contains(partition) && positions[partition].map { $0 >= end } ?? false
            }
        } ?? false
    }

    /// What passes between client and coordinator at a heartbeat.
    mutating func heartbeat(with group: inout SimulatedGroup, at now: Instant) {
        guard range == nil, group.awayUntil <= now else { return }
        switch membership {
        case .leaving:
            break
        case .outside:
            if isQuiet { join(&group, at: now) }
        case .joining:
            if case .unknownMember = group.heartbeat(memberID, at: now) { return forgotten() }
            guard let (generation, target) = group.assignment(of: memberID) else { return }
            membership = .stable
            // The generation moves before the application hears of anything.
            self.generation = generation
            let revoked = owned.subtracting(target)
            if !revoked.isEmpty {
                pending.append(Rebalance(kind: .revoked, partitions: revoked.sorted()))
                joinsAfterAnswer = true
            }
            let gained = target.subtracting(owned)
            if !gained.isEmpty { pending.append(Rebalance(kind: .assigned, partitions: gained.sorted())) }
        case .stable:
            switch group.heartbeat(memberID, at: now) {
            case .fine: break
            case .unknownMember: forgotten()
            case .rebalancing: rejoin(&group, at: now)
            }
        }
    }

    /// A rebalance to be answered, or records.
    mutating func poll(
        maximum: Int, from log: SimulatedLog, using random: inout SeededRandom
    ) -> (rebalance: Rebalance?, records: [(TopicPartition, Int64, ArraySlice<SimulatedLog.Entry>)]) {
        if let range, !wasGivenRange {
            wasGivenRange = true
            pending = [Rebalance(kind: .assigned, partitions: range.to.keys.sorted())]
        }
        if unanswered == nil, !pending.isEmpty {
            unanswered = pending.removeFirst()
            return (unanswered, [])
        }
        var records: [(TopicPartition, Int64, ArraySlice<SimulatedLog.Entry>)] = []
        var room = maximum
        for partition in owned.sorted().shuffled(using: &random) where room > 0 {
            guard let position = position(in: partition, of: log) else { continue }
            var most = Int.random(in: 0...room, using: &random)
            if let range { most = min(most, max(0, Int((range.to[partition] ?? 0) - position))) }
            let read = log.read(partition, from: position, maximum: most)
            guard !read.isEmpty else { continue }
            positions[partition] = position + Int64(read.count)
            records.append((partition, position, read))
            room -= read.count
        }
        return (nil, records)
    }

    mutating func answer(_ rebalance: Rebalance, to group: inout SimulatedGroup, at now: Instant) {
        unanswered = nil
        switch rebalance.kind {
        case .assigned:
            if owned.isEmpty { assignedAs = memberID }
            owned.formUnion(rebalance.partitions)
        case .revoked, .lost:
            owned.subtract(rebalance.partitions)
            for partition in rebalance.partitions { positions[partition] = nil }
        }
        if joinsAfterAnswer, isQuiet, membership != .leaving {
            joinsAfterAnswer = false
            join(&group, at: now)
        }
    }

    /// Leaves at once; whatever was owned is up for others.
    mutating func leave(_ group: inout SimulatedGroup, at now: Instant) {
        group.leave(memberID, at: now)
        membership = .leaving
        memberID = ""
        owned = []
    }

    private var isQuiet: Bool {
        pending.isEmpty && unanswered == nil
    }

    private mutating func rejoin(_ group: inout SimulatedGroup, at now: Instant) {
        guard isQuiet else { return }
        if group.assignmentProtocol == .eager, !owned.isEmpty {
            pending.append(Rebalance(kind: .revoked, partitions: owned.sorted()))
            joinsAfterAnswer = true
        } else {
            join(&group, at: now)
        }
    }

    private mutating func join(_ group: inout SimulatedGroup, at now: Instant) {
        guard isStatic || memberID.isEmpty || group.knows(memberID) else { return forgotten() }
        memberID = group.join(memberID, claiming: owned, at: now)
        membership = .joining
    }

    private mutating func forgotten() {
        memberID = ""
        generation = -1
        membership = .outside
        pending = []
        if !owned.isEmpty { pending.append(Rebalance(kind: .lost, partitions: owned.sorted())) }
    }

    private mutating func position(in partition: TopicPartition, of log: SimulatedLog) -> Int64? {
        if let position = positions[partition] {
            // Out of range: back to the earliest.
            if position > log.end(of: partition) { positions[partition] = 0 }
            return positions[partition]
        }
        let (isStable, offset) = log.stableOffset(of: group, in: partition)
        guard isStable else { return nil }
        let position = offset ?? range?.from[partition] ?? 0
        positions[partition] = position
        return position
    }
}

/// The records that a replay reads.
struct ReplayRange {
    /// The offset to begin at in each partition.
    var from: [TopicPartition: Int64]
    /// The offset to end before.
    var to: [TopicPartition: Int64]
}
