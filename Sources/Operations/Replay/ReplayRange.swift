public import KafkaClient
public import ProtectedIdentity

/// Where a replay begins or ends, as an operator says it.
public enum ReplayBound: Hashable, Sendable {
    /// An offset, where one partition is meant.
    case offset(Int64)
    /// Offsets of partitions; others are not meant.
    case offsets([Int32: Int64])
    /// The first record of that time or later.
    case time(Timestamp)
}

/// What a replay reads of a topic, as an operator says it.
public struct ReplayRange: Hashable, Sendable {
    /// Where it begins.
    public var from: ReplayBound
    /// Where it ends, and reads no further; nil: at what stands in the topic when it begins.
    public var to: ReplayBound?
    /// The partitions; empty: all that the bounds allow.
    public var partitions: Set<Int32>

    /// A range.
    public init(from: ReplayBound, to: ReplayBound? = nil, partitions: Set<Int32> = []) {
        self.from = from
        self.to = to
        self.partitions = partitions
    }
}

/// Why a range cannot be read. Nothing was done.
public enum ReplayRangeError: Error, Hashable, Sendable {
    /// A partition that a range names, with what was asked for and what there is.
    public struct Place: Hashable, Sendable {
        /// The partition.
        public let partition: TopicPartition
        /// The offset that was asked for.
        public let asked: Int64
        /// What the topic retains.
        public let retained: Range<Int64>

        /// A place that is not there.
        public init(partition: TopicPartition, asked: Int64, retained: Range<Int64>) {
            self.partition = partition
            self.asked = asked
            self.retained = retained
        }
    }

    /// The topic has no such partitions.
    case unknownPartitions([TopicPartition], count: Int)
    /// A plain offset, where several partitions are meant.
    case offsetOfMany(partitions: Int)
    /// It begins before what the topic retains.
    case expired([Place])
    /// It begins or ends behind what the topic has.
    case beyondEnd([Place])
    /// It ends before it begins.
    case reversed([TopicPartition])
    /// Some bounds name these partitions, and others do not.
    case unpaired([TopicPartition])
    /// It begins at a time that is still to come.
    case future
}

/// A range as offsets.
struct ResolvedRange: Sendable {
    var ranges: [TopicPartition: Range<Int64>] = [:]
    /// Where records from before the range's time may have expired.
    var truncated: [TopicPartition] = []
}

extension ReplayRange {
    /// Looks up what the range means now. Blocks.
    ///
    /// - Parameter now: the wall clock.
    func resolve(
        in topic: String, _ kafka: OperationsKafka, _ consumer: KafkaConsumer, now: Timestamp
    ) throws -> ResolvedRange {
        if case .time(let time) = from, time > now { throw ReplayRangeError.future }
        let all = try kafka.partitions(of: topic)
        let meant = try meant(of: all)
        let retained = try consumer.ranges(of: meant, within: OperationsKafka.patience)
        var resolved = ResolvedRange()
        var (expired, beyond): ([ReplayRangeError.Place], [ReplayRangeError.Place]) = ([], [])
        var reversed: [TopicPartition] = []
        let starts = try offsets(of: from, in: meant, retained, consumer)
        let ends = try to.map { try offsets(of: $0, in: meant, retained, consumer) } ?? [:]
        for partition in meant {
            let there = retained[partition] ?? 0..<0
            var start = starts[partition] ?? there.upperBound
            let end = ends[partition] ?? there.upperBound
            // A time begins at what is retained, wherever brokers look it up.
            if case .time = from { start = max(start, there.lowerBound) }
            if start < there.lowerBound {
                expired.append(ReplayRangeError.Place(partition: partition, asked: start, retained: there))
            }
            if max(start, end) > there.upperBound {
                beyond.append(ReplayRangeError.Place(partition: partition, asked: max(start, end), retained: there))
            }
            if case .offset? = to, end < start { reversed.append(partition) }
            if case .offsets? = to, end < start { reversed.append(partition) }
            resolved.ranges[partition] = start..<max(start, end)
            if case .time = from, start == there.lowerBound, start > 0 { resolved.truncated.append(partition) }
        }
        guard reversed.isEmpty else { throw ReplayRangeError.reversed(reversed) }
        guard expired.isEmpty else { throw ReplayRangeError.expired(expired) }
        guard beyond.isEmpty else { throw ReplayRangeError.beyondEnd(beyond) }
        return resolved
    }

    /// The partitions that partitions and bounds name, or all. Where several name some they name the same: what only one of
    /// them names would be left out without a word.
    private func meant(of all: [TopicPartition]) throws(ReplayRangeError) -> [TopicPartition] {
        var sets = partitions.isEmpty ? [] : [partitions]
        for case .offsets(let offsets)? in [from, to] { sets.append(Set(offsets.keys)) }
        guard let first = sets.first else { return all }
        let topic = all.first?.topic ?? ""
        func inTopic(_ numbers: Set<Int32>) -> [TopicPartition] {
            numbers.sorted().map { TopicPartition(topic: topic, partition: $0) }
        }
        let named = sets.reduce(into: Set()) { $0.formUnion($1) }
        let unknown = inTopic(named).filter { !all.contains($0) }
        guard unknown.isEmpty else { throw .unknownPartitions(unknown, count: all.count) }
        guard sets.allSatisfy({ $0 == first }) else {
            throw .unpaired(inTopic(named.filter { number in !sets.allSatisfy { $0.contains(number) } }))
        }
        return inTopic(named)
    }

    private func offsets(
        of bound: ReplayBound, in meant: [TopicPartition], _ retained: [TopicPartition: Range<Int64>],
        _ consumer: KafkaConsumer
    ) throws -> [TopicPartition: Int64] {
        switch bound {
        case .offset(let offset):
            guard meant.count == 1 else { throw ReplayRangeError.offsetOfMany(partitions: meant.count) }
            return [meant[0]: offset]
        case .offsets(let offsets):
            return Dictionary(uniqueKeysWithValues: meant.map { ($0, offsets[$0.partition] ?? 0) })
        case .time(let time):
            let found = try consumer.offsets(
                for: meant, atOrAfter: time.microseconds / 1_000, timeout: OperationsKafka.patience)
            // A record that is not stable yet has a time, and is not read.
            return found.reduce(into: [:]) { $0[$1.key] = min($1.value, retained[$1.key]?.upperBound ?? $1.value) }
        }
    }
}
