internal import CRdkafka

/// A code of an error: Kafka's own where it is not negative, librdkafka's where it is (`rd_kafka_resp_err_t`).
///
/// Only the codes that a program decides by, or injects in a test, have a name here; every other value is as good.
public struct KafkaErrorCode: RawRepresentable, ExpressibleByIntegerLiteral, Hashable, Sendable,
    CustomStringConvertible
{
    /// The number, as the protocol or librdkafka has it.
    public var rawValue: Int32

    /// Any code, known here or not.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// A code by its number.
    public init(integerLiteral value: Int32) {
        self.init(rawValue: value)
    }

    init(_ code: rd_kafka_resp_err_t) {
        self.init(rawValue: code.rawValue)
    }

    var cValue: rd_kafka_resp_err_t { rd_kafka_resp_err_t(rawValue: rawValue) }

    /// librdkafka's name for it, such as `_TIMED_OUT` or `UNKNOWN_TOPIC_OR_PART`.
    public var description: String { String(cString: rd_kafka_err2name(cValue)) }

    /// librdkafka's sentence about it.
    var sentence: String { String(cString: rd_kafka_err2str(cValue)) }
}

extension KafkaErrorCode {
    /// No error; in a list of injected errors: this request succeeds.
    public static let none = KafkaErrorCode(RD_KAFKA_RESP_ERR_NO_ERROR)

    // What librdkafka itself finds.

    /// The connection broke; injected: the broker closes it.
    public static let transport = KafkaErrorCode(RD_KAFKA_RESP_ERR__TRANSPORT)
    /// The answer did not come in time.
    public static let timedOut = KafkaErrorCode(RD_KAFKA_RESP_ERR__TIMED_OUT)
    /// A record was not delivered within its time.
    public static let messageTimedOut = KafkaErrorCode(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)
    /// The producer's own queue is full.
    public static let queueFull = KafkaErrorCode(RD_KAFKA_RESP_ERR__QUEUE_FULL)
    /// No broker of the cluster answers.
    public static let allBrokersDown = KafkaErrorCode(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    /// The call does not fit what the client is doing.
    public static let state = KafkaErrorCode(RD_KAFKA_RESP_ERR__STATE)
    /// An argument that librdkafka does not take.
    public static let invalidArgument = KafkaErrorCode(RD_KAFKA_RESP_ERR__INVALID_ARG)
    /// The broker does not know the request, or not in a version that the client speaks.
    public static let unsupportedFeature = KafkaErrorCode(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)
    /// The partition does not exist in the cluster, as far as the client knows.
    public static let unknownPartition = KafkaErrorCode(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
    /// The topic does not exist in the cluster, as far as the client knows.
    public static let unknownTopic = KafkaErrorCode(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
    /// This instance was fenced by a newer one.
    public static let fenced = KafkaErrorCode(RD_KAFKA_RESP_ERR__FENCED)
    /// The client can go on no longer; the fatal error behind it says why.
    public static let fatal = KafkaErrorCode(RD_KAFKA_RESP_ERR__FATAL)
    /// Something is not as it must be: some records of a transaction were not delivered.
    public static let inconsistent = KafkaErrorCode(RD_KAFKA_RESP_ERR__INCONSISTENT)
    /// The record was dropped from the producer's queue on request.
    public static let purged = KafkaErrorCode(RD_KAFKA_RESP_ERR__PURGE_QUEUE)
    /// The offset asked for is not in the log, and nothing says where to go on.
    public static let autoOffsetReset = KafkaErrorCode(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)

    // What brokers answer.

    /// The offset is not in the log.
    public static let offsetOutOfRange = KafkaErrorCode(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
    /// The topic or the partition does not exist.
    public static let unknownTopicOrPartition = KafkaErrorCode(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    /// The partition has moved to another broker.
    public static let notLeaderForPartition = KafkaErrorCode(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION)
    /// The broker did not get its replicas' answers in time.
    public static let requestTimedOut = KafkaErrorCode(RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT)
    /// The record is larger than the broker, or the client, allows.
    public static let messageTooLarge = KafkaErrorCode(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    /// The batch of records is larger than the partition's segment.
    public static let recordListTooLarge = KafkaErrorCode(RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE)
    /// Too few replicas are there for the record to be safe.
    public static let notEnoughReplicas = KafkaErrorCode(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS)
    /// The coordinator is still loading its state.
    public static let coordinatorLoadInProgress = KafkaErrorCode(RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS)
    /// There is no coordinator at the moment.
    public static let coordinatorNotAvailable = KafkaErrorCode(RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE)
    /// The broker is not the coordinator any longer.
    public static let notCoordinator = KafkaErrorCode(RD_KAFKA_RESP_ERR_NOT_COORDINATOR)
    /// The member belongs to an earlier generation of its group.
    public static let illegalGeneration = KafkaErrorCode(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
    /// The group does not know the member (any longer).
    public static let unknownMemberID = KafkaErrorCode(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
    /// The group is rebalancing.
    public static let rebalanceInProgress = KafkaErrorCode(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS)
    /// Access to the topic is not allowed.
    public static let topicAuthorizationFailed = KafkaErrorCode(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
    /// Access to the group is not allowed.
    public static let groupAuthorizationFailed = KafkaErrorCode(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
    /// Use of the transactional id is not allowed.
    public static let transactionalIDAuthorizationFailed = KafkaErrorCode(
        RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    /// The producer belongs to an earlier epoch.
    public static let invalidProducerEpoch = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
    /// The request does not fit the state of the transaction.
    public static let invalidTransactionState = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_TXN_STATE)
    /// The coordinator has another producer id for the transactional id.
    public static let invalidProducerIDMapping = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING)
    /// The broker does not know the producer's id (any longer).
    public static let unknownProducerID = KafkaErrorCode(RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID)
    /// The transaction before is still being completed.
    public static let concurrentTransactions = KafkaErrorCode(RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS)
    /// A member with the same `group.instance.id` has taken this one's place.
    public static let fencedInstanceID = KafkaErrorCode(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
    /// A newer producer with the same transactional id has taken this one's place.
    public static let producerFenced = KafkaErrorCode(RD_KAFKA_RESP_ERR_PRODUCER_FENCED)
}
