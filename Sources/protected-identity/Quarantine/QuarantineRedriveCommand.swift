import ArgumentParser
import Logging
import Operations
import ProtectedIdentity
import Synchronization

/// `protected-identity quarantine redrive`.
struct QuarantineRedriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Put what was set aside back into its topic, once what was wrong is mended.",
        discussion: """
            A record goes back into the topic that it was read from: that of events, notifications or deletions. It keeps its \
            identity, key, headers and bytes, and comes behind those of its partition that stood before it; a header counts \
            how often it was put back. Each copy and the mark that says so are one Kafka transaction: a \
            redrive may die anywhere, and the next one, of this or any other selection, skips what was put back. A second \
            redrive at the same time ends the first.

            With --private-key the sealed originals are opened (the audit log has each), without it they are taken from their \
            topic as long as that retains them. Exit code 65: some of what was selected stays in the quarantine, or nothing bears \
            coordinates that were given; 75: stopped by a signal, run it again to go on.
            """)

    @Argument(
        help: ArgumentHelp(
            "These records alone: topic-partition@offset of originals, or of records in the quarantine topic.",
            valueName: "coordinates"),
        transform: CoordinatesText.parse)
    var coordinates: [RecordCoordinates] = []

    @Flag(name: .long, help: "Everything that waits; where nothing else says which records are meant.")
    var all = false

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var key: PrivateKeyOption
    @OptionGroup var audit: AuditOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Leave alone what was put back so often already.", valueName: "count"))
    var maxRedrives = 3

    @Flag(
        name: .long,
        help: "Count what would be put back, and put nothing back; --tenant opens records for it all the same.")
    var dryRun = false

    @Option(name: .long, help: ArgumentHelp("Why, for the audit log.", valueName: "text"))
    var why: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try AuditOptions.refuseNumber(in: why, "--why")
        let says = !coordinates.isEmpty || !selection.isEmpty
        if !says, !all { throw ValidationError("say which records are meant: coordinates, a filter, or --all") }
        if says, all { throw ValidationError("--all and a selection exclude each other") }
        if maxRedrives < 1 { throw ValidationError("--max-redrives takes a whole number from 1") }
        if selection.tenant != nil, key.privateKey == nil {
            throw ValidationError("--tenant needs --private-key: whose event it is stands in the sealed record alone")
        }
    }

    func run() async throws {
        let configuration = try options.topicTools()
        let logger = LogOutput(configuration.log).logger("protected-identity.quarantine")
        let stop = StopFlag()
        let signals = StopSignals { stop.stop() }
        defer { signals.cancel() }
        let call = BlockingCall { () throws(any Error) in try redrive(configuration, stop, logger) }
        let report = try await call.result()
        switch output.output {
        case .table: try StandardStreams.printResult(report.lines.joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(RedriveResult(report))
        }
        if report.isStopped {
            throw CommandFailure(.temporary, "redrive: stopped before its end; run it again to go on")
        }
        if !report.left.isEmpty || !report.unknown.isEmpty { throw ArgumentParser.ExitCode(ExitCode.data.rawValue) }
    }

    private func redrive(
        _ configuration: TopicToolsConfiguration, _ stop: StopFlag, _ logger: Logger
    ) throws -> RedriveReport {
        let sealed = try SealedRecords(
            key: key, audit: audit, configured: configuration.auditLog, action: .redrive, reason: why)
        let kafka = configuration.operations(logger)
        let topic = try QuarantineTopic(configuration.topics.quarantine, in: kafka)
        defer { topic.close() }
        var filter = selection.filter
        filter.coordinates = Set(coordinates)
        var settings = Redrive.Settings(topics: configuration.topics.incoming)
        settings.maximumRedrives = maxRedrives
        settings.isDry = dryRun
        let progress = Mutex<ProgressLine?>(nil)
        let redrive = Redrive(
            filter, of: topic, in: kafka, settings: settings, sealed: sealed, clock: WallClock.now,
            progress: { done, total in
                progress.withLock { line in
                    if line == nil { line = ProgressLine("records", total: total) }
                    line?.show(done)
                    if done >= total { line?.finish() }
                }
            }, isStopped: { stop.isStopped })
        return try redrive.run()
    }
}
