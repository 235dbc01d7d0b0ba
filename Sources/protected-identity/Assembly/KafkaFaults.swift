import KafkaClient

extension ConfigurationProblems {
    /// What librdkafka does not take, in the form of all other problems.
    ///
    /// - Parameter sources: where the properties were read; without them no place is named.
    init(_ error: KafkaConfigurationError, sources: ConfigurationSources? = nil) {
        problems = error.faults.map { fault in
            let key = fault.property.isEmpty ? "kafka.properties" : "kafka.properties.\(fault.property)"
            return ConfigurationProblem(
                key: key, origin: sources?.origin(of: key) ?? .unset, problem: fault.problem, advice: fault.advice)
        }
    }
}

extension KafkaConfigurationError.Fault {
    fileprivate var problem: String {
        switch kind {
        case .unknownName: "librdkafka has no property of this name"
        case .invalidValue: "librdkafka refuses it: \(reason)"
        case .ownedByProgram: "the worker owns this property"
        case .inconsistent: "librdkafka refuses the properties together: \(reason)"
        }
    }

    fileprivate var advice: String {
        switch kind {
        case .unknownName:
            Misspelling.suggestion(for: property, among: Self.usual).map { "Did you mean \($0)?" }
                ?? "Its CONFIGURATION.md lists them: correct the name, or remove it"
        case .invalidValue: "Write a value that its CONFIGURATION.md lists"
        case .ownedByProgram: "Remove it: exactly-once rests on it"
        case .inconsistent: "Change one of them"
        }
    }

    /// What people write most, for suggestions; every other property is as good.
    private static let usual = [
        "client.id", "client.rack", "compression.type", "connections.max.idle.ms", "debug", "fetch.max.bytes",
        "fetch.min.bytes", "fetch.wait.max.ms", "heartbeat.interval.ms", "linger.ms", "max.poll.interval.ms",
        "message.max.bytes", "metadata.max.age.ms", "queued.max.messages.kbytes", "queued.min.messages",
        "receive.message.max.bytes", "reconnect.backoff.max.ms", "reconnect.backoff.ms", "retry.backoff.ms",
        "sasl.kerberos.keytab", "sasl.kerberos.principal", "sasl.kerberos.service.name", "sasl.mechanism",
        "sasl.mechanisms", "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.method",
        "sasl.oauthbearer.scope", "sasl.oauthbearer.token.endpoint.url", "sasl.password", "sasl.username",
        "security.protocol", "session.timeout.ms", "socket.keepalive.enable", "socket.timeout.ms", "ssl.ca.location",
        "ssl.ca.pem", "ssl.certificate.location", "ssl.certificate.pem", "ssl.endpoint.identification.algorithm",
        "ssl.key.location", "ssl.key.password", "ssl.key.pem", "ssl.keystore.location", "ssl.keystore.password",
        "statistics.interval.ms", "transaction.timeout.ms",
    ]
}
