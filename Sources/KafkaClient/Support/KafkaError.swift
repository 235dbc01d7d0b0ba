internal import CRdkafka

/// What went wrong in Kafka or on the way to it.
///
/// It carries codes, names of operations and librdkafka's own words, never a byte of a record.
/// The three classes (`isRetriable`, `requiresAbort`, `isFatal`) are librdkafka's, unchanged; an error with none of
/// them means that the call as such was wrong or refused.
public struct KafkaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What has become of a transaction whose commit or abort failed.
    public enum TransactionResult: Hashable, Sendable {
        /// The transaction is known not to have been committed and has been aborted: the next one may begin.
        case aborted
        /// Nobody here can tell whether it was committed. A new producer's `initTransactions` settles it.
        case unknown
    }

    /// The code, negative where it is librdkafka's own.
    public var code: KafkaErrorCode
    /// What librdkafka says about it.
    public var reason: String
    /// The operation that failed, in the words of the protocol: `poll`, `commit transaction`, …
    public var operation: String
    /// The same call may be repeated, and may then succeed.
    public var isRetriable: Bool
    /// The client is unusable from now on and has to be made anew.
    public var isFatal: Bool
    /// The transaction can only be aborted.
    public var requiresAbort: Bool
    /// For a failed commit or abort: what is known of the transaction. `nil` for every other operation.
    public var transactionResult: TransactionResult?
    /// Where records of a transaction could not be delivered: why the first of them could not.
    public var deliveryFailure: KafkaErrorCode?

    /// An error put together by hand, for stand-ins of this client in tests.
    public init(
        code: KafkaErrorCode, reason: String = "", operation: String, isRetriable: Bool = false, isFatal: Bool = false,
        requiresAbort: Bool = false, transactionResult: TransactionResult? = nil,
        deliveryFailure: KafkaErrorCode? = nil
    ) {
        self.code = code
        self.reason = reason.isEmpty ? code.sentence : reason
        self.operation = operation
        self.isRetriable = isRetriable
        self.isFatal = isFatal
        self.requiresAbort = requiresAbort
        self.transactionResult = transactionResult
        self.deliveryFailure = deliveryFailure
    }

    /// librdkafka's name of the code, such as `_TIMED_OUT`.
    public var name: String { code.description }

    /// Somebody else has taken this client's identity (transactional id, `group.instance.id`): leave, do not fight.
    public var isFenced: Bool {
        switch code {
        case .fenced, .producerFenced, .invalidProducerEpoch, .fencedInstanceID: isFatal
        default: false
        }
    }

    /// The group does not know the member (any longer), or not in its generation: its partitions may be another's.
    public var deniesMembership: Bool {
        switch code {
        case .unknownMemberID, .illegalGeneration, .fencedInstanceID: true
        default: false
        }
    }

    /// Time ran out, here or at the broker.
    public var isTimeout: Bool {
        switch code {
        case .timedOut, .messageTimedOut, .requestTimedOut, KafkaErrorCode(RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE): true
        default: false
        }
    }

    /// The topic or the partition does not exist.
    public var isUnknownTopicOrPartition: Bool {
        switch code {
        case .unknownTopicOrPartition, .unknownTopic, .unknownPartition: true
        default: false
        }
    }

    /// A record is larger than the client or the broker takes.
    public var isMessageTooLarge: Bool {
        switch deliveryFailure ?? code {
        case .messageTooLarge, .recordListTooLarge: true
        default: false
        }
    }

    /// The broker does not offer this operation, or not in a version spoken here.
    public var isUnsupportedByBroker: Bool {
        switch code {
        case .unsupportedFeature, KafkaErrorCode(RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION): true
        default: false
        }
    }

    /// A broker, or all of them, cannot be reached.
    public var isNobodyThere: Bool {
        switch code {
        case .allBrokersDown, .transport: true
        default: false
        }
    }

    /// `operation: reason (NAME)`, with the class where there is one.
    public var description: String {
        var text = "\(operation): \(reason) (\(name))"
        if let deliveryFailure { text += ", first failure: \(deliveryFailure)" }
        if isFatal { text += ", fatal" }
        if requiresAbort { text += ", requires abort" }
        if isRetriable { text += ", retriable" }
        return text
    }
}

extension KafkaError {
    init(_ code: rd_kafka_resp_err_t, operation: String) {
        self.init(code: KafkaErrorCode(code), operation: operation, isRetriable: Self.isTransient(code))
    }

    /// Takes the error object over, and destroys it.
    /// A bare `_FATAL` is replaced by the error behind it, which is what a caller can decide by.
    init(consuming error: OpaquePointer, operation: String, client: OpaquePointer?) {
        var code = rd_kafka_error_code(error)
        var reason = String(cString: rd_kafka_error_string(error))
        let isFatal = rd_kafka_error_is_fatal(error) != 0
        if code == RD_KAFKA_RESP_ERR__FATAL, let client, let cause = Self.fatalCause(of: client) {
            (code, reason) = cause
        }
        self.init(
            code: KafkaErrorCode(code), reason: reason, operation: operation,
            isRetriable: rd_kafka_error_is_retriable(error) != 0,
            isFatal: isFatal || rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__FATAL,
            requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0)
        rd_kafka_error_destroy(error)
    }

    static func fatalCause(of client: OpaquePointer) -> (code: rd_kafka_resp_err_t, reason: String)? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
            text.initialize(repeating: 0)
            guard let start = text.baseAddress else { return nil }
            let code = rd_kafka_fatal_error(client, start, text.count)
            return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : (code, String(cString: start))
        }
    }

    /// librdkafka classifies error objects, but not bare codes: these calls have no side effect and may be repeated.
    private static func isTransient(_ code: rd_kafka_resp_err_t) -> Bool {
        switch code {
        case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
            RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__IN_PROGRESS,
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
            RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT:
            true
        default: false
        }
    }
}
