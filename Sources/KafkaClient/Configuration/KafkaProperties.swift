internal import CRdkafka

/// Properties of librdkafka, by their documented names, checked by librdkafka itself when they are put together.
///
/// A property that concerns producers only may stand among those of a consumer and the other way round; librdkafka
/// ignores it there.
public struct KafkaProperties: Sendable {
    /// The properties as given.
    public let values: [String: String]

    /// No properties: librdkafka's defaults and the client's own.
    public static let none = KafkaProperties(unchecked: [:])

    /// Properties that the clients of this library set from their own configuration. Given here they are refused:
    /// guarantees rest on them.
    public static let ownedByClient: Set<String> = [
        "bootstrap.servers", "metadata.broker.list",
        "group.id", "group.instance.id", "group.protocol", "group.remote.assignor",
        "enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store", "enable.partition.eof",
        "isolation.level",
        "transactional.id", "enable.idempotence", "acks", "request.required.acks",
        "delivery.report.only.error", "log.queue",
        "test.mock.num.brokers", "test.mock.broker.rtt",
    ]

    /// Checks each property with librdkafka.
    ///
    /// - Parameters:
    ///   - values: name to value; names are librdkafka's, as in its CONFIGURATION.md.
    ///   - refusing: further names that the caller keeps for itself; ``ownedByClient`` are refused anyway.
    /// - Throws: ``KafkaConfigurationError`` with every fault at once.
    public init(_ values: [String: String], refusing: Set<String> = []) throws(KafkaConfigurationError) {
        var faults: [KafkaConfigurationError.Fault] = []
        let draft = ClientConfiguration()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            if refusing.contains(name) || Self.ownedByClient.contains(name) {
                faults.append(
                    .init(property: name, kind: .ownedByProgram, reason: "is set by the program itself, remove it"))
            } else if let fault = draft.set(name, value) {
                faults.append(fault)
            }
        }
        guard faults.isEmpty else { throw KafkaConfigurationError(faults: faults) }
        self.init(unchecked: values)
    }

    private init(unchecked values: [String: String]) {
        self.values = values
    }

    /// Whether the value of a property may be a secret, so that nothing may quote it. Too many rather than one too few.
    public static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["password", "secret", "pem", "private", "token", "jaas", "oauthbearer.config", "username"]
            .contains { name.contains($0) }
    }
}
