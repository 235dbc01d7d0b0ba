import ArgumentParser
import Foundation
import Logging
import Operations
import ProtectedIdentity

/// `protected-identity protect`.
struct ProtectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protect", abstract: "Say of one person that their identity is protected, as a feed would.",
        discussion: OperatorEventOptions.discussion)

    @OptionGroup var event: OperatorEventOptions
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await event.publish(.protected, options, output.output)
    }
}

/// `protected-identity lift`.
struct LiftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lift", abstract: "Say of one person that their identity is not protected, as a feed would.",
        discussion: """
            It takes the place of the earlier word of the same --registry, and of no other: without one, of what `protect` has \
            said without one. As long as another register says that the person is protected, they are; the word of a feed that \
            names no register can be taken back by that feed alone. What was cleared is never restored.

            \(OperatorEventOptions.discussion)
            """)

    @OptionGroup var event: OperatorEventOptions
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await event.publish(.notProtected, options, output.output)
    }
}

/// Whom an operator speaks of, for whom, and why.
struct OperatorEventOptions: ParsableArguments {
    static let discussion = """
        The person's number is read from standard input, never from an argument, which every user of the machine can see; with \
        --contact none is read. Who says it and why goes into the audit log, with a keyed digest of the number, before the \
        event is published.
        """

    @Option(name: .long, help: "Whose contact registry.", transform: Self.tenant)
    var tenant: TenantName

    @Option(
        name: .long, help: ArgumentHelp("Whose number it is: SE or DK.", valueName: "country"), transform: Self.country)
    var country: Country

    @Option(
        name: .long,
        help: ArgumentHelp("The contact's id in the registry, instead of a number.", valueName: "id"),
        transform: Self.contact)
    var contact: ContactID?

    @Option(
        name: .long,
        help: ArgumentHelp("For which register it stands, like SPAR or CPR; by default the operators' own."),
        transform: Self.registry)
    var registry = OperatorEvent.ownRegister

    @Option(
        name: [.customLong("reason"), .customLong("why")],
        help: ArgumentHelp("Why, for the audit log. Write no number.", valueName: "text"))
    var reason: String

    @Flag(name: .long, help: "Wait for what becomes of it, and print that.")
    var wait = false

    @Option(
        name: .long, help: ArgumentHelp("For how long --wait waits.", valueName: "duration"),
        transform: { try DurationText.argument($0, atLeast: .milliseconds(1)) })
    var timeout = Duration.seconds(60)

    @OptionGroup var audit: AuditOptions

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason has to say why") }
        try AuditOptions.refuseNumber(in: reason, "--reason")
        try AuditOptions.refuseNumber(in: registry, "--registry")
    }

    /// Publishes the event and prints its id, and what became of it where that is asked for.
    func publish(_ status: ProtectionStatus, _ options: ConfigurationOptions, _ format: OutputFormat) async throws {
        let assembly = try options.assembly()
        let logger = LogOutput(assembly.configuration.log).logger("protected-identity.operator")
        let trail = try audit.trail(configured: assembly.configuration.auditLog)
        let number = contact == nil ? try number(assembly) : nil
        let (event, entry) = try event(status, number: number, assembly)
        let call = BlockingCall { () throws(any Error) in try send(event, entry, trail, assembly, logger) }
        let result = OperatorEventResult(event: event, outcome: try await call.result())
        switch format {
        case .table: try StandardStreams.printResult(result.lines.joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(result)
        }
        guard wait else { return }
        guard let outcome = result.watched else {
            throw CommandFailure(
                .temporary,
                "event \(event.id): nothing has become of it within \(DurationText.describe(timeout)); it is published. `explain "
                    + "--event-id` tells later, `status` whether workers are behind")
        }
        if case .quarantined = outcome { throw ArgumentParser.ExitCode(ExitCode.data.rawValue) }
    }

    private func send(
        _ event: OperatorEvent, _ entry: AuditEntry, _ trail: AuditLog, _ assembly: Assembly, _ logger: Logger
    ) throws -> WatchedOutcome? {
        let topics = assembly.configuration.topics
        let kafka = assembly.operations(logger)
        _ = try kafka.partitions(of: topics.events)
        let watch =
            wait
            ? try OutcomeWatch(
                kafka, events: topics.events, outcomes: topics.outcomes, quarantine: topics.quarantine) : nil
        defer { watch?.close() }
        try trail.record([entry])
        do {
            try OperatorPublisher(kafka, topic: topics.events).publish(event)
        } catch let failure as PublishFailure {
            throw CommandFailure(
                .unavailable, "\(failure). Run it again: the same word said twice changes nothing")
        }
        return try watch?.outcome(of: event, within: timeout)
    }

    private func number(_ assembly: Assembly) throws(CommandFailure) -> DigestedNumber {
        let written = try NumberInput.read()
        do throws(NumberError) {
            let number = try PersonalIdentityNumber.parse(
                written.reveal(), country: country, today: WallClock.now().date)
            return DigestedNumber(number, tenant: tenant, keyring: assembly.keyring)
        } catch {
            let problem =
                switch error {
                case .malformed: "is no personal identity number of \(country.rawValue) in any written form"
                case .unsupported: "is a number of a kind that stands in no population register"
                }
            throw CommandFailure(
                .data, "standard input: what was read \(problem); correct it, or name the contact with --contact")
        }
    }

    private func event(
        _ status: ProtectionStatus, number: DigestedNumber?, _ assembly: Assembly
    ) throws(CommandFailure) -> (OperatorEvent, AuditEntry) {
        let now = WallClock.now()
        // What reads as anybody's number was refused before; of the person's own, less gives it away.
        let own = NumberTraces(numbers: number.map { [$0.number] } ?? [])
        guard ![reason, registry, audit.person.name].contains(where: own.areIn) else {
            throw CommandFailure(
                .usage,
                "--reason, --registry and --operator are written down in clear and must not hold the number; nothing was done"
            )
        }
        let traces = number == nil ? NumberTraces(suspectingAnyNumberOn: now.date) : own
        let event = OperatorEvent(
            id: UUID().uuidString.lowercased(), status: status, tenant: tenant, country: CountryCode(country),
            registry: registry, observedAt: now, number: number, contactID: contact)
        guard let event else { throw CommandFailure(.usage, "name a contact, or write a number to standard input") }
        var entry = audit.entry(status == .protected ? .protect : .lift, reason: reason)()
        entry.eventId = event.id
        entry.tenant = tenant.rawValue
        entry.contactId = contact.map {
            Pseudonymiser(keyring: assembly.keyring).published($0, traces: traces).rawValue
        }
        entry.numberDigest = number?.digests.first?.text
        return (event, entry)
    }

    static func tenant(_ text: String) throws -> TenantName {
        guard let tenant = TenantName(rawValue: text) else {
            throw ValidationError("a tenant is small letters, digits and hyphens, at most 64")
        }
        return tenant
    }

    static func country(_ text: String) throws -> Country {
        guard let country = CountryCode(rawValue: text)?.served else { throw ValidationError("write SE or DK") }
        return country
    }

    private static func contact(_ text: String) throws -> ContactID {
        guard let contact = ContactID(rawValue: text) else { throw ValidationError("an id has 1 to 128 characters") }
        return contact
    }

    static func registry(_ text: String) throws -> String {
        guard !text.isEmpty, text.utf8.count <= 128 else {
            throw ValidationError("a register's name has 1 to 128 bytes")
        }
        return text
    }
}

extension Assembly {
    /// The way to the cluster for operations.
    func operations(_ logger: Logger) -> OperationsKafka {
        OperationsKafka(
            bootstrapServers: configuration.kafka.bootstrapServers, group: configuration.kafka.groupId,
            properties: properties, logger: logger)
    }
}
