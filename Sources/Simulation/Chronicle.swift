import BatchPipeline
import KafkaClient

/// What has happened in a world that the oracle has to know of: what was fed and where it stands, and what people have done
/// that bends the promise.
struct Chronicle {
    /// A record in the topic.
    struct Fed {
        let arrival: Feed.Arrival
        let offset: Int64
        /// Whether it went with a topic that was deleted.
        var wasDeleted = false
    }

    private(set) var fed: [Fed] = []
    private(set) var alarms: [StandingAlarm] = []

    private struct GroupOffset: Hashable {
        let partition: TopicPartition
        let offset: Int64
    }

    /// Whose outcomes may stand twice, with one identity: records in slices that nobody had marked as published when the
    /// offsets were moved back.
    private var sayableTwice: Set<GroupOffset> = []
    var mayAnyStandTwice: Bool { !sayableTwice.isEmpty }
    /// How far each partition was applied when the copy was made that the store was set back to. What was decided since is
    /// forgotten, and may be said once more.
    private(set) var restoredTo: [TopicPartition: Int64]?
    private var backedUpAt: [TopicPartition: Int64] = [:]
    /// How far each partition is applied in the store that was set back, without a gap.
    private var setBackTo: [TopicPartition: Int64]?
    /// The partitions in which records were applied behind such a gap: people must have been told.
    private(set) var mustBeBehind: Set<TopicPartition> = []
    /// How far each partition was applied when its topic was deleted, and when that was.
    private(set) var deletedAt: [TopicPartition: Int64]?
    private var deletionTime = Instant(nanoseconds: 0)
    /// The partitions in which the group may have been put behind records of the new topic by records of the deleted one that
    /// were under way.
    private var mayBeSkipped: Set<TopicPartition> = []
    /// The partitions of which somebody was told that they are another topic's.
    private var told: Set<TopicPartition> = []
    /// What should not have been done.
    private(set) var violations: [String] = []
    /// The slice in which each record was applied last by the live group, as far as anybody was told.
    private var sliceOfRecord: [TopicPartition: [Int64: Int64]] = [:]

    mutating func add(_ arrival: Feed.Arrival, at offset: Int64) {
        fed.append(Fed(arrival: arrival, offset: offset))
    }

    mutating func add(_ alarm: StandingAlarm) {
        alarms.append(alarm)
        if case .logBehindStore(let standing, _) = alarm { told.insert(standing.partition) }
    }

    /// A worker's session ended because of `failure`.
    mutating func add(_ failure: SessionFailure) {
        if case .logBegunAnew(let partition, _, _) = failure { told.insert(partition) }
    }

    mutating func backUp(appliedTo progress: [TopicPartition: Int64]) {
        backedUpAt = progress
    }

    mutating func restore() {
        restoredTo = backedUpAt
        setBackTo = backedUpAt
    }

    var wasRestored: Bool { restoredTo != nil }

    /// Whether the store, set back or not, has never forgotten what it had decided on a record.
    func isRemembered(_ record: Fed) -> Bool {
        guard let restoredTo else { return true }
        return record.offset < restoredTo[record.arrival.partition] ?? 0
    }

    /// The live group has applied records. What was under way when the store was set back may close the gap by itself.
    mutating func apply(_ partition: TopicPartition, from first: Int64, to last: Int64, in slice: Int64?) {
        if let slice, first <= last {
            for offset in first...last { sliceOfRecord[partition, default: [:]][offset] = slice }
        }
        guard let known = setBackTo.map({ $0[partition] ?? 0 }) else { return }
        if first > known { mustBeBehind.insert(partition) }
        setBackTo?[partition] = max(known, last + 1)
    }

    /// The live group has applied records that were written at `time` to a log that ends at `end`.
    mutating func apply(_ partition: TopicPartition, writtenAt time: Instant, end: Int64) {
        guard let applied = deletedAt?[partition] else { return }
        if time <= deletionTime { mayBeSkipped.insert(partition) }
        guard time > deletionTime, end < applied, !told.contains(partition) else { return }
        violations.append("records of another topic were applied in \(partition), and nobody was told")
    }

    /// The group is moved back while `slice` stands as unpublished: what stands in it may be said twice.
    mutating func moveBack(standing slice: Int64, in partition: TopicPartition, _ offsets: ClosedRange<Int64>) {
        for offset in offsets where sliceOfRecord[partition]?[offset] ?? 0 <= slice {
            sayableTwice.insert(GroupOffset(partition: partition, offset: offset))
        }
    }

    /// The topic is gone, and all that was in it.
    ///
    /// - Parameter standing: the partitions of slices that are not known to be published.
    mutating func deleteTopic(
        appliedTo progress: [TopicPartition: Int64], standing: [TopicPartition], at now: Instant
    ) {
        mayBeSkipped.formUnion(standing)
        deletedAt = progress
        deletionTime = now
        for index in fed.indices { fed[index].wasDeleted = true }
    }

    func mayBeSkipped(_ record: Fed) -> Bool {
        mayBeSkipped.contains(record.arrival.partition)
    }

    func mayStandTwice(_ record: Fed) -> Bool {
        sayableTwice.contains(GroupOffset(partition: record.arrival.partition, offset: record.offset))
    }
}
