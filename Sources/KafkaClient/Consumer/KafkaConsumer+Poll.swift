internal import CRdkafka
internal import Synchronization

extension KafkaConsumer {
    /// How long a wait for records may keep a rebalance waiting.
    private static var slice: Duration { .milliseconds(50) }

    /// Waits for records, a rebalance or a failure. Blocks at most for `timeout`.
    ///
    /// Rebalances and failures come first. Records wake it at once, a rebalance within 50 ms.
    ///
    /// - Parameters:
    ///   - maximum: the most records in a batch. 0: rebalances and failures only; records stay in librdkafka's bounded
    ///     queues, which is how back pressure is made.
    ///   - timeout: how long to wait when there is nothing.
    public func poll(maximum: Int, timeout: Duration) -> Polled {
        let deadline = Deadline(after: timeout)
        return state.withLock { state in
            if state.hasLeft { return .nothing }
            if isReplaced.load(ordering: .acquiring) { return .unusable(Self.replaced) }
            if let failure = state.deferredFailure {
                state.deferredFailure = nil
                return .failure(failure)
            }
            var mayWait = false
            while true {
                // Records are waited for in their own queue, everything else in the group's.
                let wait = mayWait && maximum <= 0 ? deadline.slice(atMost: .seconds(60)) : 0
                if let polled = serveGroup(&state, wait: wait) { return polled }
                if maximum > 0 {
                    let wait = mayWait ? deadline.slice(atMost: Self.slice) : 0
                    if let polled = collect(maximum, wait: wait, &state) { return polled }
                    // Stopping a fetcher clears its queue's forwarding late, in librdkafka's own time: set it again.
                    if mayWait { forwardAgain(state) }
                }
                if mayWait && deadline.hasPassed { return .nothing }
                mayWait = true
            }
        }
    }

    /// One pass over the group's queue: the first thing in it that concerns the caller.
    private func serveGroup(_ state: inout ConsumerState, wait: Int32) -> Polled? {
        var wait = wait
        while let event = rd_kafka_queue_poll(groupQueue.raw, wait) {
            wait = 0
            defer { rd_kafka_event_destroy(event) }
            switch rd_kafka_event_type(event) {
            case RD_KAFKA_EVENT_REBALANCE:
                if let polled = receive(rebalance: event, &state) { return polled }
            case RD_KAFKA_EVENT_ERROR:
                let failure = failure(of: event)
                return failure.isFatal ? .unusable(failure) : .failure(failure)
            case RD_KAFKA_EVENT_FETCH:
                deferMessage(of: event, &state)
            default:
                break
            }
        }
        return nil
    }

    private func failure(of event: OpaquePointer) -> KafkaError {
        let isFatal = rd_kafka_event_error_is_fatal(event) != 0
        let reason = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? ""
        var error = KafkaError(rd_kafka_event_error(event), operation: "poll")
        if !reason.isEmpty { error.reason = reason }
        error.isFatal = isFatal
        if isFatal { error.isRetriable = false }
        return error
    }

    /// Fetched records never take this way as long as their queue is forwarded; should one, it is not lost.
    private func deferMessage(of event: OpaquePointer, _ state: inout ConsumerState) {
        guard let message = rd_kafka_event_message_next(event) else { return }
        let partition = TopicPartition(
            topic: String(cString: rd_kafka_topic_name(message.pointee.rkt)), partition: message.pointee.partition)
        guard state.assigned[partition] != nil else { return }
        var builder = RecordBatchBuilder()
        builder.append(UnsafeMutablePointer(mutating: message), run: builder.run(of: partition))
        state.strays.append(builder.finish())
    }
}
