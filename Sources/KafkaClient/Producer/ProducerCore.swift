internal import CRdkafka
internal import Logging

/// What both producers have in common: writing one record, with back pressure, and going away without hanging.
struct ProducerCore: Sendable {
    let client: Client
    let queueFullTimeout: Duration

    init(
        settings: [(name: String, value: String)], queueFullTimeout: Duration, logger: Logger
    ) throws(KafkaConfigurationError) {
        // A callback and not an event: librdkafka serves callbacks from within produce and flush here, while events
        // would need a thread of their own (rdkafka.h, rd_kafka_flush).
        client = try Client(.producer, settings: settings, logger: logger) { draft in
            rd_kafka_conf_set_dr_msg_cb(draft, deliveryCallback)
        }
        self.queueFullTimeout = queueFullTimeout
    }

    /// Puts a record into the producer's queue. Blocks only while the queue is full.
    func produce(_ record: OutgoingRecord) throws(KafkaError) {
        try client.call("produce") { instance throws(KafkaError) in try produce(record, instance) }
    }

    private func produce(_ record: OutgoingRecord, _ instance: OpaquePointer) throws(KafkaError) {
        var deadline: Deadline?
        while let error = enqueue(record, instance) {
            guard error.code == .queueFull else { throw error }
            let limit = deadline ?? Deadline(after: queueFullTimeout)
            deadline = limit
            guard !limit.hasPassed else { throw error }
            // Delivery reports make room.
            rd_kafka_poll(instance, limit.slice(atMost: .milliseconds(50)))
        }
    }

    /// Makes topics and their partitions known to the instance.
    func warmUp(topics: [String], timeout: Duration) throws(KafkaError) {
        try client.call("look up topic") { instance throws(KafkaError) in
            try warmUp(topics: topics, timeout: timeout, instance)
        }
    }

    private func warmUp(topics: [String], timeout: Duration, _ instance: OpaquePointer) throws(KafkaError) {
        let operation = "look up topic"
        for name in topics {
            guard let topic = rd_kafka_topic_new(instance, name, nil) else {
                throw KafkaError(rd_kafka_last_error(), operation: operation)
            }
            defer { rd_kafka_topic_destroy(topic) }
            var answer: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(instance, 0, topic, &answer, timeout.milliseconds)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else { throw KafkaError(code, operation: operation) }
            let failure = answer.pointee.topic_cnt > 0 ? answer.pointee.topics[0].err : RD_KAFKA_RESP_ERR_NO_ERROR
            rd_kafka_metadata_destroy(answer)
            guard failure == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(failure, operation: operation) }
        }
    }

    private func enqueue(_ record: OutgoingRecord, _ instance: OpaquePointer) -> KafkaError? {
        var headers: OpaquePointer?
        if !record.headers.isEmpty {
            let list = rd_kafka_headers_new(record.headers.count)
            headers = list
            for header in record.headers {
                // A null value is a null pointer, an empty one is not.
                let code = Self.withBytes(header.value) { start, count in
                    rd_kafka_header_add(list, header.name, header.name.utf8.count, start, count)
                }
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                    rd_kafka_headers_destroy(list)
                    return KafkaError(code, operation: "add header")
                }
            }
        }
        let error = Self.withBytes(record.key) { key, keySize in
            Self.withBytes(record.value) { value, valueSize in
                crdkafka_produce(
                    instance, record.topic, record.partition ?? PartitionList.unassigned, key, keySize, value,
                    valueSize, headers)
            }
        }
        guard let error else { return nil }
        // Refused: the headers are still ours.
        if let headers { rd_kafka_headers_destroy(headers) }
        return KafkaError(consuming: error, operation: "produce", client: instance)
    }

    private static func withBytes<Result>(
        _ bytes: [UInt8]?, _ body: (UnsafeRawPointer?, Int) -> Result
    ) -> Result {
        guard let bytes else { return body(nil, 0) }
        return bytes.withUnsafeBytes { buffer in
            // An empty array may have no address; any address will do for no bytes.
            withUnsafeBytes(of: 0 as UInt8) { nothing in
                body(buffer.baseAddress ?? nothing.baseAddress, buffer.count)
            }
        }
    }

    /// Drops what has not been sent and destroys the instance.
    func close(within timeout: Duration) {
        try? client.call("close") { instance throws(KafkaError) in
            let flags = RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING
            _ = rd_kafka_purge(instance, flags)
            // Serves the reports of what was dropped, which would hold up destroying.
            _ = rd_kafka_flush(instance, min(timeout.milliseconds, 100))
        }
        _ = client.close(within: timeout)
    }
}
