internal import CRdkafka
public import Logging

/// Looks at a cluster and prepares topics in it. Every call blocks for at most its timeout.
public final class KafkaAdmin: Sendable {
    let client: Client

    /// Makes an administrative client; it connects by itself.
    ///
    /// - Parameters:
    ///   - bootstrapServers: brokers to begin with: `host:port[,host:port…]`.
    ///   - properties: further properties of librdkafka.
    ///   - logger: where librdkafka's log lines go.
    /// - Throws: ``KafkaConfigurationError``.
    public init(
        bootstrapServers: String, properties: KafkaProperties = .none, logger: Logger
    ) throws(KafkaConfigurationError) {
        // A producer, since a consumer needs a group; as long as it writes nothing it is neither.
        let settings = properties.values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        client = try Client(
            .producer, settings: settings + [("bootstrap.servers", bootstrapServers)], logger: logger)
    }

    /// Brokers and topics.
    ///
    /// The whole cluster is asked for and the answer filtered: asking for a topic by name may create it.
    ///
    /// - Parameters:
    ///   - topics: the topics of interest; `nil`: all.
    ///   - timeout: how long to wait.
    /// - Throws: ``KafkaError``, retriable while no broker answers.
    public func metadata(topics: [String]? = nil, timeout: Duration) throws(KafkaError) -> ClusterMetadata {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = try client.call("fetch metadata") { instance throws(KafkaError) in
            rd_kafka_metadata(instance, 1, nil, &answer, timeout.milliseconds)
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            throw KafkaError(code, operation: "fetch metadata")
        }
        defer { rd_kafka_metadata_destroy(answer) }

        let brokers = UnsafeBufferPointer(start: answer.pointee.brokers, count: Int(answer.pointee.broker_cnt))
        var result = ClusterMetadata(
            brokers: brokers.map { .init(id: $0.id, address: "\(String(cString: $0.host)):\($0.port)") },
            partitionCounts: [:], missingTopics: [], failures: [:])
        let wanted = topics.map(Set.init)
        var seen: Set<String> = []
        for topic in UnsafeBufferPointer(start: answer.pointee.topics, count: Int(answer.pointee.topic_cnt)) {
            let name = String(cString: topic.topic)
            guard wanted?.contains(name) ?? true else { continue }
            switch topic.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                seen.insert(name)
                result.partitionCounts[name] = Int(topic.partition_cnt)
            case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
                break
            default:
                seen.insert(name)
                result.failures[name] = KafkaErrorCode(topic.err)
            }
        }
        result.missingTopics = (topics ?? []).filter { !seen.contains($0) }
        return result
    }

    /// Creates topics; one that exists is left as it is.
    ///
    /// - Throws: ``KafkaError`` of the first topic that could not be created; ``KafkaError/isUnsupportedByBroker``
    ///   where the broker has no such request (the embedded one).
    public func createTopics(_ topics: [NewTopic], timeout: Duration) throws(KafkaError) {
        guard !topics.isEmpty else { return }
        try client.call("create topics") { instance throws(KafkaError) in
            try create(topics, timeout, instance)
        }
    }

    private func create(_ topics: [NewTopic], _ timeout: Duration, _ instance: OpaquePointer) throws(KafkaError) {
        let operation = "create topics"
        var requests: [OpaquePointer?] = []
        defer { for request in requests { request.map(rd_kafka_NewTopic_destroy) } }
        for topic in topics { requests.append(try Self.request(for: topic, operation: operation)) }

        let answer = try ask(operation, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout, instance) { options, queue in
            rd_kafka_CreateTopics(instance, &requests, requests.count, options, queue)
        }
        defer { rd_kafka_event_destroy(answer) }
        var count = 0
        let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answer), &count)
        for index in 0..<count {
            let result = results?[index]
            let code = rd_kafka_topic_result_error(result)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR, code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else { continue }
            var failure = KafkaError(code, operation: operation)
            failure.reason = rd_kafka_topic_result_error_string(result).map { String(cString: $0) } ?? failure.reason
            throw failure
        }
    }

    /// A topic's configuration as it is in force, defaults included, by Kafka's names (`retention.ms`,
    /// `cleanup.policy`, …). Entries that the broker keeps secret are left out.
    ///
    /// - Throws: ``KafkaError``; ``KafkaError/isUnsupportedByBroker`` where the broker has no such request (the
    ///   embedded one).
    public func describeTopicConfiguration(
        _ topic: String, timeout: Duration
    ) throws(KafkaError) -> [String: String] {
        try client.call("describe topic configuration") { instance throws(KafkaError) in
            try describe(topic, timeout, instance)
        }
    }

    private func describe(
        _ topic: String, _ timeout: Duration, _ instance: OpaquePointer
    ) throws(KafkaError) -> [String: String] {
        let operation = "describe topic configuration"
        var resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
        defer { rd_kafka_ConfigResource_destroy(resource) }
        let answer = try ask(operation, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout, instance) { options, queue in
            rd_kafka_DescribeConfigs(instance, &resource, 1, options, queue)
        }
        defer { rd_kafka_event_destroy(answer) }
        var count = 0
        let results = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(answer), &count)
        guard count > 0, let result = results?[0] else { return [:] }
        let code = rd_kafka_ConfigResource_error(result)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, operation: operation) }
        var entryCount = 0
        let entries = rd_kafka_ConfigResource_configs(result, &entryCount)
        var configuration: [String: String] = [:]
        for index in 0..<entryCount {
            guard let name = rd_kafka_ConfigEntry_name(entries?[index]),
                let value = rd_kafka_ConfigEntry_value(entries?[index])
            else { continue }
            configuration[String(cString: name)] = String(cString: value)
        }
        return configuration
    }

    /// Closes the client.
    public func close(within timeout: Duration) {
        _ = client.close(within: timeout)
    }

    private static func request(for topic: NewTopic, operation: String) throws(KafkaError) -> OpaquePointer {
        var text = [CChar](repeating: 0, count: 256)
        guard
            let request = rd_kafka_NewTopic_new(
                topic.name, topic.partitions ?? -1, topic.replicationFactor ?? -1, &text, text.count)
        else {
            let reason = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
            throw KafkaError(code: .invalidArgument, reason: reason, operation: operation)
        }
        for (name, value) in topic.configuration { rd_kafka_NewTopic_set_config(request, name, value) }
        return request
    }

    /// librdkafka waits for the controller's connection until the time is over, also where the cluster names one that
    /// does not exist: the embedded broker does so for ever, a cluster that is just electing one for a moment.
    private func requireController(
        _ operation: String, _ timeout: Duration, _ instance: OpaquePointer
    ) throws(KafkaError) {
        let deadline = Deadline(after: min(timeout, .seconds(1)))
        while true {
            let brokers = try metadata(topics: [], timeout: timeout).brokers
            let controller = rd_kafka_controllerid(instance, 0)
            if brokers.contains(where: { $0.id == controller }) { return }
            guard !deadline.hasPassed else { break }
            rd_kafka_poll(instance, 100)
        }
        throw KafkaError(
            code: .unsupportedFeature, reason: "the cluster has no controller to ask", operation: operation)
    }

    /// Sends an administrative request and waits for its answer.
    private func ask(
        _ operation: String, _ kind: rd_kafka_admin_op_t, _ timeout: Duration, _ instance: OpaquePointer,
        _ send: (_ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void
    ) throws(KafkaError) -> OpaquePointer {
        try requireController(operation, timeout, instance)
        let queue = rd_kafka_queue_new(instance)
        defer { rd_kafka_queue_destroy(queue) }
        let options = rd_kafka_AdminOptions_new(instance, kind)
        defer { rd_kafka_AdminOptions_destroy(options) }
        // The request's own time, and a little for its answer to come back to us.
        rd_kafka_AdminOptions_set_request_timeout(options, max(1, timeout.milliseconds), nil, 0)
        send(options, queue)
        guard let answer = rd_kafka_queue_poll(queue, Int32(clamping: Int(timeout.milliseconds) + 500)) else {
            throw KafkaError(code: .timedOut, operation: operation, isRetriable: true)
        }
        let code = rd_kafka_event_error(answer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            var failure = KafkaError(code, operation: operation)
            failure.reason = rd_kafka_event_error_string(answer).map { String(cString: $0) } ?? failure.reason
            rd_kafka_event_destroy(answer)
            throw failure
        }
        return answer
    }
}
