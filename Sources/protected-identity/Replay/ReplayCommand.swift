import ArgumentParser
import BatchPipeline
import Logging
import Operations
import RegistryWorker

/// `protected-identity replay`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Read a range of the events topic again, beside the live group: what was missed is done now.",
        discussion: """
            Events go through the journal as any that come again: what was applied stays applied, what was missed is applied and \
            published. It has a group, offsets and a transactional id of its own and touches nothing of the live group. Workers on \
            PostgreSQL run on meanwhile; the embedded registry has one process at a time.

            Interrupted (SIGINT, SIGTERM, kill -9) it goes on where it stood when the same command is given again with --resume; \
            without it, it is refused. So it is while it runs elsewhere: with --resume the second takes over, and the first ends \
            with exit code 75. Exit code 65: the range is not what the topic retains; 75: interrupted, or begun already.

            After the registry was restored from a backup, --restored: the outcomes are decided once more, and were published \
            before; they are told as copies (`replay: true`).
            """)

    @OptionGroup var range: ReplayRangeOptions
    @OptionGroup var filter: ReplayFilterOptions

    @Flag(name: .long, help: "Publish stored outcomes again, with the same ce_id and `replay: true`; no commands.")
    var republish = false

    @Flag(
        name: .long,
        help:
            "The registry was restored from a backup: what is decided here was published before, and is told as a copy."
    )
    var restored = false

    @Flag(name: .long, help: "Count what would be done, and write nothing.")
    var dryRun = false

    @Option(name: .long, help: ArgumentHelp("Read so many records a second at most.", valueName: "records"))
    var rate: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A name for this replay: letters, digits and hyphens; by default it gets one.", valueName: "name"),
        transform: Self.name)
    var id: String?

    @Flag(name: .long, help: "Go on with what has begun under the same options, and begin nothing.")
    var resume = false

    @Flag(
        name: .long,
        help: "Instead: publish outcomes that are applied and stand unpublished for a group that nobody runs any more.")
    var owed = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --owed: of this group alone, also if it is the live one; it must have no members.", valueName: "group"
        ))
    var group: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let rate, rate < 1 { throw ValidationError("--rate takes a whole number from 1") }
        if owed {
            guard range.isEmpty, filter.isEmpty, !republish, id == nil, !resume, rate == nil else {
                throw ValidationError("--owed goes with --group, --restored and --dry-run alone")
            }
        } else {
            if group != nil { throw ValidationError("--group goes with --owed") }
            if dryRun, resume { throw ValidationError("--dry-run and --resume exclude each other") }
            if republish, restored { throw ValidationError("--republish and --restored exclude each other") }
            _ = try range.range()
        }
    }

    func run() async throws {
        let assembly = try options.assembly()
        let log = LogOutput(assembly.configuration.log)
        log.bootstrap()
        let logger = log.logger("protected-identity.replay")
        for warning in assembly.configuration.warnings { logger.warning("\(warning)") }
        let filter = try filter.filter(assembly.keyring)
        let events = owed ? [] : [assembly.configuration.topics.events]
        let written = dryRun ? [] : assembly.outgoingTopics.all
        try await BrokerPreflight(assembly: assembly, topics: events + written, logger: logger).run()
        let store = try await assembly.configuration.store.open(logger)
        defer { store.close() }
        for warning in store.warnings { logger.warning("\(warning)") }
        var work = assembly.workSettings(of: assembly.configuration.kafka.groupId)
        work.marksCopies = restored
        let surroundings = Replay.Surroundings(
            store: store.store, kafka: assembly.operations(logger),
            liveGroups: [
                assembly.configuration.kafka.groupId, assembly.configuration.deletionsGroupId,
                assembly.configuration.notifications.groupId,
            ], eventsTopic: assembly.configuration.topics.events,
            work: work, pipeline: assembly.pipelineSettings, clock: WallClock.now)
        if owed { return try await publishOwed(surroundings) }
        var request = ReplayRequest(range: try range.range(), rangeAsSaid: range.asSaid, filter: filter)
        (request.isRepublishing, request.isRestoring) = (republish, restored)
        (request.recordsPerSecond, request.id, request.isResuming) = (rate, id, resume)
        if dryRun { return try await rehearse(request, surroundings, logger) }
        try await replay(request, surroundings, logger)
    }

    private func replay(_ request: ReplayRequest, _ surroundings: Replay.Surroundings, _ logger: Logger) async throws {
        let progress = ReplayProgress(logger)
        let observer = WorkerLog(group: "replay", logger: logger)
        let call = BlockingCall { () throws(any Error) in
            try Replay(request, in: surroundings, observer: observer, progress: { progress.show($0, of: $1) })
        }
        let replay = try await call.result()
        logger.notice(
            replay.isResumed ? "going on with a replay" : "replaying",
            metadata: [
                "replay": "\(replay.id)", "doneBefore": "\(replay.doneBefore)",
                "ranges": .array(
                    replay.ranges.sorted { $0.key < $1.key }.map {
                        "\($0.key) from \($0.value.lowerBound) to \($0.value.upperBound)"
                    }),
            ])
        let signals = StopSignals { replay.stop() }
        defer { signals.cancel() }
        let end: Replay.End
        do {
            end = try await replay.run()
        } catch let failure as SessionFailure {
            progress.finish()
            throw CommandFailure(replay: failure)
        }
        progress.finish()
        try show(end.report)
        switch end {
        case .finished(let report):
            guard !report.missed.isEmpty else { return }
            throw CommandFailure(.data, "replay \(replay.id): records expired before they were read; see its report")
        case .interrupted:
            throw CommandFailure(
                .temporary, "replay \(replay.id): interrupted; the same command with --resume goes on where it stood")
        case .storeSetBack:
            throw CommandFailure(
                .temporary,
                "replay \(replay.id): the registry was set back to an older copy meanwhile; the same command begins anew"
            )
        case .finishedElsewhere:
            throw CommandFailure(
                .temporary, "replay \(replay.id): another process has taken over, and brought it to its end")
        }
    }

    private func rehearse(
        _ request: ReplayRequest, _ surroundings: Replay.Surroundings, _ logger: Logger
    ) async throws {
        let (stop, progress) = (StopFlag(), ReplayProgress(logger))
        let signals = StopSignals { stop.stop() }
        defer { signals.cancel() }
        let rehearsal = ReplayRehearsal(
            request, in: surroundings, progress: { progress.show($0, of: $1) }, isStopped: { stop.isStopped })
        let call = BlockingCall { () throws(any Error) in try rehearsal.run() }
        defer { progress.finish() }
        let report = try await call.result()
        progress.finish()
        try show(report)
    }

    private func show(_ report: ReplayReport) throws {
        switch output.output {
        case .table: try StandardStreams.printResult(report.lines.joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(ReplayResult(report))
        }
    }

    private func publishOwed(_ surroundings: Replay.Surroundings) async throws {
        let (group, dryRun) = (group, dryRun)
        let call = BlockingCall { () throws(any Error) in
            try OwedReplay(of: group, in: surroundings, isDry: dryRun).run()
        }
        let report = try await call.result()
        switch output.output {
        case .table: try StandardStreams.printResult(report.lines.joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(OwedResult(report))
        }
        if let group, report.left[group] != nil {
            throw CommandFailure(
                .temporary, "group \(group) has members: they publish what stands. Stop them first, if they do not")
        }
    }

    private static func name(_ text: String) throws -> String {
        let isName = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard isName, !text.isEmpty, text.count <= 40 else {
            throw ValidationError("a name has 1 to 40 letters, digits and hyphens")
        }
        return text
    }
}

extension CommandFailure {
    fileprivate init(replay failure: SessionFailure) {
        switch failure {
        case .fenced:
            self.init(
                .temporary,
                "another process has taken over: it goes on with the same replay, or publishes what it owes; this one ends"
            )
        case .store(let reason): self.init(.unavailable, reason)
        default: self.init(.unavailable, "\(failure)")
        }
    }
}
