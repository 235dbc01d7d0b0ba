internal import KafkaClient
internal import ProtectedIdentity

/// The originals themselves, where their topic retains them.
struct SourceTopic {
    let consumer: KafkaConsumer

    /// Kafka's own word for no timestamp.
    private static let unknown: Int64 = -1

    /// Reads the originals of some entries.
    ///
    /// - Returns: those that stand there still. What has another timestamp is another topic's of the same name; where the entry
    ///   knows no timestamp, as what a replay publishes for a group that is gone, the place alone tells.
    func originals(of entries: [QuarantineEntry]) throws -> [RecordCoordinates: OriginalRecord] {
        var wanted: [TopicPartition: [Int64: Int64]] = [:]
        for entry in entries {
            let source = TopicPartition(topic: entry.headers.topic, partition: entry.headers.partition)
            wanted[source, default: [:]][entry.headers.offset] = entry.headers.timestamp
        }
        var ranges: [TopicPartition: Range<Int64>] = [:]
        for (source, offsets) in wanted {
            guard let first = offsets.keys.min(), let last = offsets.keys.max(), let bounds = try bounds(of: source)
            else { continue }
            let (begin, end) = (max(first, bounds.low), min(last, bounds.high - 1))
            if begin <= end { ranges[source] = begin..<end + 1 }
        }
        var found: [RecordCoordinates: OriginalRecord] = [:]
        var scan = try TopicScan(ranges, on: consumer)
        while let records = try scan.next() {
            for record in records {
                guard let timestamp = wanted[record.topicPartition]?[record.offset],
                    timestamp == Self.unknown || timestamp == record.timestamp
                else { continue }
                found[RecordCoordinates(record)] = OriginalRecord(record)
            }
        }
        return found
    }

    /// Nil where there is no such partition.
    private func bounds(of partition: TopicPartition) throws(KafkaError) -> OffsetBounds? {
        do throws(KafkaError) {
            return try consumer.offsetBounds(of: partition, timeout: OperationsKafka.patience)
        } catch {
            guard error.isUnknownTopicOrPartition else { throw error }
            return nil
        }
    }
}
