/// Records that were read together: one arena of bytes for all of them, and where in it each one lies.
///
/// A batch is a plain immutable value; copying it copies a reference. Records stand partition by partition, each
/// partition's records together and in the order in which they came, which is the order of their offsets.
public struct RecordBatch: Sendable {
    /// The records of one partition in a batch.
    public struct PartitionRun: Sendable {
        /// Whose records these are.
        public let topicPartition: TopicPartition
        /// Where they stand in the batch. Never empty.
        public let range: Range<Int>
    }

    let storage: RecordStorage

    /// The partitions in the batch, in the order in which their first records came.
    public var runs: [PartitionRun] { storage.runs }

    /// How many bytes of keys, values and headers the batch holds.
    public var byteCount: Int { storage.bytes.count }

    /// The records of one run.
    public func records(of run: PartitionRun) -> Slice<RecordBatch> { self[run.range] }
}

extension RecordBatch: RandomAccessCollection {
    /// Always 0.
    public var startIndex: Int { 0 }
    /// The number of records.
    public var endIndex: Int { storage.entries.count }
    /// A view of the record; it shares the batch's bytes.
    public subscript(position: Int) -> RecordView { RecordView(storage: storage, index: position) }
}

extension RecordBatch {
    /// The batch without the records that are not wanted; it shares the bytes.
    public func filtered(_ isWanted: (RecordView) -> Bool) -> RecordBatch {
        var entries: [RecordStorage.Entry] = []
        var left: [PartitionRun] = []
        for run in runs {
            let start = entries.count
            for index in run.range where isWanted(self[index]) {
                var entry = storage.entries[index]
                entry.run = left.count
                entries.append(entry)
            }
            if start < entries.count {
                left.append(PartitionRun(topicPartition: run.topicPartition, range: start..<entries.count))
            }
        }
        return RecordBatch(
            storage: RecordStorage(bytes: storage.bytes, entries: entries, headers: storage.headers, runs: left))
    }

    /// A batch put together by hand, for stand-ins of this client in tests.
    ///
    /// - Parameter records: partition, offset, timestamp in milliseconds since 1970 and content of each record, in the
    ///   order in which they came; the content's own topic and partition are not looked at.
    public init(
        _ records: [(topicPartition: TopicPartition, offset: Int64, timestamp: Int64?, content: OutgoingRecord)]
    ) {
        var builder = RecordBatchBuilder()
        for record in records {
            builder.append(
                record.content, of: record.topicPartition, offset: record.offset, timestamp: record.timestamp)
        }
        self = builder.finish()
    }
}

/// The bytes and coordinates behind a batch and its views.
final class RecordStorage: Sendable {
    /// A stretch of the arena; a negative count is Kafka's null.
    struct Bytes: Sendable {
        var start: Int
        var count: Int

        static let null = Bytes(start: 0, count: -1)

        /// Where it lies; of null nowhere.
        var range: Range<Int> { start..<start + max(0, count) }
    }

    struct Entry: Sendable {
        var run: Int
        var offset: Int64
        var timestamp: Int64
        var key: Bytes
        var value: Bytes
        /// Where its headers stand in ``RecordStorage/headers``.
        var headers: Range<Int>
    }

    struct Header: Sendable {
        var name: Bytes
        var value: Bytes
    }

    static let noTimestamp: Int64 = -1

    let bytes: [UInt8]
    let entries: [Entry]
    let headers: [Header]
    let runs: [RecordBatch.PartitionRun]

    init(bytes: [UInt8], entries: [Entry], headers: [Header], runs: [RecordBatch.PartitionRun]) {
        self.bytes = bytes
        self.entries = entries
        self.headers = headers
        self.runs = runs
    }

    func slice(_ stretch: Bytes) -> ArraySlice<UInt8>? {
        stretch.count < 0 ? nil : bytes[stretch.range]
    }
}
