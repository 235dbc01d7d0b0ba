internal import CRdkafka
internal import Synchronization

extension KafkaConsumer {
    /// Where the group will go on in these partitions. Blocks at most for `timeout`; open transactions that hold
    /// offsets of the group are waited for (`RequireStable`).
    ///
    /// - Returns: The next offset of each partition; absent where the group has none.
    /// - Throws: ``KafkaError``; retriable when it was only too short or the coordinator was away.
    public func committedOffsets(
        for partitions: [TopicPartition], timeout: Duration
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        let operation = "fetch committed offsets"
        let list = PartitionList(partitions)
        let code = try client.call(operation) { instance throws(KafkaError) in
            rd_kafka_committed(instance, list.pointer, timeout.milliseconds)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: operation) }
        var offsets: [TopicPartition: Int64] = [:]
        for (partition, offset, error) in PartitionList.partitions(in: list.pointer) {
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(error, operation: operation) }
            if offset >= 0 { offsets[partition] = offset }
        }
        return offsets
    }

    /// Where a partition's log begins and ends, asked of its leader. Blocks at most for `timeout`.
    ///
    /// - Throws: ``KafkaError``; ``KafkaError/isUnknownTopicOrPartition`` where there is no such partition.
    public func offsetBounds(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> OffsetBounds {
        var bounds = OffsetBounds(low: 0, high: 0)
        let code = try client.call("query offsets") { instance throws(KafkaError) in
            rd_kafka_query_watermark_offsets(
                instance, partition.topic, partition.partition, &bounds.low, &bounds.high, timeout.milliseconds)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: "query offsets") }
        return bounds
    }

    /// Where the logs of partitions begin and end, asked of their leaders. Blocks at most for twice `timeout`, and twice what a
    /// fetch may wait.
    ///
    /// All of them in two requests to each leader: a request waits on the connection until the fetch before it has been answered,
    /// which an idle broker does after `fetch.wait.max.ms`. One partition after the other, forty take twenty seconds.
    ///
    /// - Throws: ``KafkaError``, also where a single partition has no answer.
    public func offsetBounds(
        of partitions: [TopicPartition], timeout: Duration
    ) throws(KafkaError) -> [TopicPartition: OffsetBounds] {
        let operation = "query offsets"
        let timeout = timeout + configuration.fetchWait
        let lows = try listOffsets(
            of: partitions, at: Int64(RD_KAFKA_OFFSET_BEGINNING), timeout: timeout, operation: operation)
        let highs = try listOffsets(
            of: partitions, at: Int64(RD_KAFKA_OFFSET_END), timeout: timeout, operation: operation)
        var bounds: [TopicPartition: OffsetBounds] = [:]
        for partition in partitions {
            guard let low = lows[partition], let high = highs[partition] else {
                throw KafkaError(RD_KAFKA_RESP_ERR__NO_OFFSET, operation: operation)
            }
            bounds[partition] = OffsetBounds(low: low, high: high)
        }
        return bounds
    }

    /// Where a partition's log ends, as the last answer of its leader had it; nil before the first. Asks nobody.
    public func knownEnd(of partition: TopicPartition) -> Int64? {
        var bounds = OffsetBounds(low: 0, high: 0)
        let code = try? client.call("known offsets") { instance throws(KafkaError) in
            rd_kafka_get_watermark_offsets(
                instance, partition.topic, partition.partition, &bounds.low, &bounds.high)
        }
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && bounds.high >= 0 ? bounds.high : nil
    }

    /// Up to where assigned partitions were read when no record was left in them, with
    /// ``ConsumerConfiguration/tellsEnds``. The offset counts the markers of transactions, which no poll hands over: behind a
    /// transaction the last record does not tell that nothing follows.
    ///
    /// - Returns: The offset behind what was there; absent for partitions that have not been read to an end.
    public func metEnds() -> [TopicPartition: Int64] {
        state.withLock { $0.assigned.compactMapValues(\.end) }
    }

    /// The offset of the first record at or after a time in each partition. Blocks at most for `timeout`.
    ///
    /// - Parameters:
    ///   - partitions: the partitions.
    ///   - timestamp: milliseconds since 1970.
    /// - Returns: The offsets; absent where every record is older.
    /// - Throws: ``KafkaError``.
    public func offsets(
        for partitions: [TopicPartition], atOrAfter timestamp: Int64, timeout: Duration
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        try listOffsets(of: partitions, at: timestamp, timeout: timeout, operation: "look up offsets by time")
    }

    /// ListOffsets, one request to each leader. `timestamp` may be one of the two that stand for the ends of a log; librdkafka
    /// names them by the numbers of the protocol (KIP-79).
    private func listOffsets(
        of partitions: [TopicPartition], at timestamp: Int64, timeout: Duration, operation: String
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        let list = PartitionList(
            Dictionary(partitions.map { ($0, timestamp) }, uniquingKeysWith: { first, _ in first }))
        let code = try client.call(operation) { instance throws(KafkaError) in
            rd_kafka_offsets_for_times(instance, list.pointer, timeout.milliseconds)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: operation) }
        var offsets: [TopicPartition: Int64] = [:]
        for (partition, offset, error) in PartitionList.partitions(in: list.pointer) {
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(error, operation: operation) }
            if offset >= 0 { offsets[partition] = offset }
        }
        return offsets
    }
}
