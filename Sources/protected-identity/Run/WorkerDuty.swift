import AdminServer
import ArgumentParser
import BatchPipeline
import DeletionWorker
import Logging
import NotificationWorker
import RedactionWorker
import RegistryWorker

/// What a process of this program can do until it is stopped, alone or beside others: one is added here.
enum WorkerDuty: String, CaseIterable, Sendable {
    /// Events in, contacts cleared, outcomes out.
    case redaction
    /// `sweep`, again and again.
    case sweep
    /// Requests in, contacts deleted, outcomes out.
    case deletions
    /// Commands in, people told, outcomes out.
    case notifications

    /// What `run` can do besides.
    static let extras = allCases.filter { $0 != .redaction }

    /// The topic that it reads; nil where it reads none.
    func incoming(_ assembly: Assembly) -> String? {
        switch self {
        case .redaction: assembly.configuration.topics.events
        case .sweep: nil
        case .deletions: assembly.configuration.topics.deletions
        case .notifications: assembly.configuration.topics.notifications
        }
    }

    /// The topics that it writes.
    func outgoing(_ assembly: Assembly) -> [String] {
        let topics = assembly.outgoingTopics
        return switch self {
        case .redaction: topics.all
        case .sweep: [topics.deletions, topics.notifications, topics.outcomes]
        case .deletions, .notifications: [topics.outcomes, topics.quarantine]
        }
    }

    /// The topics that it needs.
    func topics(_ assembly: Assembly) -> [String] {
        [incoming(assembly)].compactMap { $0 } + outgoing(assembly)
    }

    /// How many members of its group do it in one process.
    func members(_ assembly: Assembly) -> Int {
        self == .redaction ? assembly.configuration.kafka.members : 1
    }

    /// Whether it deletes contacts, so that the registry has to allow it.
    var deletes: Bool { self == .deletions }

    /// The part of a process that does it.
    ///
    /// - Parameters:
    ///   - store: the part's own.
    ///   - watch: is told what happens; nil where nobody asks.
    /// - Throws: that the configuration lacks what it needs.
    func part(
        _ assembly: Assembly, _ options: ConfigurationOptions, store: OpenStore, output: LogOutput, watch: ProcessWatch?
    ) throws(ConfigurationProblems) -> any WorkerPart {
        let configuration = assembly.configuration
        switch self {
        case .redaction:
            return pipeline(assembly, of: configuration.kafka.groupId, output, watch) {
                RedactionWork(store: store.store, settings: $0, observer: $1, clock: { WallClock.now() })
            }
        case .deletions:
            return pipeline(assembly, of: configuration.deletionsGroupId, output, watch) {
                DeletionWork(
                    store: store.store, settings: $0, observer: $1, policies: { try options.assembly().policies },
                    clock: { WallClock.now() })
            }
        case .notifications:
            let parts = try assembly.noticeParts()
            let group = configuration.notifications.groupId
            let log = WorkerLog(
                group: group, logger: output.logger(label), trouble: "notices cannot go out", readsEvents: false)
            let watched = watch.listening(to: log, of: self, member: assembly.member)
            let work = NotificationWork(
                store: store.store, templates: parts.templates, transport: parts.transport,
                notifications: assembly.notificationSettings, settings: assembly.workSettings(of: group),
                observer: watched,
                policies: { try options.assembly().policies }, logger: log.logger, clock: { WallClock.now() })
            return NotifyingPart(
                pipeline: pipeline(assembly, of: group, output, watched, work), work: work, transport: parts.transport)
        case .sweep:
            return SweepingPart(
                store, every: configuration.sweepInterval, endingWithin: configuration.shutdownTimeout,
                load: { try options.assembly() }, logger: output.logger(label))
        }
    }

    /// A pipeline in a group.
    private func pipeline<Work: RegistryWork>(
        _ assembly: Assembly, of group: String, _ output: LogOutput, _ watch: ProcessWatch?,
        _ work: (RegistryWorkSettings, any DecisionObserver) -> Work
    ) -> any WorkerPart {
        let log = WorkerLog(group: group, logger: output.logger(label), readsEvents: self == .redaction)
        let watched = watch.listening(to: log, of: self, member: assembly.member)
        return pipeline(assembly, of: group, output, watched, work(assembly.workSettings(of: group), watched))
    }

    private func pipeline<Work: RegistryWork>(
        _ assembly: Assembly, of group: String, _ output: LogOutput, _ observer: any PipelineObserver, _ work: Work
    ) -> PipelinePart<Work> {
        var settings = assembly.pipelineSettings
        if let mostRecords { settings.maximumRecords = min(settings.maximumRecords, mostRecords) }
        let driver = PipelineDriver(
            work: work, topics: [incoming(assembly)].compactMap { $0 }, outgoing: outgoing(assembly),
            consumer: assembly.consumer(of: group), producer: assembly.producer(of: self), settings: settings,
            observer: observer, logger: output.logger("protected-identity.kafka"))
        return PipelinePart(driver: driver)
    }

    /// Records in a batch at most, where it is not for the configuration to say: what goes out one by one takes its time, and
    /// its outcomes are not to wait for many others.
    private var mostRecords: Int? { self == .notifications ? 100 : nil }

    /// As what its lines stand in the log.
    private var label: String {
        self == .redaction ? "protected-identity.run" : "protected-identity.\(rawValue)"
    }
}

/// The value of `--with`: names, separated by commas.
struct WorkerExtras: ExpressibleByArgument, Equatable {
    let duties: [WorkerDuty]

    /// The names that there are.
    static let names = WorkerDuty.extras.map(\.rawValue).joined(separator: ",")

    init(_ duties: [WorkerDuty] = []) {
        self.duties = duties
    }

    init?(argument: String) {
        var duties: [WorkerDuty] = []
        for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let duty = WorkerDuty(rawValue: String(name)), WorkerDuty.extras.contains(duty) else { return nil }
            if !duties.contains(duty) { duties.append(duty) }
        }
        self.duties = duties
    }
}
