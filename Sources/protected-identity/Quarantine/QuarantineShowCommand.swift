import ArgumentParser
import Logging
import Operations
import ProtectedIdentity

/// `protected-identity quarantine show`.
struct QuarantineShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Open one record that was set aside. It prints personal data.",
        discussion: """
            Each opening is written into the audit log (who, when, which coordinates, why) and is on the disk before anything \
            is opened; where that cannot be, nothing is. Where the quarantine holds coordinates alone, the original is \
            fetched from its topic as long as that retains it.
            """)

    @Argument(
        help: ArgumentHelp(
            "topic-partition@offset of the original, as `list` prints it, or of the record in the quarantine topic.",
            valueName: "coordinates"),
        transform: CoordinatesText.parse)
    var coordinates: RecordCoordinates

    @OptionGroup var key: PrivateKeyOption
    @OptionGroup var audit: AuditOptions

    @Option(
        name: [.customLong("why"), .customLong("reason")],
        help: ArgumentHelp("Why, for the audit log.", valueName: "text"))
    var why: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try AuditOptions.refuseNumber(in: why, "--why")
    }

    func run() async throws {
        let configuration = try options.topicTools()
        let logger = LogOutput(configuration.log).logger("protected-identity.quarantine")
        let call = BlockingCall { () throws(any Error) in try open(configuration, logger) }
        let record = ShownRecord(try await call.result())
        switch output.output {
        case .table: try StandardStreams.printResult(record.lines.joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(record)
        }
    }

    private func open(_ configuration: TopicToolsConfiguration, _ logger: Logger) throws -> OpenedRecord {
        // Whoever may not open is told before anything is read.
        let key = try key.privateKey.map(PrivateKeyFile.read)
        let trail = try audit.trail(configured: configuration.auditLog)
        let entry = audit.entry(.show, reason: why)
        let kafka = configuration.operations(logger)
        let topic = try QuarantineTopic(configuration.topics.quarantine, in: kafka)
        defer { topic.close() }
        do {
            return try topic.open(
                coordinates, with: key.map { SealedRecords(privateKey: $0, trail: trail, entry: entry) }, in: kafka,
                trail: trail, line: entry)
        } catch let reason as UnshownRecord {
            throw CommandFailure(reason, coordinates, in: topic.name)
        }
    }
}

extension CommandFailure {
    init(_ reason: UnshownRecord, _ coordinates: RecordCoordinates, in topic: String) {
        switch reason {
        case .unknown:
            self.init(
                .data,
                "\(coordinates): nothing in \(topic) bears these coordinates; `quarantine list` prints those that are there"
            )
        case .needsKey(let keyID):
            self.init(.usage, "\(coordinates): is sealed to the key \(keyID); give its private key with --private-key")
        case .unopened(.sealedToAnother(let keyID)):
            self.init(.data, "\(coordinates): was sealed to the key \(keyID), and the private key given is another")
        case .unopened(.damaged), .unopened(.notSealed):
            self.init(
                .data,
                "\(coordinates): cannot be opened: its bytes are not what was sealed at these coordinates. It was changed or "
                    + "moved; the original may stand in its topic still, from where `quarantine redrive` without --private-key "
                    + "takes it")
        case .notRetained:
            self.init(
                .data,
                "\(coordinates): the quarantine holds the coordinates alone, and its topic retains the record no longer, or holds "
                    + "another there; have the feed send it under a new ce_id, since under the old one it is a duplicate"
            )
        }
    }
}
