internal import CRdkafka

/// A configuration object of librdkafka under construction. It has one owner until a client is made of it.
struct ClientConfiguration: ~Copyable {
    private let pointer: OpaquePointer

    init() {
        pointer = rd_kafka_conf_new()
    }

    deinit {
        rd_kafka_conf_destroy(pointer)
    }

    /// Sets one property.
    ///
    /// - Returns: What is wrong with it, or `nil`.
    func set(_ name: String, _ value: String) -> KafkaConfigurationError.Fault? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
            text.initialize(repeating: 0)
            let result = rd_kafka_conf_set(pointer, name, value, text.baseAddress, text.count)
            guard result != RD_KAFKA_CONF_OK else { return nil }
            var reason = text.baseAddress.map { String(cString: $0) } ?? ""
            // librdkafka quotes the value that it does not take.
            if KafkaProperties.isSecret(name), !value.isEmpty {
                reason = reason.split(separator: value, omittingEmptySubsequences: false).joined(separator: "…")
            }
            return KafkaConfigurationError.Fault(
                property: name, kind: result == RD_KAFKA_CONF_UNKNOWN ? .unknownName : .invalidValue, reason: reason)
        }
    }

    /// A copy for `rd_kafka_new`, which takes it over when it succeeds.
    func duplicate() -> OpaquePointer {
        rd_kafka_conf_dup(pointer)
    }
}
