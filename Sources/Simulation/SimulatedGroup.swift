import BatchPipeline
import KafkaClient

/// How members give up partitions.
public enum AssignmentProtocol: String, Sendable, CaseIterable {
    /// Everybody gives up everything before each rebalance.
    case eager
    /// Members keep what they keep, and what moves is given up first and handed over in a second rebalance (KIP-429).
    case cooperative
}

/// A consumer group's coordinator: members, generations, and assignments that are as sticky as they can be.
struct SimulatedGroup {
    /// While the coordinator moves, nobody hears of the group.
    private(set) var awayUntil = Instant(nanoseconds: 0)

    enum HeartbeatReply {
        case fine
        case rebalancing
        case unknownMember
    }

    private struct Member {
        var seenAt: Instant
        var hasJoined = true
        /// What the member said it owns when it joined.
        var claim: Set<TopicPartition>
        var target: Set<TopicPartition> = []
    }

    let topicPartitions: [TopicPartition]
    let assignmentProtocol: AssignmentProtocol
    let sessionTimeout: Duration
    private(set) var generation = 0
    private var members: [String: Member] = [:]
    private var refused: Set<String> = []
    private var rebalancingUntil: Instant?
    private var named = 0

    init(partitions: [TopicPartition], assignmentProtocol: AssignmentProtocol, sessionTimeout: Duration) {
        topicPartitions = partitions
        self.assignmentProtocol = assignmentProtocol
        self.sessionTimeout = sessionTimeout
    }

    /// The coordinator moves. The new one knows the members, and gives each of them a session from the beginning.
    mutating func moveCoordinator(until instant: Instant) {
        awayUntil = instant
        for id in members.keys { members[id]?.seenAt = instant }
        if let until = rebalancingUntil { rebalancingUntil = max(until, instant + sessionTimeout) }
    }

    var isEmpty: Bool { members.isEmpty }

    func knows(_ id: String) -> Bool {
        members[id] != nil
    }

    /// Joins or joins again, and returns the member's id. An unknown `id` makes a new member.
    mutating func join(_ id: String, claiming claim: Set<TopicPartition>, at now: Instant) -> String {
        var id = id
        if members[id] == nil {
            named += 1
            id = "member-\(named)"
        }
        beginRebalance(at: now)
        members[id] = Member(seenAt: now, claim: claim)
        return id
    }

    mutating func leave(_ id: String, at now: Instant) {
        if members.removeValue(forKey: id) != nil { beginRebalance(at: now) }
    }

    mutating func heartbeat(_ id: String, at now: Instant) -> HeartbeatReply {
        guard members[id] != nil else { return .unknownMember }
        members[id]?.seenAt = now
        return rebalancingUntil == nil ? .fine : .rebalancing
    }

    /// The generation and the assignment, once the rebalance that the member has joined is complete.
    func assignment(of id: String) -> (generation: Int, partitions: Set<TopicPartition>)? {
        guard rebalancingUntil == nil, let member = members[id], member.hasJoined else { return nil }
        return (generation, member.target)
    }

    /// Whether a member may commit. The broker checks the member and its generation, never the ownership; without a
    /// member it checks nothing.
    func mayCommit(_ id: String, generation: Int) -> Bool {
        id.isEmpty || (members[id] != nil && generation == self.generation && !refused.contains(id))
    }

    /// Takes no offsets from a member any more, as long as it goes by that name.
    mutating func refuse(_ id: String) {
        refused.insert(id)
    }

    /// Drops members that were silent for too long, and completes a rebalance that everybody has joined.
    mutating func advance(at now: Instant) {
        guard awayUntil <= now else { return }
        for (id, member) in members.sorted(by: { $0.key < $1.key }) where member.seenAt + sessionTimeout <= now {
            leave(id, at: now)
        }
        guard let deadline = rebalancingUntil else { return }
        if members.values.allSatisfy(\.hasJoined) {
            complete()
        } else if deadline <= now {
            members = members.filter(\.value.hasJoined)
            complete()
        }
    }

    private mutating func beginRebalance(at now: Instant) {
        guard rebalancingUntil == nil else { return }
        rebalancingUntil = now + sessionTimeout
        for id in members.keys { members[id]?.hasJoined = false }
    }

    private mutating func complete() {
        rebalancingUntil = nil
        generation += 1
        let ids = members.keys.sorted()
        guard !ids.isEmpty else { return }
        var targets = Dictionary(uniqueKeysWithValues: ids.map { ($0, Set<TopicPartition>()) })
        let quota = (topicPartitions.count + ids.count - 1) / ids.count
        var loose: [TopicPartition] = []
        for partition in topicPartitions {
            let owner = ids.first { members[$0]?.claim.contains(partition) == true }
            if let owner, targets[owner, default: []].count < quota {
                targets[owner]?.insert(partition)
            } else if owner == nil || assignmentProtocol == .eager {
                loose.append(partition)
            }
            // Else it is only taken away now, and handed over when its owner has joined again without it.
        }
        for partition in loose {
            let least = ids.min { (targets[$0]?.count ?? 0, $0) < (targets[$1]?.count ?? 0, $1) }
            if let least { targets[least]?.insert(partition) }
        }
        for id in ids { members[id]?.target = targets[id] ?? [] }
    }
}
