import Testing

@testable import protected_identity

@Suite("The table of keys")
struct ConfigurationKeyTests {
    @Test(
        "camelCase and dots become underscores",
        arguments: [
            ("kafka.bootstrapServers", "KAFKA_BOOTSTRAP_SERVERS"), ("store.url", "STORE_URL"),
            ("kafka.properties.security.protocol", "KAFKA_PROPERTIES_SECURITY_PROTOCOL"),
            ("tenants.nordic-sport.noticePeriod", "TENANTS_NORDIC_SPORT_NOTICE_PERIOD"),
            ("identity.digestKeysFile", "IDENTITY_DIGEST_KEYS_FILE"),
        ])
    func variables(name: String, variable: String) {
        #expect(ConfigurationKey.environmentVariable(for: name) == variable)
    }

    @Test("no two keys share a name or a variable")
    func unique() {
        let names = ConfigurationKey.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(names.map { ConfigurationKey.environmentVariable(for: $0) }).count == names.count)
    }

    @Test("a member of a family belongs to it, a part of a name to nothing")
    func families() {
        #expect(ConfigurationKey.named("kafka.properties.ssl.ca.location")?.name == "kafka.properties.*")
        #expect(ConfigurationKey.named("tenants.shop.policy")?.name == "tenants.NAME.policy")
        #expect(ConfigurationKey.named("kafka.properties") == nil)
        #expect(ConfigurationKey.named("tenants.shop") == nil)
        #expect(ConfigurationKey.named("tenants..policy") == nil)
    }

    @Test("the Markdown table has one row of four cells for each key")
    func markdown() {
        let lines = ConfigurationKey.markdownTable().split(separator: "\n")
        #expect(lines.count == ConfigurationKey.all.count + 2)
        #expect(lines.allSatisfy { $0.count { $0 == "|" } == 5 })
        #expect(lines.contains { $0.hasPrefix("| `kafka.properties.*` | `KAFKA_PROPERTIES_*` |") })
        #expect(lines.contains { $0.hasSuffix("| `30d` |") })
    }
}

@Suite("Durations")
struct DurationTextTests {
    @Test(
        "a whole number and a unit",
        arguments: [
            ("250ms", Duration.milliseconds(250)), ("90s", .seconds(90)), ("15m", .seconds(900)),
            ("12h", .seconds(43_200)),
            ("30d", .seconds(2_592_000)), ("0s", .zero),
        ])
    func valid(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "30", "d", "-1s", "+1s", "1.5h", "1 d", "1D", "1w", "1d12h", "٣s", "99999999999999999999s",
            "9223372036854775807d",
        ])
    func invalid(text: String) {
        #expect(DurationText.parse(text) == nil)
    }
}
