import KafkaClient

/// librdkafka properties passed through. Passwords are among them, so printing shows names alone.
struct KafkaProperties: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    private let values: [String: String]

    init(_ values: [String: String]) {
        self.values = values
    }

    /// The properties themselves, for the client that sets them.
    func reveal() -> [String: String] { values }

    var description: String { values.keys.sorted().map { "\($0)=\(Secret.mask)" }.joined(separator: " ") }
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    /// Reads `kafka.properties.*` and refuses what the worker owns; the SASL password may be in a file, which librdkafka knows
    /// nothing of.
    static func read(_ reading: inout ConfigurationReading) -> KafkaProperties {
        var values: [String: String] = [:]
        for name in reading.sources.propertyNames() {
            let key = "kafka.properties.\(name)"
            guard let value = reading.property(key, isSecret: KafkaClient.KafkaProperties.isSecret(name)) else {
                continue
            }
            if let owned = OwnedProperty.named(name) {
                reading.problem(key, owned.reason, owned.advice)
            } else {
                values[name] = value
            }
        }
        let (password, passwordFile) = ("sasl.password", "kafka.saslPasswordFile")
        if let secret = reading.secret(inFile: passwordFile) {
            if values.updateValue(secret.reveal(), forKey: password) != nil {
                reading.problem(passwordFile, "kafka.properties.\(password) is set too", "Set one of the two")
            }
        }
        return KafkaProperties(values)
    }
}

extension ConfigurationReading {
    /// A property's value, noted as effective.
    fileprivate mutating func property(_ key: String, isSecret: Bool) -> String? {
        let value = sources.value(of: key)
        note(EffectiveValue(name: key, text: value?.text, isSecret: isSecret, origin: value?.origin ?? .unset))
        return value?.text
    }
}

/// A librdkafka property that a configuration may not set, with the reason.
struct OwnedProperty: Sendable {
    let reason: String
    let advice: String

    /// Why a property is refused; nil where it is not.
    static func named(_ name: String) -> OwnedProperty? {
        if let value = fixed[name] {
            return OwnedProperty(
                reason: "the worker owns this property and sets it to \(value)",
                advice: "Remove it: exactly-once rests on it")
        }
        if let key = renamed[name] {
            return OwnedProperty(reason: "this property has a key of its own", advice: "Write \(key) instead")
        }
        if name.hasSuffix("_cb") || callbacks.contains(name) {
            return OwnedProperty(reason: "this is a callback or pointer of a program, not a value", advice: "Remove it")
        }
        return nil
    }

    private static let fixed = [
        "isolation.level": "read_committed", "enable.auto.commit": "false", "auto.commit.enable": "false",
        "enable.auto.offset.store": "false", "enable.idempotence": "true", "transactional.id": "one of its own",
    ]
    private static let renamed = [
        "bootstrap.servers": "kafka.bootstrapServers", "metadata.broker.list": "kafka.bootstrapServers",
        "group.id": "kafka.groupId", "group.instance.id": "kafka.instanceId",
        "partition.assignment.strategy": "kafka.assignment",
    ]
    private static let callbacks: Set<String> = [
        "opaque", "default_topic_conf", "enabled_events", "interceptors", "ssl_engine_callback_data", "ssl_key",
        "ssl_certificate", "ssl_ca",
    ]
}
