public import KafkaClient
public import ProtectedIdentity

/// How far the worker's group is, as brokers know it.
public struct GroupStatus: Sendable {
    /// A partition of the events topic.
    public struct Partition: Sendable {
        /// Which.
        public let partition: TopicPartition
        /// The first offset that is still there.
        public let low: Int64
        /// The last stable offset: what a `read_committed` reader can read ends here.
        public let end: Int64
        /// The offset behind the last record, those of open transactions included.
        public let logEnd: Int64
        /// Where the group goes on; nil where it has committed nothing.
        public let committed: Int64?
        /// When the oldest event that is not processed was written, by its own timestamp; nil where none waits.
        public let oldestWaiting: Timestamp?

        /// How many offsets the group is behind the last stable one.
        public var lag: Int64 { max(0, end - max(low, committed ?? low)) }
    }

    /// The partitions in their order.
    public let partitions: [Partition]
    /// The group; nil where the broker does not tell.
    public let group: GroupDescription?

    /// How many offsets the group is behind, in all partitions.
    public var lag: Int64 { partitions.reduce(0) { $0 + $1.lag } }
    /// When the oldest event that waits was written.
    public var oldestWaiting: Timestamp? { partitions.compactMap(\.oldestWaiting).min() }

    /// Asks the brokers. Joins no group and moves no offset. Blocks.
    ///
    /// - Throws: ``MissingTopic``, ``KafkaClient/KafkaError``, ``KafkaClient/KafkaConfigurationError``.
    public init(of topic: String, in kafka: OperationsKafka) throws {
        let names = try kafka.partitions(of: topic)
        let consumer = try kafka.consumer()
        defer { _ = consumer.leave(within: .seconds(2)) }
        let ranges = try consumer.ranges(of: names, within: OperationsKafka.patience)
        let committed = try consumer.committedOffsets(for: names, timeout: OperationsKafka.patience)
        let ends = try LogEnds(
            bootstrapServers: kafka.bootstrapServers, properties: kafka.properties, logger: kafka.logger)
        defer { ends.close(within: .seconds(2)) }
        let logEnds = try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try ends.end(of: $0, timeout: OperationsKafka.patience)) })
        let unread = Dictionary(
            uniqueKeysWithValues: ranges.map { name, range in
                (name, min(max(committed[name] ?? 0, range.lowerBound), range.upperBound)..<range.upperBound)
            })
        let waiting = try Self.oldest(in: unread, on: consumer)
        partitions = names.map { name in
            let range = ranges[name] ?? 0..<0
            return Partition(
                partition: name, low: range.lowerBound, end: range.upperBound,
                logEnd: max(range.upperBound, logEnds[name] ?? 0), committed: committed[name],
                oldestWaiting: waiting[name])
        }
        group = try Self.describe(kafka)
    }

    /// The timestamps of the first records in some ranges.
    private static func oldest(
        in ranges: [TopicPartition: Range<Int64>], on consumer: KafkaConsumer
    ) throws(KafkaError) -> [TopicPartition: Timestamp] {
        var waiting = ranges.filter { !$0.value.isEmpty }
        var found: [TopicPartition: Timestamp] = [:]
        // Each partition is let go of with its first record: behind it may lie days of them.
        while !waiting.isEmpty {
            var scan = try TopicScan(waiting, on: consumer)
            guard let records = try scan.next() else { break }
            for record in records where waiting.removeValue(forKey: record.topicPartition) != nil {
                found[record.topicPartition] = record.timestamp.map { Timestamp(milliseconds: $0) }
            }
        }
        return found
    }

    private static func describe(_ kafka: OperationsKafka) throws -> GroupDescription? {
        let admin = try KafkaAdmin(
            bootstrapServers: kafka.bootstrapServers, properties: kafka.properties, logger: kafka.logger)
        defer { admin.close(within: .seconds(2)) }
        do throws(KafkaError) {
            return try admin.describeGroup(kafka.group, timeout: OperationsKafka.patience)
        } catch {
            guard error.isUnsupportedByBroker else { throw error }
            return nil
        }
    }
}
