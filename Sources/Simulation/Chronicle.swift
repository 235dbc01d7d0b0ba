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

    /// Where outcomes may stand twice, with one identity: in slices that nobody had marked as published when the offsets
    /// were moved back.
    var mayStandTwice: [(partition: TopicPartition, offsets: ClosedRange<Int64>)] = []
    /// Whether the store was set back. It has forgotten what it had published since, and says so twice.
    var wasRestored = false
    /// How far each partition is applied in the store that was set back, without a gap.
    var setBackTo: [TopicPartition: Int64] = [:]
    /// The partitions in which records were applied behind such a gap: people must have been told.
    private(set) var mustBeBehind: Set<TopicPartition> = []
    /// How far each partition was applied when its topic was deleted.
    var deletedAt: [TopicPartition: Int64]?

    mutating func add(_ arrival: Feed.Arrival, at offset: Int64) {
        fed.append(Fed(arrival: arrival, offset: offset))
    }

    mutating func add(_ alarm: StandingAlarm) {
        alarms.append(alarm)
    }

    /// The live group has applied records. What was under way when the store was set back may close the gap by itself.
    mutating func apply(_ partition: TopicPartition, from first: Int64, to last: Int64) {
        guard let known = setBackTo[partition] else { return }
        if first > known { mustBeBehind.insert(partition) }
        setBackTo[partition] = max(known, last + 1)
    }

    /// The topic is gone, and all that was in it.
    mutating func deleteTopic(appliedTo progress: [TopicPartition: Int64]) {
        deletedAt = progress
        for index in fed.indices { fed[index].wasDeleted = true }
    }

    func mayStandTwice(_ record: Fed) -> Bool {
        mayStandTwice.contains { $0.partition == record.arrival.partition && $0.offsets.contains(record.offset) }
    }
}
