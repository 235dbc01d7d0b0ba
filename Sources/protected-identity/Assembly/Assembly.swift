import BatchPipeline
import KafkaClient
import NotificationWorker
import ProtectedIdentity
import RegistryWorker

/// The parts that a worker is put together from, made of its configuration: what `run`, `demo` and `check` share.
struct Assembly: Sendable {
    /// What they are made of.
    let configuration: WorkerConfiguration
    /// The keys under which persons are remembered.
    let keyring: DigestKeyring
    /// What quarantined records are sealed with; nil where only their coordinates are written.
    let seal: QuarantineSeal?
    /// What each tenant does with cleared contacts.
    let policies: TenantPolicies
    /// What is written to people; nil where nobody is told.
    let templates: NoticeTemplates?
    /// librdkafka's properties, each of them known to librdkafka.
    let properties: KafkaClient.KafkaProperties
    /// Who this process is in its group.
    private(set) var instance: WorkerInstance
    /// Which of the members that the process is in its group, counted from 1.
    private(set) var member = 1

    /// Reads the file, if one is named, and the environment, which wins.
    ///
    /// - Throws: everything that is wrong, of the configuration's form and of what its values mean, at once.
    static func load(file: String?, environment: [String: String]) throws(ConfigurationProblems) -> Assembly {
        try load(ConfigurationSources(file: file.map { ConfigurationFile(path: $0) }, environment: environment))
    }

    /// Reads from sources that are there already.
    static func load(_ sources: ConfigurationSources) throws(ConfigurationProblems) -> Assembly {
        var parsing = AssemblyParsing(sources: sources)
        let configuration = parsing.configuration()
        // Each part is read from the sources, so that its problems are found beside those of other sections.
        let properties = parsing.properties(of: configuration?.kafka)
        let seal = parsing.seal()
        let keyring = parsing.keyring(configuration)
        let templates = parsing.templates(configuration)
        guard let configuration, let keyring, let properties, parsing.problems.isEmpty else {
            throw parsing.allProblems()
        }
        return Assembly(
            configuration: configuration, keyring: keyring, seal: seal, policies: configuration.tenants.policies,
            templates: templates, properties: properties,
            instance: WorkerInstance(instanceID: configuration.kafka.instanceId))
    }

    /// The same for one of the members that the process is in a group, counted from 1.
    func asMember(_ number: Int) -> Assembly {
        var assembly = self
        assembly.instance = instance.asMember(number)
        assembly.member = number
        return assembly
    }

    /// The topics that the worker writes.
    var outgoingTopics: OutgoingTopics {
        let topics = configuration.topics
        return OutgoingTopics(
            outcomes: topics.outcomes, notifications: topics.notifications, deletions: topics.deletions,
            quarantine: topics.quarantine)
    }

    /// What a worker in a group needs to know.
    func workSettings(of group: String) -> RegistryWorkSettings {
        RegistryWorkSettings(
            group: group, topics: outgoingTopics, source: configuration.outcomesSource,
            policies: policies, keyring: keyring, seal: seal)
    }

    /// How the pipeline paces itself.
    var pipelineSettings: PipelineSettings {
        var settings = PipelineSettings()
        settings.maximumRecords = configuration.batch.maxRecords
        settings.minimumInterval = configuration.batch.maxDelay
        settings.stopPatience = configuration.shutdownTimeout
        settings.seed = .random(in: .min ... .max)
        return settings
    }
}
