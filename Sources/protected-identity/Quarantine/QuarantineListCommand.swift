import ArgumentParser
import Logging
import Operations
import ProtectedIdentity

/// `protected-identity quarantine list`.
struct QuarantineListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what was set aside: coordinates, reasons, times; and count it by reason.",
        discussion: """
            It reads the quarantine topic to where it ended when the command began, in constant memory. A record's coordinates \
            are those of the original: `show` and `redrive` take them. With --output json a record is a line of its own, and \
            the counts are the last line.

            The tenant stands in the sealed record, and nowhere else: it is shown with --private-key, and each opening goes \
            into the audit log.
            """)

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var key: PrivateKeyOption
    @OptionGroup var audit: AuditOptions

    @Flag(name: .long, help: "Leave out what was put back.")
    var waiting = false

    @Flag(name: .long, help: "Print the counts alone.")
    var counts = false

    @Option(name: .long, help: ArgumentHelp("Why, for the audit log.", valueName: "text"))
    var why: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try AuditOptions.refuseNumber(in: why, "--why")
        if selection.tenant != nil, key.privateKey == nil {
            throw ValidationError("--tenant needs --private-key: whose event it is stands in the sealed record alone")
        }
    }

    func run() async throws {
        let configuration = try options.topicTools()
        let logger = LogOutput(configuration.log).logger("protected-identity.quarantine")
        let call = BlockingCall { () throws(any Error) in try list(configuration, logger) }
        try await call.result()
    }

    private func list(_ configuration: TopicToolsConfiguration, _ logger: Logger) throws {
        let sealed = try SealedRecords(
            key: key, audit: audit, configured: configuration.auditLog, action: .list, reason: why)
        let topic = try QuarantineTopic(configuration.topics.quarantine, in: configuration.operations(logger))
        defer { topic.close() }
        let listing = QuarantineListing(topic, selection.filter, isWaitingOnly: waiting, sealed: sealed)
        let isTable = output.output == .table
        if isTable, !counts { try StandardStreams.printResult(ListedRecord.heading) }
        let result = try listing.read { line in
            guard !counts else { return }
            let record = ListedRecord(line)
            try StandardStreams.printResult(isTable ? record.row : record.json())
        }
        guard isTable else { return try StandardStreams.printResult(ListedCounts(result).json()) }
        try StandardStreams.printResult(((counts ? [] : [""]) + result.lines).joined(separator: "\n"))
    }
}

extension SealedRecords {
    /// Opens what a command may open; nil where it has no key.
    init?(
        key: PrivateKeyOption, audit: AuditOptions, configured: String?, action: AuditEntry.Action, reason: String?
    ) throws(CommandFailure) {
        guard let path = key.privateKey else { return nil }
        self.init(
            privateKey: try PrivateKeyFile.read(path), trail: try audit.trail(configured: configured),
            entry: audit.entry(action, reason: reason))
    }
}
