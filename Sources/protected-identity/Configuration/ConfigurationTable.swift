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
            "kafka.members",
            "as how many members of the group this process consumes events, 1 to 16, each with a connection of its own to Kafka "
                + "and PostgreSQL: one decides while another waits for the database; of no use with the embedded registry",
            default: "1"
        ),
        ConfigurationKey(
            "kafka.assignment", "`cooperative-sticky` or `range`, the same in the whole group",
            default: "cooperative-sticky"
        ),
        ConfigurationKey(
            "kafka.properties.*",
            "any librdkafka property (TLS, SASL, …) but those that the worker owns; in a variable's name `_` stands for `.`"
        ),
        ConfigurationKey(
            "kafka.saslPasswordFile", "a file with the password for SASL, in place of `kafka.properties.sasl.password`"),
        ConfigurationKey("topics.events", "the topic that is read", default: "protected-identity.events"),
        ConfigurationKey("topics.outcomes", "what became of each event", default: "protected-identity.outcomes"),
        ConfigurationKey(
            "topics.notifications", "commands for notification workers", default: "protected-identity.notifications"),
        ConfigurationKey("topics.deletions", "commands for deletion workers", default: "protected-identity.deletions"),
        ConfigurationKey("topics.quarantine", "what was set aside", default: "protected-identity.quarantine"),
        ConfigurationKey(
            "store.url",
            "the contact registry: `postgres://USER@HOST/DATABASE` in any form that libpq knows (a password in it is masked), "
                + "or `sqlite:///PATH`; required"),
        ConfigurationKey(
            "store.schema", "PostgreSQL: the schema of the worker's own tables", default: "protected_identity"),
        ConfigurationKey(
            "store.contacts.table", "PostgreSQL: the table with the contacts, `schema.table`; required with it"),
        ConfigurationKey("store.contacts.key", "its column with the contact's key; required with PostgreSQL"),
        ConfigurationKey("store.contacts.tenant.column", "its column with the tenant; this or the value is required"),
        ConfigurationKey("store.contacts.tenant.value", "the one tenant whose contacts stand in the table"),
        ConfigurationKey(
            "store.contacts.country.column",
            "its column with the country of the number, ISO 3166-1 alpha-2; this or the value is required"),
        ConfigurationKey("store.contacts.country.value", "the one country from which all numbers are"),
        ConfigurationKey(
            "store.contacts.number.column", "its column with the personal number; required with PostgreSQL"),
        ConfigurationKey(
            "store.contacts.number.forms",
            "the written forms that the column may hold, of `YYYYMMDDNNNN`, `YYYYMMDD-NNNN`, `YYYYMMDD NNNN`, `YYMMDDNNNN`, "
                + "`YYMMDD-NNNN`, `YYMMDD NNNN`; Danish numbers have ten digits in each; unset: all of them", list: true
        ),
        ConfigurationKey(
            "store.contacts.number.replace", "what is written over a number where the column is NOT NULL"),
        ConfigurationKey("store.contacts.email", "its column with the e-mail address, for notices"),
        ConfigurationKey(
            "store.contacts.flag.column", "its column that marks protected contacts; required with PostgreSQL"),
        ConfigurationKey(
            "store.contacts.flag.yes", "what means yes, the first one is written; unset: the column is a boolean",
            list: true),
        ConfigurationKey("store.contacts.flag.no", "what is written for no; unset: NULL, or false in a boolean"),
        ConfigurationKey("store.contacts.updatedAt", "its column that is set to the time of each change"),
        ConfigurationKey(
            "store.contacts.clear.*",
            "`COLUMN: FIELD` for each column to clear; a field is `name`, `address` or a word of "
                + "your own, and outcomes speak of it", fileOnly: true),
        ConfigurationKey(
            "store.contacts.replace.*", "`COLUMN: VALUE` for cleared columns that are NOT NULL", fileOnly: true),
        ConfigurationKey(
            "store.contacts.onDeletion",
            "how the row of a deleted contact goes: `delete`; or `anonymise`, it stays, clear and without its e-mail address",
            default: "delete"),
        ConfigurationKey(
            "store.contacts.tables.NAME.table", "a table that hangs on the contact, under a name of your own",
            fileOnly: true),
        ConfigurationKey("store.contacts.tables.NAME.contact", "its column with the contact's key", fileOnly: true),
        ConfigurationKey(
            "store.contacts.tables.NAME.tenant", "its column with the tenant, where keys are unique within one only",
            fileOnly: true),
        ConfigurationKey("store.contacts.tables.NAME.clear.*", "its columns to clear, as above", fileOnly: true),
        ConfigurationKey("store.contacts.tables.NAME.replace.*", "and what is written over them", fileOnly: true),
        ConfigurationKey(
            "store.contacts.tables.NAME.rows", "`delete`: its rows are deleted instead", fileOnly: true),
        ConfigurationKey(
            "store.contacts.tables.NAME.field", "as what outcomes speak of deleted rows", default: "address",
            fileOnly: true),
        ConfigurationKey(
            "store.contacts.tables.NAME.onDeletion",
            "how its rows go with a deleted contact: `delete`; or `anonymise`, they stay with its columns cleared",
            default: "delete", fileOnly: true),
        ConfigurationKey(
            "store.journalRetention",
            "how long event identities, and persons whom nothing protects, are remembered at least, no shorter than the events "
                + "topic's retention",
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
            "whether a contact is deleted only once the person is known to have been told, as the notification worker tells",
            default: "true"),
        ConfigurationKey("batch.maxRecords", "records in a batch at most, 1 to 100000", default: "1000"),
        ConfigurationKey("batch.maxDelay", "a floor on the time between Kafka transactions", default: "0ms"),
        ConfigurationKey("sweep.every", "how often `run --with sweep` sweeps", default: "1m"),
        ConfigurationKey(
            "sweep.rate", "contacts a second that a reconciliation looks at, at most, 1 to 1000000", default: "5000"),
        ConfigurationKey(
            "deletions.groupId", "the consumer group of the deletion worker", default: "protected-identity-deletions"),
        ConfigurationKey(
            "notifications.groupId", "the consumer group of the notification worker",
            default: "protected-identity-notifications"),
        ConfigurationKey(
            "notifications.transport", "how people are told: `smtp` or `webhook`; required for the notification worker"),
        ConfigurationKey(
            "notifications.templates",
            "a folder with notices of your own, `TENANT/deletion-notice.LANGUAGE.{subject,txt,html}`; under `default/` those of "
                + "every other tenant"),
        ConfigurationKey("notifications.concurrency", "notices that go out at once, 1 to 64", default: "4"),
        ConfigurationKey("notifications.rate", "notices a second at most, 1 to 10000", default: "20"),
        ConfigurationKey("notifications.timeout", "the longest that one may take", default: "30s"),
        ConfigurationKey(
            "notifications.retryFor",
            "for how long a notice is tried again that is put off while others get through, before it is set aside",
            default: "15m"),
        ConfigurationKey("notifications.smtp.url", "the mail server: `smtp://HOST:PORT` or `smtps://HOST:PORT`"),
        ConfigurationKey(
            "notifications.smtp.startTls",
            "of an `smtp://` server: `required`, `opportunistic` or `off`; unset: `required`, on the loopback interface "
                + "`opportunistic`"),
        ConfigurationKey(
            "notifications.smtp.caFile", "a file with the authorities to trust, in PEM; unset: the system's"),
        ConfigurationKey("notifications.smtp.username", "who logs in; unset: nobody does"),
        ConfigurationKey("notifications.smtp.password", "with which password; this or the file", secret: true),
        ConfigurationKey("notifications.smtp.passwordFile", "a file with it"),
        ConfigurationKey("notifications.smtp.from", "the sender: `ADDRESS`, or `NAME <ADDRESS>`"),
        ConfigurationKey("notifications.smtp.replyTo", "where answers go, likewise"),
        ConfigurationKey("notifications.webhook.url", "where notices are posted to: `https://…`"),
        ConfigurationKey(
            "notifications.webhook.secret",
            "what signs them: `whsec_BASE64`, several separated by commas, all of which sign; this or the file",
            secret: true,
            list: true),
        ConfigurationKey("notifications.webhook.secretFile", "a file with the same, one on a line"),
        ConfigurationKey(
            "notifications.webhook.includeEmail", "`true`: the receiver gets the e-mail address", default: "false"),
        ConfigurationKey(
            "audit.log",
            "the file in which `quarantine` and `protect`, `lift` write down who opened or said what; `--audit-log` wins"
        ),
        ConfigurationKey(
            "feeds.number",
            "`feed csv` and `feed jsonl`: the column (or member, `person.id`) with the number; this or the contact id is required for them"
        ),
        ConfigurationKey(
            "feeds.otherNumbers", "columns with further numbers of the same person, separated by commas", list: true),
        ConfigurationKey("feeds.contactId", "the column with the contact's id in the registry"),
        ConfigurationKey("feeds.status", "the column that says whether the person is protected; required for them"),
        ConfigurationKey(
            "feeds.protected", "its values that mean protected, separated by commas, in any case", list: true),
        ConfigurationKey(
            "feeds.notProtected",
            "its values that mean not protected; **one that is named nowhere means protected**, and is reported",
            list: true
        ),
        ConfigurationKey(
            "feeds.observedAt",
            "the column with the day or moment at which the register said so; a lift without one is rejected"
        ),
        ConfigurationKey("feeds.country", "whose numbers they are, `SE` or `DK`; `--country` wins"),
        ConfigurationKey("feeds.encoding", "`utf-8`, `iso-8859-1` or `windows-1252`", default: "utf-8"),
        ConfigurationKey(
            "feeds.separator", "between the columns of a CSV list: `,`, `;`, `tab` or `pipe`", default: ","),
        ConfigurationKey("shutdown.timeout", "how long a stop may drain", default: "10s"),
        ConfigurationKey(
            "admin.enabled", "whether workers tell of themselves over HTTP: status page, health, metrics",
            default: "true"),
        ConfigurationKey("admin.host", "where they listen; who reaches it needs no password", default: "127.0.0.1"),
        ConfigurationKey(
            "admin.port", "likewise, 0 to 65535; each process on a machine needs its own, 0 takes a free one",
            default: "8080"),
        ConfigurationKey(
            "admin.stalledAfter",
            "so long without a turn of its loop, or fifteen times as long without an answer of the store, and a worker counts as not alive",
            default: "60s"),
        ConfigurationKey(
            "admin.metricsByTenant", "count events by tenant as well: a series for each", default: "false"),
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
            let place = key.isOfFile ? "file only" : "`\(variable)`"
            let value = key.fallback.map { "`\($0)`" } ?? ""
            return "| `\(key.name)` | \(place) | \(key.meaning)\(key.isSecret ? " (secret)" : "") | \(value) |"
        }
        return (["| key | variable | meaning | default |", "|---|---|---|---|"] + rows).joined(separator: "\n") + "\n"
    }
}
