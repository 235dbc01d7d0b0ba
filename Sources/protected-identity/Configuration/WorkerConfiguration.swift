/// The whole configuration as plain values, checked. Keys, secrets and domain names are texts still: those who use them
/// parse them.
struct WorkerConfiguration: Sendable, Equatable {
    var kafka: KafkaConfiguration
    var topics: TopicsConfiguration
    var store: StoreConfiguration
    var identity: IdentityConfiguration
    var quarantine: QuarantineConfiguration
    /// `ce_source` of all that is written.
    var outcomesSource: String
    var tenants: TenantsConfiguration
    var batch: BatchConfiguration
    /// How often a worker sweeps, where it is to do so.
    var sweepInterval: Duration
    /// How many contacts a second a reconciliation looks at, at most.
    var sweepRate: Int
    /// The deletion worker's consumer group.
    var deletionsGroupId: String
    /// Where it is written down who opened a sealed record, or spoke for a register.
    var auditLog: String?
    /// How people are told.
    var notifications: NotificationsConfiguration
    /// What stands where in lists that are fed.
    var feeds: FeedsConfiguration
    /// How long a stop may drain.
    var shutdownTimeout: Duration
    var admin: AdminConfiguration
    var log: LogConfiguration
    /// What holds and where it came from, in the order of the table of keys; secrets masked.
    var effective: [EffectiveValue]
    /// What stops nothing and deserves a look, such as variables that look misspelt.
    var warnings: [ConfigurationProblem]

    /// Reads the file, if one is named, and the environment, which wins.
    /// - Parameters:
    ///   - file: a YAML file's path.
    ///   - environment: the process's variables.
    /// - Throws: everything that is wrong, at once.
    static func load(file: String?, environment: [String: String]) throws(ConfigurationProblems) -> WorkerConfiguration
    {
        try load(ConfigurationSources(file: file.map { ConfigurationFile(path: $0) }, environment: environment))
    }

    /// Reads what the commands of the embedded registry need, `store` alone: no broker, no keys. Unknown keys and the
    /// section's own problems are reported like those of the whole.
    static func loadStore(
        file: String?, environment: [String: String]
    ) throws(ConfigurationProblems) -> StoreConfiguration {
        let sources = ConfigurationSources(file: file.map { ConfigurationFile(path: $0) }, environment: environment)
        var reading = begin(sources)
        let store = StoreConfiguration.read(&reading)
        guard reading.problems.isEmpty, let store else {
            throw ConfigurationProblems(problems: reading.sortedProblems())
        }
        return store
    }

    /// Reads from sources that are there already.
    static func load(_ sources: ConfigurationSources) throws(ConfigurationProblems) -> WorkerConfiguration {
        var reading = begin(sources)
        // Every section is read before any is looked at, so that all problems are found.
        let kafka = KafkaConfiguration.read(&reading)
        let topics = TopicsConfiguration.read(&reading)
        let store = StoreConfiguration.read(&reading)
        let identity = IdentityConfiguration.read(&reading)
        let quarantine = QuarantineConfiguration.read(&reading)
        let source = reading.value("outcomes.source", expected: "a URI reference, like /protected-identity-worker") {
            text in
            text.isEmpty || text.contains(where: \.isWhitespace) ? nil : text
        }
        let tenants = TenantsConfiguration.read(&reading)
        let batch = BatchConfiguration.read(&reading)
        let interval = reading.duration("sweep.every", from: .seconds(1))
        let rate = reading.integer("sweep.rate", in: 1...1_000_000)
        let deletionsGroup = group(of: "deletions", beside: kafka, &reading)
        let auditLog = reading.auditLog()
        let notificationsGroup = group(of: "notifications", beside: kafka, &reading)
        let notifications = NotificationsConfiguration.read(&reading, group: notificationsGroup)
        let feeds = FeedsConfiguration.read(&reading)
        let timeout = reading.duration("shutdown.timeout", from: .milliseconds(100))
        let admin = AdminConfiguration.read(&reading)
        let log = LogConfiguration.read(&reading)
        guard reading.problems.isEmpty, let kafka, let topics, let store, let identity, let quarantine, let source,
            let batch, let interval, let rate, let deletionsGroup, let notifications, let feeds, let timeout, let admin,
            let log
        else { throw ConfigurationProblems(problems: reading.sortedProblems()) }
        return WorkerConfiguration(
            kafka: kafka, topics: topics, store: store, identity: identity, quarantine: quarantine,
            outcomesSource: source,
            tenants: tenants, batch: batch, sweepInterval: interval, sweepRate: rate,
            deletionsGroupId: deletionsGroup, auditLog: auditLog, notifications: notifications, feeds: feeds,
            shutdownTimeout: timeout,
            admin: admin, log: log,
            effective: reading.effective,
            warnings: reading.warnings)
    }

    /// The group of a worker downstream: members of one group share out topics among them, and not every one reads each.
    private static func group(
        of worker: String, beside kafka: KafkaConfiguration?, _ reading: inout ConfigurationReading
    ) -> String? {
        let key = "\(worker).groupId"
        let group = KafkaConfiguration.group(key, &reading)
        if let group, group == kafka?.groupId {
            reading.problem(key, "the group is kafka.groupId too", "Give each worker its own group")
        }
        return group
    }

    static func begin(_ sources: ConfigurationSources) -> ConfigurationReading {
        var reading = ConfigurationReading(sources: sources)
        if let file = sources.file { reading.problems(file.problems + UnknownNames.problems(in: file)) }
        for warning in UnknownNames.warnings(in: sources.environment) { reading.warning(warning) }
        return reading
    }
}
