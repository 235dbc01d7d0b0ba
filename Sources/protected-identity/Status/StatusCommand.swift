import ArgumentParser
import ContactStore
import Logging
import Operations
import ProtectedIdentity

/// `protected-identity status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tell where one stands: lag, members, what waits, what is due, what is owed.",
        discussion: """
            It joins no group, moves no offset and changes nothing; it may run beside workers. Lag counts up to the last \
            stable offset, where a read_committed reader ends. With --max-lag or --max-age it ends with 1 where more waits, \
            for monitoring; and with 1 wherever a group is beyond records that the registry knows nothing of.
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("End with 1 where the group is behind by more offsets than this.", valueName: "offsets"))
    var maxLag: Int64?

    @Option(
        name: .long,
        help: ArgumentHelp("End with 1 where an event has waited for longer.", valueName: "duration"),
        transform: { try DurationText.argument($0) })
    var maxAge: Duration?

    @Flag(name: .long, help: "Do not count the quarantine: the whole topic is read for that.")
    var skipQuarantine = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let maxLag, maxLag < 0 { throw ValidationError("--max-lag takes a whole number from 0") }
    }

    func run() async throws {
        let assembly = try options.assembly()
        let logger = LogOutput(assembly.configuration.log).logger("protected-identity.status")
        let call = BlockingCall { () throws(any Error) in try read(assembly, logger) }
        let status = try await call.result()
        switch output.output {
        case .table: try StandardStreams.printResult(status.lines.joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(status)
        }
        let isBehind = maxLag.map { status.lag > $0 } ?? false
        let isOld = maxAge.map { status.oldestWaitingSeconds ?? 0 > $0 / .seconds(1) } ?? false
        if isBehind || isOld || !status.missing.isEmpty { throw ArgumentParser.ExitCode(ExitCode.exceeded.rawValue) }
    }

    private func read(_ assembly: Assembly, _ logger: Logger) throws -> ShownStatus {
        let topics = assembly.configuration.topics
        let kafka = assembly.operations(logger)
        let registry = try assembly.configuration.store.inspection()
        let now = WallClock.now()
        let backlog = try registry.backlog(at: now)
        let group = try GroupStatus(of: topics.events, in: kafka)
        var counts: QuarantineCounts?
        if !skipQuarantine {
            let topic = try QuarantineTopic(topics.quarantine, in: kafka)
            defer { topic.close() }
            counts = try QuarantineListing(topic, QuarantineFilter(), isWaitingOnly: false, sealed: nil).read { _ in
            }
        }
        return ShownStatus(group: group, name: kafka.group, quarantine: counts, backlog: backlog, now: now)
    }
}
