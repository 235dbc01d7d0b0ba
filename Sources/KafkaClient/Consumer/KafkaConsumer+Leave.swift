internal import CRdkafka
internal import Logging
internal import Synchronization

extension KafkaConsumer {
    /// Leaves the group and closes the consumer. Blocks at most for `timeout`, about.
    ///
    /// Partitions still held are given up here, so finish or abort what is in flight before. A static member
    /// (``ConsumerConfiguration/instanceID``) does not tell the group that it goes: it may be back in time (KIP-345).
    ///
    /// - Returns: Whether the consumer is closed and gone. If not, librdkafka hangs (#4527, #4187) or the coordinator
    ///   is away; what is left of it does not hold up the end of the process, and the group waits for the session
    ///   timeout.
    public func leave(within timeout: Duration) -> Bool {
        let deadline = Deadline(after: timeout)
        return state.withLock { state in
            guard !state.hasLeft else { return true }
            state.hasLeft = true

            // An assignment that arrives in the middle of closing hangs a cooperative consumer before 2.4.0 (#4527):
            // settle what is there first.
            settleEverything(&state)
            // A dead client cannot close as a member.
            guard KafkaError.fatalCause(of: client.raw) == nil else {
                discardEverything(&state)
                return finish(state, flags: RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE, deadline)
            }
            if let error = rd_kafka_consumer_close_queue(client.raw, groupQueue.raw) {
                logger.debug("\(KafkaError(consuming: error, operation: "leave", client: client.raw))")
            }
            while rd_kafka_consumer_closed(client.raw) == 0 {
                guard !deadline.hasPassed else {
                    discardEverything(&state)
                    client.abandon()
                    return false
                }
                serveClosing(&state, wait: deadline.slice(atMost: .milliseconds(20)))
            }
            discardEverything(&state)
            return finish(state, flags: 0, deadline)
        }
    }

    /// Whether destroying the instance would crash: a cooperative consumer that has never been assigned anything,
    /// before librdkafka 2.3.0 (#4381).
    func mustNotBeDestroyed(_ state: ConsumerState) -> Bool {
        configuration.mayBeCooperative && state.mode == .group && !state.wasEverAssigned
            && LibraryVersion.current < LibraryVersion(2, 3, 0)
    }

    /// Gives up the queues of all partitions and whatever lies in them: records that hold on to their own partition
    /// keep librdkafka before 2.6.1 from ever being destroyed (#4724).
    func discardEverything(_ state: inout ConsumerState) {
        forwardAgain(state)
        drop(Array(state.assigned.keys), &state)
        state.strays = []
        state.pending = nil
    }

    private func finish(_ state: ConsumerState, flags: Int32, _ deadline: Deadline) -> Bool {
        if mustNotBeDestroyed(state) {
            client.abandon()
            return true
        }
        return client.close(flags: flags, within: deadline.remaining)
    }

    private func settleEverything(_ state: inout ConsumerState) {
        if let pending = state.pending {
            state.pending = nil
            _ = settle(pending, &state)
        }
        while let event = rd_kafka_queue_poll(groupQueue.raw, 0) {
            settle(event, &state)
        }
    }

    private func serveClosing(_ state: inout ConsumerState, wait: Int32) {
        guard let event = rd_kafka_queue_poll(groupQueue.raw, wait) else { return }
        settle(event, &state)
    }

    private func settle(_ event: OpaquePointer, _ state: inout ConsumerState) {
        defer { rd_kafka_event_destroy(event) }
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE,
            case .rebalance(let rebalance) = receive(rebalance: event, &state)
        else { return }
        state.pending = nil
        _ = settle(rebalance, &state)
    }
}
