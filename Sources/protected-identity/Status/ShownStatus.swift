import ContactStore
import KafkaClient
import Operations
import ProtectedIdentity

/// Where one stands, as `status` prints it.
struct ShownStatus: Encodable {
    struct Partition: Encodable {
        let partition: Int32
        let committed: Int64?
        let end: Int64
        let lag: Int64
        /// Records of open transactions, which nobody reads yet.
        let open: Int64
        let oldestWaiting: String?
        let member: String?
    }

    struct Member: Encodable {
        let id: String
        let host: String
        let partitions: Int
    }

    let group: String
    /// Absent where the broker does not tell.
    let state: String?
    let members: [Member]?
    let partitions: [Partition]
    let lag: Int64
    let oldestWaitingSeconds: Double?
    let quarantine: QuarantineCounts?
    let deletionsDue: Int
    let owedMessages: Int
    let unpublishedSlices: Int
    /// What groups are beyond and the registry knows nothing of.
    let missing: [Missing]

    struct Missing: Encodable {
        let group: String
        let topic: String
        let partition: Int32
        let from: Int64
        let to: Int64
    }

    init(group: GroupStatus, name: String, quarantine: QuarantineCounts?, backlog: RegistryBacklog, now: Timestamp) {
        self.group = name
        state = group.group?.state
        members = group.group?.members.map { member in
            Member(id: member.id, host: member.host, partitions: member.partitions.count)
        }
        var owners: [TopicPartition: String] = [:]
        for member in group.group?.members ?? [] {
            for partition in member.partitions { owners[partition] = member.id }
        }
        partitions = group.partitions.map { partition in
            Partition(
                partition: partition.partition.partition, committed: partition.committed, end: partition.end,
                lag: partition.lag, open: partition.logEnd - partition.end,
                oldestWaiting: partition.oldestWaiting?.description, member: owners[partition.partition])
        }
        lag = group.lag
        oldestWaitingSeconds = group.oldestWaiting.map { waiting in
            max(0, Double(now.milliseconds - waiting.milliseconds) / 1_000)
        }
        self.quarantine = quarantine
        deletionsDue = backlog.deletionsDue
        owedMessages = backlog.owed.messages
        unpublishedSlices = backlog.owed.slices
        missing = backlog.gaps.map { gap in
            Missing(
                group: gap.group, topic: gap.partition.topic, partition: gap.partition.partition,
                from: gap.offsets.lowerBound, to: gap.offsets.upperBound)
        }
    }

    /// The lines for people.
    var lines: [String] {
        var table = TextTable("partition", "committed", "end", "lag", "open", "oldest waiting", "member")
        for partition in partitions {
            table.add(
                "\(partition.partition)", partition.committed.map { "\($0)" } ?? "-", "\(partition.end)",
                "\(partition.lag)", "\(partition.open)", partition.oldestWaiting ?? "-", partition.member ?? "-")
        }
        var figures = TextTable("", "")
        figures.add("group", "\(group)\(state.map { ", \($0)" } ?? "")")
        figures.add("members", members.map { "\($0.count)" } ?? "the broker does not tell")
        figures.add("lag", "\(lag)")
        figures.add("oldest event that waits", oldestWaitingSeconds.map { "\(Int($0)) s old" } ?? "none")
        if let quarantine { figures.add("waiting in the quarantine", "\(quarantine.waiting)") }
        figures.add("deletions due", "\(deletionsDue)")
        figures.add("messages of sweeps not known to be published", "\(owedMessages)")
        figures.add("slices not known to be published", "\(unpublishedSlices)")
        let gaps = missing.map { gap in
            "MISSING: group \(gap.group) is beyond \(gap.from) to \(gap.to - 1) of \(gap.topic)-\(gap.partition), and the "
                + "registry knows nothing of them: see replay"
        }
        return (gaps.isEmpty ? [] : gaps + [""]) + table.lines + [""] + figures.lines.dropFirst(2)
            + (quarantine.map { [""] + $0.lines } ?? [])
    }
}
