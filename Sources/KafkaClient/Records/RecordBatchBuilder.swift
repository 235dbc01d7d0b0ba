internal import CRdkafka
internal import Foundation

/// Puts a batch together out of messages as they come from librdkafka, in any mixture of partitions.
struct RecordBatchBuilder {
    private var bytes: [UInt8] = []
    private var entries: [RecordStorage.Entry] = []
    private var headers: [RecordStorage.Header] = []
    private var partitions: [TopicPartition] = []
    private var counts: [Int] = []
    private var indexes: [TopicPartition: Int] = [:]
    /// Whether some partition's records do not stand together yet.
    private var isMixed = false

    var count: Int { entries.count }
    var byteCount: Int { bytes.count }
    var isEmpty: Bool { entries.isEmpty }

    /// - Parameter bytes: how many the batch will hold, about.
    mutating func reserveCapacity(records: Int, bytes count: Int) {
        entries.reserveCapacity(records)
        bytes.reserveCapacity(count)
    }

    /// The number under which a partition's records are appended; asked for only when one is about to be.
    mutating func run(of partition: TopicPartition) -> Int {
        if let index = indexes[partition] { return index }
        let index = partitions.count
        indexes[partition] = index
        partitions.append(partition)
        counts.append(0)
        return index
    }

    /// Copies a message's content into the arena; the message stays its owner's.
    mutating func append(_ message: UnsafeMutablePointer<rd_kafka_message_t>, run: Int) {
        let content = message.pointee
        let key = copy(content.key, count: content.key_len)
        let value = copy(content.payload, count: content.len)
        let first = headers.count
        var list: OpaquePointer?
        if rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list {
            copyHeaders(list)
        }
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let timestamp = rd_kafka_message_timestamp(message, &kind)
        append(
            RecordStorage.Entry(
                run: run, offset: content.offset,
                timestamp: kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? RecordStorage.noTimestamp : timestamp,
                key: key, value: value, headers: first..<headers.count))
    }

    /// Appends a record made by hand.
    mutating func append(_ record: OutgoingRecord, of partition: TopicPartition, offset: Int64, timestamp: Int64?) {
        let run = run(of: partition)
        let key = copy(record.key)
        let value = copy(record.value)
        let first = headers.count
        for header in record.headers {
            headers.append(RecordStorage.Header(name: copy(Array(header.name.utf8)), value: copy(header.value)))
        }
        append(
            RecordStorage.Entry(
                run: run, offset: offset, timestamp: timestamp ?? RecordStorage.noTimestamp, key: key, value: value,
                headers: first..<headers.count))
    }

    /// The batch, with each partition's records together.
    consuming func finish() -> RecordBatch {
        var starts: [Int] = []
        starts.reserveCapacity(counts.count)
        var next = 0
        for count in counts {
            starts.append(next)
            next += count
        }
        let runs = partitions.indices.map { index in
            RecordBatch.PartitionRun(
                topicPartition: partitions[index], range: starts[index]..<starts[index] + counts[index])
        }
        return RecordBatch(
            storage: RecordStorage(
                bytes: bytes, entries: isMixed ? Self.sorted(entries, starts: starts) : entries, headers: headers,
                runs: runs))
    }

    private mutating func append(_ entry: RecordStorage.Entry) {
        // Runs are numbered as they appear, so records stand together as long as the numbers only rise.
        if let last = entries.last, entry.run < last.run { isMixed = true }
        counts[entry.run] += 1
        entries.append(entry)
    }

    /// By partition, otherwise in the order in which they came: a counting sort.
    private static func sorted(_ entries: [RecordStorage.Entry], starts: [Int]) -> [RecordStorage.Entry] {
        var places = starts
        return [RecordStorage.Entry](unsafeUninitializedCapacity: entries.count) { buffer, count in
            for entry in entries {
                buffer.initializeElement(at: places[entry.run], to: entry)
                places[entry.run] += 1
            }
            count = entries.count
        }
    }

    private mutating func copy(_ start: UnsafeRawPointer?, count: Int) -> RecordStorage.Bytes {
        guard let start else { return .null }
        let stretch = RecordStorage.Bytes(start: bytes.count, count: count)
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        return stretch
    }

    private mutating func copy(_ content: [UInt8]?) -> RecordStorage.Bytes {
        guard let content else { return .null }
        let stretch = RecordStorage.Bytes(start: bytes.count, count: content.count)
        bytes.append(contentsOf: content)
        return stretch
    }

    private mutating func copyHeaders(_ list: OpaquePointer) {
        var index = 0
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let text = name
        {
            let nameBytes = copy(UnsafeRawPointer(text), count: strlen(text))
            headers.append(RecordStorage.Header(name: nameBytes, value: copy(value, count: size)))
            index += 1
        }
    }
}
