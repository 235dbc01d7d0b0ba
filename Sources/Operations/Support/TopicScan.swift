public import KafkaClient

/// Reads stretches of partitions by hand, and stops at their ends; a member of no group, and in nobody's way.
public struct TopicScan: ~Copyable {
    private let consumer: KafkaConsumer
    /// Where partitions that are not read to their ends have them.
    private var ends: [TopicPartition: Int64] = [:]
    private var lastRecord = ContinuousClock.now

    /// For how long nothing may come.
    private static let patience = Duration.seconds(60)
    private static let batch = 10_000

    /// Begins to read.
    ///
    /// - Parameter consumer: made with ``KafkaClient/ConsumerConfiguration/tellsEnds``, and read by nobody else meanwhile.
    public init(_ ranges: [TopicPartition: Range<Int64>], on consumer: KafkaConsumer) throws(KafkaError) {
        let wanted = ranges.filter { !$0.value.isEmpty }
        ends = wanted.mapValues(\.upperBound)
        self.consumer = consumer
        try consumer.assign(wanted.mapValues(\.lowerBound))
    }

    /// The next records, of one partition in the order of their offsets; nil where all is read. Blocks.
    ///
    /// - Throws: ``KafkaError`` where a topic may not be read or is not there, or nothing comes for a minute.
    public mutating func next() throws(KafkaError) -> [RecordView]? {
        while !ends.isEmpty {
            var records: [RecordView] = []
            switch consumer.poll(maximum: Self.batch, timeout: .milliseconds(100)) {
            case .records(let batch):
                lastRecord = .now
                for run in batch.runs {
                    guard let end = ends[run.topicPartition] else { continue }
                    for record in batch.records(of: run) {
                        if record.offset < end { records.append(record) }
                        if record.offset >= end - 1 { ends[run.topicPartition] = nil }
                    }
                }
            case .failure(let error) where Self.isFinal(error): throw error
            case .unusable(let error): throw error
            case .failure, .rebalance, .nothing:
                guard ContinuousClock.now - lastRecord < Self.patience else {
                    throw KafkaError(code: .timedOut, operation: "read a topic to its end", isRetriable: true)
                }
            }
            // What comes to the end of a log may be markers of transactions alone.
            for (partition, met) in consumer.metEnds() where ends[partition].map({ met >= $0 }) == true {
                ends[partition] = nil
            }
            if !records.isEmpty { return records }
        }
        return nil
    }

    /// librdkafka goes on trying whatever happens; these will not get better.
    private static func isFinal(_ error: KafkaError) -> Bool {
        error.isUnknownTopicOrPartition || error.code == .topicAuthorizationFailed
            || error.code == .groupAuthorizationFailed
    }
}
