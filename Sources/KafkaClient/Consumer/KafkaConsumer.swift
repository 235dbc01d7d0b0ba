internal import CRdkafka
public import Logging
internal import Synchronization

/// A member of a consumer group, or a reader of partitions chosen by hand.
///
/// Records are handed over in batches; rebalances come as values and are answered by the caller, so that nothing is
/// given up before what is in flight is finished. Every call here blocks for up to its timeout: make them from a thread
/// of your own, not from a task. ``poll(maximum:timeout:)``, ``answer(_:)``, ``assign(_:)`` and ``leave(within:)``
/// exclude one another (one waits while another blocks); the rest may be called from any thread at any time.
///
/// Nothing is ever committed by the consumer: offsets belong into a ``Transaction``.
public final class KafkaConsumer: Sendable {
    let client: Client
    /// Rebalances, errors, and whatever librdkafka has to say.
    let groupQueue: Client.Pointer
    /// The records of all assigned partitions, in a queue of their own: left alone it fills up to librdkafka's bounds
    /// while rebalances go on. That is all the back pressure there is; nothing is paused, pausing drops what was
    /// fetched ahead.
    let dataQueue: Client.Pointer
    let configuration: ConsumerConfiguration
    let logger: Logger
    let state = Mutex(ConsumerState())
    /// As in ``ConsumerState``, for calls that must not wait for a poll.
    let isManual = Atomic<Bool>(false)
    /// The member that the partitions were given to.
    let assignedAs = Mutex<String?>(nil)
    /// Whether this member was found not to be that one any more.
    let isReplaced = Atomic<Bool>(false)

    /// Makes a consumer. It connects by itself, and joins its group with ``subscribe(to:)``.
    ///
    /// - Parameters:
    ///   - configuration: who and how.
    ///   - logger: where librdkafka's log lines go.
    /// - Throws: ``KafkaConfigurationError`` with every property that librdkafka does not take.
    public init(_ configuration: ConsumerConfiguration, logger: Logger) throws(KafkaConfigurationError) {
        client = try Client(.consumer, settings: configuration.settings, logger: logger) { draft in
            rd_kafka_conf_set_events(draft, RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR)
        }
        self.configuration = configuration
        self.logger = logger
        // Errors of the client as such come out where rebalances do.
        _ = rd_kafka_poll_set_consumer(client.raw)
        guard let groupQueue = rd_kafka_queue_get_consumer(client.raw), let dataQueue = rd_kafka_queue_new(client.raw)
        else {
            throw KafkaConfigurationError(faults: [
                .init(property: "group.id", kind: .invalidValue, reason: "the consumer has no group")
            ])
        }
        client.own(dataQueue)
        client.own(groupQueue)
        self.groupQueue = Client.Pointer(raw: groupQueue)
        self.dataQueue = Client.Pointer(raw: dataQueue)
    }

    deinit {
        // Without `leave` the group waits for the session timeout; a destructor must not block.
        state.withLock { state in
            guard !state.hasLeft else { return }
            discardEverything(&state)
            guard mustNotBeDestroyed(state) else { return }
            // What stays behind must at least not go on as a member.
            if let error = rd_kafka_consumer_close_queue(client.raw, groupQueue.raw) { rd_kafka_error_destroy(error) }
            client.abandon()
        }
    }

    /// Joins the group for these topics. What it is given comes as a rebalance from ``poll(maximum:timeout:)``.
    ///
    /// - Parameter topics: names; one that begins with `^` is a regular expression. A topic that does not exist
    ///   comes as a failure from ``poll(maximum:timeout:)``, and is looked for again.
    /// - Throws: ``KafkaError`` if the consumer is closed or an argument is wrong.
    public func subscribe(to topics: [String]) throws(KafkaError) {
        state.withLock { $0.mode = .group }
        isManual.store(false, ordering: .relaxed)
        let list = PartitionList(topics: topics)
        let code = try client.call("subscribe") { instance throws(KafkaError) in
            rd_kafka_subscribe(instance, list.pointer)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: "subscribe") }
    }

    /// Who this member is at this moment, for ``Transaction/sendOffsets(_:metadata:)``.
    ///
    /// - Returns: `nil` while the consumer is no member (the broker takes offsets of generation −1 from anybody) or its
    ///   assignment is lost: the caller aborts. For partitions assigned by hand: the group without a member.
    public func groupMetadata() -> GroupMetadata? {
        if isManual.load(ordering: .relaxed) { return GroupMetadata(memberlessGroup: configuration.groupID) }
        let metadata = try? client.call("read group metadata") { instance throws(KafkaError) -> GroupMetadata? in
            // The member id cannot be read out of the metadata, so it is read before and after: an id never comes back.
            guard rd_kafka_assignment_lost(instance) == 0, let before = Self.memberID(of: instance),
                let raw = rd_kafka_consumer_group_metadata(instance)
            else { return nil }
            let metadata = GroupMetadata(taking: raw)
            guard Self.memberID(of: instance) == before, rd_kafka_assignment_lost(instance) == 0 else { return nil }
            guard assignedAs.withLock({ $0 ?? before }) == before else {
                isReplaced.store(true, ordering: .releasing)
                return nil
            }
            return metadata
        }
        return metadata ?? nil
    }

    /// Remembers which member the partitions are given to.
    ///
    /// A static member that the group has forgotten gets a new id with its next JoinGroup, and librdkafka then keeps the
    /// partitions as if nothing had happened (rd_kafka_cgrp_handle_JoinGroup reports a loss to dynamic members only),
    /// though others may have had them meanwhile. Only the id tells.
    func rememberMember() {
        let id = try? client.call("read member id") { instance throws(KafkaError) -> String? in
            Self.memberID(of: instance)
        }
        assignedAs.withLock { $0 = id ?? nil }
    }

    static let replaced = KafkaError(
        code: .unknownMemberID, reason: "the group has forgotten this member and let it in again as another",
        operation: "poll", requiresAbort: true)

    private static func memberID(of instance: OpaquePointer) -> String? {
        guard let text = rd_kafka_memberid(instance) else { return nil }
        defer { rd_kafka_mem_free(instance, text) }
        let id = String(cString: text)
        return id.isEmpty ? nil : id
    }
}
