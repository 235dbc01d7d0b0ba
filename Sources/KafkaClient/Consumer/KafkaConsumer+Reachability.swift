internal import CRdkafka

extension KafkaConsumer {
    /// Whether a broker answers now. Blocks at most for `timeout`.
    ///
    /// librdkafka tells once that brokers are away, and never that they are back.
    public func hearsBrokers(timeout: Duration) -> Bool {
        let code = try? client.call("look for the brokers") { instance throws(KafkaError) in
            var answer: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(instance, 0, nil, &answer, timeout.milliseconds)
            if let answer { rd_kafka_metadata_destroy(answer) }
            return code
        }
        return code == RD_KAFKA_RESP_ERR_NO_ERROR
    }
}
