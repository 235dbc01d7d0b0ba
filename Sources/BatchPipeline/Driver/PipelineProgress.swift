public import KafkaClient

/// How far a session has come, as its own consumer knows it.
public struct PipelineProgress: Sendable, Hashable {
    /// How far behind a partition is.
    public struct Lag: Sendable, Hashable {
        /// Whose lag it is.
        public let partition: TopicPartition
        /// Offsets between what is published and the end of the log, as the last fetch told it. A transaction's marker counts as
        /// one, though no reader is handed it.
        public let records: Int64
        /// When the oldest record that waits was written, in milliseconds since 1970 by its own timestamp; nil where none waits,
        /// or none of those that wait was read yet.
        public let waitingSince: Int64?

        package init(partition: TopicPartition, records: Int64, waitingSince: Int64?) {
            self.partition = partition
            self.records = records
            self.waitingSince = waitingSince
        }
    }

    /// Of each partition whose standing is known, in their order.
    public let lags: [Lag]
    /// Records that were read and are not published.
    public let inFlight: Int

    package init(lags: [Lag], inFlight: Int) {
        self.lags = lags
        self.inFlight = inFlight
    }
}

/// Keeps book of what was read and what of it is published.
struct ProgressBook {
    private struct Stretch {
        let last: Int64
        let count: Int
        let timestamp: Int64?
    }

    /// What was read and is not published, in offset order.
    private var waiting: [TopicPartition: [Stretch]] = [:]
    /// Where the group goes on.
    private var next: [TopicPartition: Int64] = [:]
    private var assigned: Set<TopicPartition> = []

    mutating func note(_ notice: Notice) {
        switch notice {
        case .assigned(let partitions):
            assigned.formUnion(partitions)
        case .departed(let partitions, _):
            assigned.subtract(partitions)
            for partition in partitions {
                waiting[partition] = nil
                next[partition] = nil
            }
        default:
            break
        }
    }

    mutating func stand(_ standings: [PartitionStanding]) {
        for standing in standings where next[standing.partition] == nil && assigned.contains(standing.partition) {
            next[standing.partition] = max(standing.low, standing.committed ?? standing.low)
        }
    }

    mutating func read(_ batch: RecordBatch) {
        // A poll may still hand over records of partitions that were given up.
        for run in batch.runs where assigned.contains(run.topicPartition) {
            let records = batch.records(of: run)
            guard let first = records.first, let last = records.last else { continue }
            waiting[run.topicPartition, default: []].append(
                Stretch(last: last.offset, count: records.count, timestamp: first.timestamp))
        }
    }

    mutating func published(_ offsets: [TopicPartition: Int64]) {
        for (partition, offset) in offsets where assigned.contains(partition) {
            next[partition] = offset
            let done = waiting[partition]?.prefix { $0.last < offset }.count ?? 0
            waiting[partition]?.removeFirst(done)
        }
    }

    /// - Parameter end: the end of a partition's log, where it is known.
    func progress(end: (TopicPartition) -> Int64?) -> PipelineProgress {
        PipelineProgress(
            lags: next.sorted { $0.key < $1.key }.compactMap { partition, next in
                end(partition).map { end in
                    PipelineProgress.Lag(
                        partition: partition, records: max(0, end - next),
                        waitingSince: waiting[partition]?.first?.timestamp)
                }
            },
            inFlight: waiting.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } })
    }
}
