extension ConfigurationKey {
    /// Every key there is, in the order in which people want to read them.
    static let all: [ConfigurationKey] = [
        ConfigurationKey(
            "kafka.bootstrapServers", "brokers to begin with: `HOST:PORT[,HOST:PORT…]`; required", list: true),
        ConfigurationKey("kafka.groupId", "the consumer group", default: "protected-identity"),
        ConfigurationKey(
            "kafka.instanceId",
            "who this process is in the group, the same after a restart; unset: a new member at each start"
        ),
        ConfigurationKey(
            "kafka.assignment", "`cooperative-sticky` or `range`, the same in the whole group",
            default: "cooperative-sticky"
        ),
        ConfigurationKey(
            "kafka.properties.*",
            "any librdkafka property (TLS, SASL, …) but those that the worker owns; in a variable's name `_` stands for `.`"
        ),
        ConfigurationKey("topics.events", "the topic that is read", default: "protected-identity.events"),
        ConfigurationKey("topics.outcomes", "what became of each event", default: "protected-identity.outcomes"),
        ConfigurationKey(
            "topics.notifications", "commands for notification workers", default: "protected-identity.notifications"),
        ConfigurationKey("topics.deletions", "commands for deletion workers", default: "protected-identity.deletions"),
        ConfigurationKey("topics.quarantine", "what was set aside", default: "protected-identity.quarantine"),
        ConfigurationKey("store.url", "the contact registry: `sqlite:///PATH`; required"),
        ConfigurationKey(
            "store.journalRetention",
            "how long event identities are remembered at least, no shorter than the events topic's retention; nothing is "
                + "purged yet",
            default: "30d"),
        ConfigurationKey(
            "identity.digestKeys",
            "keys of the digests: `ID:BASE64[,ID:BASE64…]`, 32 bytes or more each, the first one writes; "
                + "this or the file is required", secret: true, list: true),
        ConfigurationKey("identity.digestKeysFile", "a file with the same, one key on a line or separated by commas"),
        ConfigurationKey(
            "quarantine.publicKey",
            "what quarantined records are sealed to, as `keys generate` prints it; this or `coordinatesOnly` is required",
            secret: true),
        ConfigurationKey(
            "quarantine.coordinatesOnly", "`true`: quarantined records hold coordinates and no content",
            default: "false"),
        ConfigurationKey(
            "outcomes.source", "`ce_source` of all that is written", default: "/protected-identity-worker"),
        ConfigurationKey(
            "tenants.NAME.policy",
            "what happens to a redacted contact: `keep`, or `delete` after a notice; "
                + "`tenants.default` serves those not named", default: "keep"),
        ConfigurationKey(
            "tenants.NAME.noticePeriod", "from the notice to the deletion; required where the policy is `delete`"),
        ConfigurationKey(
            "tenants.NAME.termsUrl", "the terms that a notice refers to; required where the policy is `delete`"),
        ConfigurationKey(
            "tenants.NAME.supportContact", "whom the person can ask; required where the policy is `delete`"),
        ConfigurationKey("tenants.NAME.language", "the notice's language, a BCP 47 tag", default: "en"),
        ConfigurationKey(
            "tenants.NAME.requiresNotice",
            "whether a deletion is to wait until the person has been told; nothing is deleted yet", default: "true"),
        ConfigurationKey("batch.maxRecords", "records in a batch at most, 1 to 100000", default: "1000"),
        ConfigurationKey("batch.maxDelay", "a floor on the time between Kafka transactions", default: "0ms"),
        ConfigurationKey("shutdown.timeout", "how long a stop may drain", default: "10s"),
        ConfigurationKey("admin.host", "kept for health and metrics; nothing listens yet", default: "127.0.0.1"),
        ConfigurationKey("admin.port", "likewise, 0 to 65535", default: "8080"),
        ConfigurationKey(
            "log.level", "`trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`", default: "info"),
        ConfigurationKey("log.format", "`json` or `text`; unset: `text` on a terminal, else `json`"),
    ]

    /// The table of keys in Markdown, as the README shows it.
    static func markdownTable() -> String {
        let rows = all.map { key in
            let variable =
                key.name.hasSuffix(".*")
                ? environmentVariable(for: String(key.name.dropLast(2))) + "_*"
                : environmentVariable(for: key.name)
            let value = key.fallback.map { "`\($0)`" } ?? ""
            return "| `\(key.name)` | `\(variable)` | \(key.meaning)\(key.isSecret ? " (secret)" : "") | \(value) |"
        }
        return (["| key | variable | meaning | default |", "|---|---|---|---|"] + rows).joined(separator: "\n") + "\n"
    }
}
