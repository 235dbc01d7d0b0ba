internal import CRdkafka
public import Logging

/// Tells where partitions really end, open transactions included, which no `read_committed` reader is told.
///
/// A reader that must not miss what is committed behind somebody's open transaction waits until its own end has come to this one.
public final class LogEnds: Sendable {
    private let client: Client

    /// Makes a client that reads nothing; it connects by itself, and belongs to no group.
    ///
    /// - Throws: ``KafkaConfigurationError``.
    public init(
        bootstrapServers: String, properties: KafkaProperties = .none, logger: Logger
    ) throws(KafkaConfigurationError) {
        let settings = properties.values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        client = try Client(
            .consumer,
            settings: settings + [
                ("bootstrap.servers", bootstrapServers), ("isolation.level", "read_uncommitted"),
                ("enable.auto.commit", "false"),
            ], logger: logger)
    }

    /// The offset behind the last record of a partition (the high watermark). Blocks at most for `timeout`.
    ///
    /// - Throws: ``KafkaError``; ``KafkaError/isUnknownTopicOrPartition`` where there is no such partition.
    public func end(of partition: TopicPartition, timeout: Duration) throws(KafkaError) -> Int64 {
        var (low, high): (Int64, Int64) = (0, 0)
        let code = try client.call("query offsets") { instance throws(KafkaError) in
            rd_kafka_query_watermark_offsets(
                instance, partition.topic, partition.partition, &low, &high, timeout.milliseconds)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: "query offsets") }
        return high
    }

    /// Closes the client.
    public func close(within timeout: Duration) {
        _ = client.close(flags: RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE, within: timeout)
    }
}
