import KafkaClient

extension Assembly {
    /// After how long without a heartbeat the group gives this worker's partitions to another, unless
    /// `kafka.properties.session.timeout.ms` says otherwise. librdkafka's 45 s would leave people exposed for as long.
    static let sessionTimeout = Duration.seconds(10)

    /// How many KiB of records a process holds ahead, about: two seconds of the fastest worker's work.
    private static let prefetchedKibibytes = 16_384

    /// A consumer in a group. Members in one process share what it holds ahead.
    func consumer(of group: String) -> ConsumerConfiguration {
        let kafka = configuration.kafka
        // Given as our own value the heartbeat follows from it: 3 s, or a third of a shorter session.
        let given = properties.values["session.timeout.ms"].flatMap { Int($0) }.map { Duration.milliseconds($0) }
        return ConsumerConfiguration(
            bootstrapServers: kafka.bootstrapServers, groupID: group, instanceID: instance.groupInstanceID,
            assignment: kafka.assignment.asClientHasIt, properties: properties,
            sessionTimeout: given ?? Self.sessionTimeout,
            prefetchedKibibytes: Self.prefetchedKibibytes / kafka.members)
    }

    /// The producer of what a part of the process writes.
    func producer(of duty: WorkerDuty) -> ProducerConfiguration {
        ProducerConfiguration(
            bootstrapServers: configuration.kafka.bootstrapServers, transactionalID: instance.transactionalID(of: duty),
            properties: properties)
    }
}

extension KafkaConfiguration.Assignment {
    fileprivate var asClientHasIt: ConsumerConfiguration.Assignment {
        switch self {
        case .cooperativeSticky: .cooperativeSticky
        case .range: .range
        }
    }
}

/// Who a process is, to the group and to the coordinator of its transactions.
struct WorkerInstance: Sendable, Equatable {
    /// `group.instance.id`: set, the member is a static one (KIP-345) and keeps its partitions over a restart.
    let groupInstanceID: String?
    /// `transactional.id`: whoever comes with the same one fences this process.
    private let transactionalID: String

    private init(groupInstanceID: String?, transactionalID: String) {
        self.groupInstanceID = groupInstanceID
        self.transactionalID = transactionalID
    }

    /// Who the process is as one of several members of a group, counted from 1; as the first it is itself.
    func asMember(_ number: Int) -> WorkerInstance {
        guard number > 1 else { return self }
        return WorkerInstance(
            groupInstanceID: groupInstanceID.map { "\($0)-\(number)" }, transactionalID: "\(transactionalID)-\(number)")
    }

    /// From `kafka.instanceId`; without one a member that nobody has met before.
    init(instanceID: String?) {
        groupInstanceID = instanceID
        transactionalID = "protected-identity-" + (instanceID ?? String(UInt64.random(in: .min ... .max), radix: 36))
    }

    /// Each part of the process has a producer of its own.
    func transactionalID(of duty: WorkerDuty) -> String {
        duty == .redaction ? transactionalID : "\(transactionalID)-\(duty.rawValue)"
    }
}
