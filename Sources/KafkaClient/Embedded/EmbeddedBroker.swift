internal import CRdkafka
internal import Foundation
public import Logging
internal import Synchronization

/// A Kafka cluster in this process: librdkafka's mock, which speaks the wire protocol on random ports of 127.0.0.1, to
/// this process and to others. For tests and demonstrations.
///
/// Its limits at librdkafka 2.0.2, so that nobody believes more than it shows:
/// - Nothing is on disk. A partition keeps 5 MiB or 100,000 batches, then drops its oldest.
/// - Transactions are a show: offsets sent to one are dropped, aborted records are read, nobody is fenced. After a
///   restart a group begins where it last committed outside of a transaction, or at `auto.offset.reset`.
/// - A topic that is asked for by name comes to be, with four partitions.
/// - The first join takes 3 s, and each further rebalance the session timeout less a second: use a session timeout of
///   4 s. With less than 3 s the first member is given up before it is answered, and never joins. Static membership
///   is ignored. All members of a group must use the same assignor, or the process aborts.
/// - An empty fetch waits its whole `fetch.wait.max.ms`: use 10 to 50 ms in the clients.
/// - No TLS, no SASL, no CreateTopics, no DescribeConfigs, no look-up of offsets by time.
public final class EmbeddedBroker: Sendable {
    /// A kind of request, by Kafka's number for it.
    public enum Request: Int16, Hashable, Sendable, CaseIterable {
        /// Writes records.
        case produce = 0
        /// Reads records.
        case fetch = 1
        /// Asks where a log begins or ends.
        case listOffsets = 2
        /// Asks for brokers and topics.
        case metadata = 3
        /// Commits offsets outside of a transaction.
        case offsetCommit = 8
        /// Asks for committed offsets.
        case offsetFetch = 9
        /// Asks for the coordinator of a group or a transactional id.
        case findCoordinator = 10
        /// Joins a group.
        case joinGroup = 11
        /// Keeps a member alive.
        case heartbeat = 12
        /// Leaves a group.
        case leaveGroup = 13
        /// Hands out the assignment.
        case syncGroup = 14
        /// Begins or renews a producer's identity.
        case initProducerID = 22
        /// Adds partitions to a transaction.
        case addPartitionsToTransaction = 24
        /// Adds a group's offsets to a transaction.
        case addOffsetsToTransaction = 25
        /// Commits or aborts a transaction.
        case endTransaction = 26
        /// Commits offsets within a transaction.
        case transactionOffsetCommit = 28
    }

    /// Whose coordinator is meant.
    public enum Coordinator: Hashable, Sendable {
        /// The coordinator of a consumer group.
        case group(String)
        /// The coordinator of a transactional id.
        case transaction(String)
    }

    /// The cluster's pointer; its functions are thread-safe, each takes the cluster's own lock.
    private struct Cluster: @unchecked Sendable {
        let raw: OpaquePointer
    }

    private let client: Client
    private let cluster: Cluster
    /// Where its clients begin: `host:port[,host:port…]`.
    public let bootstrapServers: String
    /// How many brokers it has; their ids are 1 to this.
    public let brokerCount: Int

    /// Starts a cluster.
    ///
    /// - Parameters:
    ///   - brokers: how many brokers, 1 or more.
    ///   - logger: where librdkafka's log lines go.
    /// - Throws: ``KafkaConfigurationError`` if it cannot be started.
    public init(brokers: Int = 1, logger: Logger) throws(KafkaConfigurationError) {
        client = try Client(.producer, settings: [("client.id", "embedded-broker")], logger: logger)
        guard let cluster = rd_kafka_mock_cluster_new(client.raw, Int32(clamping: max(1, brokers))),
            let servers = rd_kafka_mock_cluster_bootstraps(cluster)
        else {
            throw KafkaConfigurationError(faults: [
                .init(property: "", kind: .inconsistent, reason: "the embedded broker could not be started")
            ])
        }
        self.cluster = Cluster(raw: cluster)
        bootstrapServers = String(cString: servers)
        brokerCount = max(1, brokers)
    }

    deinit {
        // The cluster's own thread is waited for, and may sleep for a second: whoever lets go must not be blocked.
        Thread.detachNewThread { [client, cluster] in
            withExtendedLifetime(client) { rd_kafka_mock_cluster_destroy(cluster.raw) }
        }
    }

    /// Creates a topic with as many replicas as there are brokers, at most three.
    ///
    /// - Throws: ``KafkaError`` if it exists.
    public func createTopic(_ name: String, partitions: Int) throws(KafkaError) {
        let code = rd_kafka_mock_topic_create(
            cluster.raw, name, Int32(clamping: partitions), Int32(clamping: min(3, brokerCount)))
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: "create topic") }
    }

    /// Lets the next requests of a kind fail, one by one in this order, at whichever broker they arrive.
    ///
    /// - Parameters:
    ///   - request: the kind of request.
    ///   - errors: ``KafkaErrorCode/none`` lets one succeed, ``KafkaErrorCode/transport`` breaks the connection.
    public func pushErrors(_ request: Request, _ errors: [KafkaErrorCode]) {
        let codes = errors.map(\.cValue)
        rd_kafka_mock_push_request_errors_array(cluster.raw, request.rawValue, codes.count, codes)
    }

    /// Takes back what ``pushErrors(_:_:)`` has left.
    public func clearErrors(_ request: Request) {
        rd_kafka_mock_clear_request_errors(cluster.raw, request.rawValue)
    }

    /// Lets the next request of a kind at one broker be answered late, and with an error if one is given.
    ///
    /// - Throws: ``KafkaError`` if there is no such broker.
    public func delayNext(
        _ request: Request, at broker: Int32, by delay: Duration, error: KafkaErrorCode = .none
    ) throws(KafkaError) {
        let code = crdkafka_mock_push_request_error_rtt(
            cluster.raw, broker, request.rawValue, error.cValue, delay.milliseconds)
        try check(code, "delay request")
    }

    /// Lets the next requests of a kind at one broker fail, in this order, so that ``remaining(_:at:)`` tells how many did.
    ///
    /// - Throws: ``KafkaError`` if there is no such broker.
    public func pushErrors(_ request: Request, _ errors: [KafkaErrorCode], at broker: Int32) throws(KafkaError) {
        for error in errors { try delayNext(request, at: broker, by: .zero, error: error) }
    }

    /// How many errors and delays are left that were meant for one broker and that no request has met.
    ///
    /// - Throws: ``KafkaError`` if there is no such broker.
    public func remaining(_ request: Request, at broker: Int32) throws(KafkaError) -> Int {
        var count = 0
        try check(
            rd_kafka_mock_broker_error_stack_cnt(cluster.raw, broker, request.rawValue, &count), "count errors")
        return count
    }

    /// Lets every request for a topic's metadata, and every transaction that adds it, fail.
    public func setTopicError(_ topic: String, _ error: KafkaErrorCode) {
        rd_kafka_mock_topic_set_error(cluster.raw, topic, error.cValue)
    }

    /// Takes a broker down: connections break and are refused.
    ///
    /// - Throws: ``KafkaError`` if there is no such broker.
    public func takeDown(broker: Int32) throws(KafkaError) {
        try check(rd_kafka_mock_broker_set_down(cluster.raw, broker), "take broker down")
    }

    /// Brings a broker up again.
    ///
    /// - Throws: ``KafkaError`` if there is no such broker.
    public func bringUp(broker: Int32) throws(KafkaError) {
        try check(rd_kafka_mock_broker_set_up(cluster.raw, broker), "bring broker up")
    }

    /// Lets a broker answer everything this much later.
    ///
    /// - Throws: ``KafkaError`` if there is no such broker.
    public func setRoundTrip(broker: Int32, _ delay: Duration) throws(KafkaError) {
        try check(rd_kafka_mock_broker_set_rtt(cluster.raw, broker, delay.milliseconds), "set round trip")
    }

    /// Moves a partition to a broker; `nil`: to none.
    ///
    /// - Throws: ``KafkaError`` if there is no such broker.
    public func setLeader(of partition: TopicPartition, _ broker: Int32?) throws(KafkaError) {
        try check(
            rd_kafka_mock_partition_set_leader(cluster.raw, partition.topic, partition.partition, broker ?? -1),
            "set leader")
    }

    /// Moves a group's or a transactional id's coordinator.
    ///
    /// - Throws: ``KafkaError`` if there is no such broker.
    public func setCoordinator(of coordinator: Coordinator, _ broker: Int32) throws(KafkaError) {
        let (kind, key) =
            switch coordinator {
            case .group(let id): ("group", id)
            case .transaction(let id): ("transaction", id)
            }
        try check(rd_kafka_mock_coordinator_set(cluster.raw, kind, key, broker), "set coordinator")
    }

    private func check(_ code: rd_kafka_resp_err_t, _ operation: String) throws(KafkaError) {
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: operation) }
    }
}
