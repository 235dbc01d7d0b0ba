internal import CRdkafka
internal import Logging

/// The partition whose records are just being taken off the queue. They come in stretches, a fetch's worth at a time,
/// so that looking it up once a stretch is enough.
private struct Stretch {
    let topic: OpaquePointer?
    let partition: TopicPartition
    /// Whether the partition is (still) this consumer's.
    let isAssigned: Bool
    /// The offset that comes next.
    var next: Int64?

    func contains(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Bool {
        message.pointee.rkt == topic && message.pointee.partition == partition.partition
    }
}

extension KafkaConsumer {
    /// Drains the data queue into one batch.
    func collect(_ maximum: Int, wait: Int32, _ state: inout ConsumerState) -> Polled? {
        if !state.strays.isEmpty { return .records(state.strays.removeFirst()) }

        var wait = wait
        var builder = RecordBatchBuilder()
        var stretch: Stretch?
        // One message at a time: rd_kafka_consume_batch_queue is wrong around rebalances before 2.1.0 (#4208).
        while builder.count < maximum, builder.byteCount < configuration.maximumBatchBytes,
            let message = rd_kafka_consume_queue(dataQueue.raw, wait)
        {
            wait = 0
            defer { rd_kafka_message_destroy(message) }
            if message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF {
                noteEnd(message, &state)
                continue
            }
            guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
                let failure = failure(of: message)
                if builder.isEmpty { return .failure(failure) }
                state.deferredFailure = failure
                break
            }
            if stretch?.contains(message) != true {
                keepPosition(of: stretch, &state)
                stretch = begin(message, state)
            }
            guard isWanted(message, &stretch), let partition = stretch?.partition else { continue }
            if builder.isEmpty { builder.reserveCapacity(records: min(maximum, 1_024), bytes: state.expectedBytes) }
            builder.append(message, run: builder.run(of: partition))
        }
        keepPosition(of: stretch, &state)
        guard !builder.isEmpty else { return nil }
        state.expectedBytes = min(builder.byteCount, 1_048_576)
        return .records(builder.finish())
    }

    private func begin(_ message: UnsafeMutablePointer<rd_kafka_message_t>, _ state: ConsumerState) -> Stretch {
        let topic = message.pointee.rkt
        let partition = TopicPartition(
            topic: String(cString: rd_kafka_topic_name(topic)), partition: message.pointee.partition)
        let assigned = state.assigned[partition]
        return Stretch(topic: topic, partition: partition, isAssigned: assigned != nil, next: assigned?.next)
    }

    private func keepPosition(of stretch: Stretch?, _ state: inout ConsumerState) {
        guard let stretch, stretch.isAssigned else { return }
        state.assigned[stretch.partition]?.next = stretch.next
    }

    /// Whether a record is to be handed over: it belongs to this consumer and has not been handed over before.
    ///
    /// librdkafka before 2.4.0 may go back to where it once began to fetch (#4686), and a record that is taken in the
    /// very moment of a rebalance is fetched again. Only a log that has really become shorter (a topic made anew) lets
    /// a position go back.
    private func isWanted(_ message: UnsafeMutablePointer<rd_kafka_message_t>, _ stretch: inout Stretch?) -> Bool {
        guard let current = stretch, current.isAssigned else { return false }
        let offset = message.pointee.offset
        if let next = current.next, offset < next {
            var low: Int64 = 0
            var high: Int64 = 0
            let known = rd_kafka_get_watermark_offsets(
                client.raw, current.partition.topic, current.partition.partition, &low, &high)
            if known == RD_KAFKA_RESP_ERR_NO_ERROR, high >= next { return false }
            logger.warning("\(current.partition) has become shorter: going on at \(offset), \(next) was next")
        }
        stretch?.next = offset + 1
        return true
    }

    /// No record follows for now: the log may end in markers of transactions, which no reader is ever handed.
    private func noteEnd(_ message: UnsafeMutablePointer<rd_kafka_message_t>, _ state: inout ConsumerState) {
        let partition = TopicPartition(
            topic: String(cString: rd_kafka_topic_name(message.pointee.rkt)), partition: message.pointee.partition)
        state.assigned[partition]?.end = message.pointee.offset
    }

    private func failure(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> KafkaError {
        var error = KafkaError(message.pointee.err, operation: "fetch")
        if let reason = rd_kafka_message_errstr(message) { error.reason = String(cString: reason) }
        return error
    }
}
