import ArgumentParser
import Logging
import Operations
import RegistryWorker

/// `protected-identity sweep`: what is due, what is owed, what is old.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Redact what came back, ask for the deletions that are due, forget what is old: once, or --every.",
        discussion: """
            It runs beside workers and other sweeps on PostgreSQL. The embedded registry has one process at a time: there \
            `run --with sweep` does the same within the worker. Killed at any moment it loses nothing; the next sweep goes on.
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("Sweep again and again, so long after each other, until stopped.", valueName: "duration"),
        transform: { try DurationText.argument($0, atLeast: .seconds(1)) })
    var every: Duration?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Run this part alone: \(Self.parts). May be given more than once.", valueName: "part"),
        transform: Self.part)
    var only: [SweepPart] = []

    @Flag(name: .long, help: "Count what would be done, and do nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Reconcile every contact, and not only those that were changed since the last time.")
    var full = false

    @Option(
        name: .long,
        help: ArgumentHelp("Reconcile so many contacts a second at most, not sweep.rate.", valueName: "contacts"))
    var rate: Int?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if dryRun, every != nil { throw ValidationError("--dry-run and --every exclude each other") }
        if let rate, rate < 1 { throw ValidationError("--rate takes a whole number from 1") }
    }

    func run() async throws {
        let assembly = try options.assembly()
        let output = LogOutput(assembly.configuration.log)
        output.bootstrap()
        let logger = output.logger("protected-identity.sweep")
        for warning in assembly.configuration.warnings { logger.warning("\(warning)") }

        let parts = only.isEmpty ? Set(SweepPart.allCases) : Set(only)
        if !dryRun, parts != [.purge] {
            let outgoing = assembly.outgoingTopics
            let topics = [outgoing.deletions, outgoing.notifications, outgoing.outcomes]
            try await BrokerPreflight(assembly: assembly, topics: topics, logger: logger).run()
        }
        let store = try await assembly.configuration.store.open(logger)
        defer { store.close() }
        for warning in store.warnings { logger.warning("\(warning)") }
        let stop = StopFlag()
        let signals = StopSignals { stop.stop() }
        defer { signals.cancel() }

        let options = options
        let sweeper = Sweeper(
            store: store.store, load: { try options.assembly() }, parts: parts, looksAtAll: full, rate: rate,
            stop: stop, logger: logger)
        if let every {
            try await BlockingCall { () throws(CommandFailure) in sweeper.repeatedly(every: every) }.result()
            return
        }
        let (isDry, progress) = (dryRun, SweepProgress())
        let call = BlockingCall { () throws(CommandFailure) in try sweeper.once(isDry: isDry, observer: progress) }
        let report: SweepReport
        do {
            report = try await call.result()
        } catch {
            progress.finish()
            throw error
        }
        progress.finish()
        switch self.output.output {
        case .table: try StandardStreams.printResult(report.lines.joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(SweepResult(report))
        }
    }

    private static let parts = SweepPart.allCases.map(\.rawValue).joined(separator: ", ")

    private static func part(_ text: String) throws -> SweepPart {
        guard let part = SweepPart(rawValue: text) else { throw ValidationError("write one of: \(parts)") }
        return part
    }
}
