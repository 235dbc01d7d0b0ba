internal import CRdkafka
internal import Logging
internal import Synchronization

extension KafkaConsumer {
    /// Takes a rebalance from librdkafka and hands it out, or settles what needs no answer.
    func receive(rebalance event: OpaquePointer, _ state: inout ConsumerState) -> Polled? {
        let code = rd_kafka_event_error(event)
        // The list dies with the event.
        let partitions = PartitionList.partitions(in: rd_kafka_event_topic_partition_list(event))
            .map(\.partition).sorted()
        switch code {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            let rebalance = Rebalance(kind: .assigned, partitions: partitions)
            state.pending = rebalance
            state.wasEverAssigned = true
            return .rebalance(rebalance)
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            let isLost = rd_kafka_assignment_lost(client.raw) != 0
            let rebalance = Rebalance(kind: isLost ? .lost : .revoked, partitions: partitions)
            state.pending = rebalance
            return .rebalance(rebalance)
        default:
            // The rebalance itself failed: librdkafka waits for an empty assignment to begin again.
            drop(Array(state.assigned.keys), &state)
            if let error = failure(of: rd_kafka_assign(client.raw, nil), operation: "rebalance") {
                logger.debug("\(error)")
            }
            // Without a word to the caller its partitions would be gone.
            return .unusable(KafkaError(code, operation: "rebalance"))
        }
    }

    /// Answers a rebalance in the group's own way: incrementally in a cooperative group. Only now are partitions taken
    /// over or given up; after a revoke none of their records come any more.
    ///
    /// - Parameter rebalance: the one that ``poll(maximum:timeout:)`` handed out.
    /// - Throws: ``KafkaError`` with ``KafkaErrorCode/state`` if that is not the one waiting for an answer, or what
    ///   librdkafka says; the partitions are then not this consumer's.
    public func answer(_ rebalance: Rebalance) throws(KafkaError) {
        let failure: KafkaError? = state.withLock { state in
            guard state.pending == rebalance else {
                return KafkaError(
                    code: .state, reason: "no such rebalance waits for an answer", operation: "answer rebalance")
            }
            state.pending = nil
            return settle(rebalance, &state)
        }
        if let failure { throw failure }
    }

    /// Reads partitions chosen by hand, without being a member of a group: for tools.
    ///
    /// - Parameter partitions: the partitions and the offset to begin each one at; an empty dictionary ends reading.
    ///   What was assigned before is not read any longer.
    /// - Throws: ``KafkaError`` if librdkafka does not take them.
    public func assign(_ partitions: [TopicPartition: Int64]) throws(KafkaError) {
        isManual.store(true, ordering: .relaxed)
        let failure: KafkaError? = state.withLock { state in
            guard !state.hasLeft else {
                return KafkaError(code: .state, reason: "the client is closed", operation: "assign")
            }
            state.mode = .manual
            drop(Array(state.assigned.keys), &state)
            take(Array(partitions.keys), &state)
            let list = PartitionList(partitions)
            let code = rd_kafka_assign(client.raw, partitions.isEmpty ? nil : list.pointer)
            awaitStops()
            guard let failure = self.failure(of: code, operation: "assign") else { return nil }
            drop(Array(partitions.keys), &state)
            return failure
        }
        if let failure { throw failure }
    }

    /// - Returns: What went wrong.
    func settle(_ rebalance: Rebalance, _ state: inout ConsumerState) -> KafkaError? {
        let isCooperative = rd_kafka_rebalance_protocol(client.raw).map { String(cString: $0) } == "COOPERATIVE"
        let list = PartitionList(rebalance.partitions)
        let operation = rebalance.kind == .assigned ? "assign" : "unassign"
        switch rebalance.kind {
        case .assigned:
            if !isCooperative { drop(Array(state.assigned.keys), &state) }
            if state.assigned.isEmpty { rememberMember() }
            // Queues are forwarded before fetching starts: then librdkafka leaves the forwarding alone
            // (rd_kafka_toppar_op_fetch_start) and not one record goes by the group's queue.
            take(rebalance.partitions, &state)
            let failure =
                isCooperative
                ? failure(of: rd_kafka_incremental_assign(client.raw, list.pointer), operation: operation)
                : failure(of: rd_kafka_assign(client.raw, list.pointer), operation: operation)
            if failure != nil { drop(rebalance.partitions, &state) }
            return failure
        case .revoked, .lost:
            // Unassigning outdates whatever lies fetched, in any queue.
            let failure =
                isCooperative
                ? failure(of: rd_kafka_incremental_unassign(client.raw, list.pointer), operation: operation)
                : failure(of: rd_kafka_assign(client.raw, nil), operation: operation)
            drop(isCooperative ? rebalance.partitions : Array(state.assigned.keys), &state)
            return failure
        }
    }

    /// Waits until librdkafka has noted that it no longer reads what was just given up by hand.
    ///
    /// A partition that is taken and given up again before that ends the process by an assertion
    /// (librdkafka #5573, up to 2.15). Its main thread stops reading by one operation in its queue and notes it by another;
    /// the first request comes behind the one, the second behind the other. In a group librdkafka waits by itself, and a
    /// request that meets the end of a membership is never answered (before 2.9.0), so this is not for rebalances.
    private func awaitStops() {
        for _ in 1...2 {
            var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
            if rd_kafka_assignment(client.raw, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list {
                rd_kafka_topic_partition_list_destroy(list)
            }
        }
    }

    /// Sets every assigned partition's queue to run into the data queue once more. It costs a lock for each, and what
    /// has gathered in a queue in the meantime moves along.
    func forwardAgain(_ state: ConsumerState) {
        for assigned in state.assigned.values {
            if let queue = assigned.queue { rd_kafka_queue_forward(queue.raw, dataQueue.raw) }
        }
    }

    private func take(_ partitions: [TopicPartition], _ state: inout ConsumerState) {
        for partition in partitions {
            let queue = rd_kafka_queue_get_partition(client.raw, partition.topic, partition.partition)
            if let queue { rd_kafka_queue_forward(queue, dataQueue.raw) }
            if let old = state.assigned[partition]?.queue { rd_kafka_queue_destroy(old.raw) }
            state.assigned[partition] = ConsumerState.Assigned(queue: queue.map { Client.Pointer(raw: $0) })
        }
    }

    func drop(_ partitions: [TopicPartition], _ state: inout ConsumerState) {
        for partition in partitions {
            guard let assigned = state.assigned.removeValue(forKey: partition) else { continue }
            if let queue = assigned.queue { rd_kafka_queue_destroy(queue.raw) }
        }
        let assigned = state.assigned
        state.strays.removeAll { stray in stray.runs.contains { assigned[$0.topicPartition] == nil } }
    }

    private func failure(of code: rd_kafka_resp_err_t, operation: String) -> KafkaError? {
        code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code, operation: operation)
    }

    private func failure(of error: OpaquePointer?, operation: String) -> KafkaError? {
        error.map { KafkaError(consuming: $0, operation: operation, client: client.raw) }
    }
}
