import ArgumentParser
import ContactStore
import Operations
import PostgresContactStore
import ProtectedIdentity

/// `protected-identity explain`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell what became of an event, or what is known of a contact; no personal data.",
        discussion: """
            An event is known for as long as the journal keeps it (store.journalRetention), by its source and id together: the \
            journal holds a digest of both, and nothing finds an event by its id alone. It changes nothing, and may run \
            beside workers.
            """)

    @Option(name: .long, help: ArgumentHelp("The event's id.", valueName: "id"))
    var eventId: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The event's source; by default that of `protect` and `lift`.", valueName: "source"))
    var source = OperatorEvent.source

    @Option(name: .long, help: ArgumentHelp("The contact's id.", valueName: "id"))
    var contact: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Whose contact; needed unless the configuration knows one tenant alone.", valueName: "tenant"))
    var tenant: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (eventId == nil) != (contact == nil) else {
            throw ValidationError("name an event with --event-id, or a contact with --contact")
        }
        if let eventId, EventIdentity(source: source, id: eventId) == nil {
            throw ValidationError("id and source have 1 to 1024 bytes and no control characters")
        }
        if let contact, ContactID(rawValue: contact) == nil { throw ValidationError("an id has 1 to 128 characters") }
        if let tenant, TenantName(rawValue: tenant) == nil {
            throw ValidationError("a tenant is small letters, digits and hyphens, at most 64")
        }
    }

    func run() async throws {
        let assembly = try options.assembly()
        if let id = eventId, let identity = EventIdentity(source: source, id: id) {
            let call = BlockingCall { () throws(any Error) in
                try assembly.configuration.store.inspection().journalRow(assembly.keyring.eventKeys(of: identity))
            }
            try show(ExplainedEvent(try await call.result(), ceSource: assembly.configuration.outcomesSource))
        } else if let contact, let id = ContactID(rawValue: contact) {
            let key = ContactKey(tenant: try tenant(in: assembly), id: id)
            let reconciliation = Reconciliation(
                decidedAt: WallClock.now(), policies: assembly.policies, keyring: assembly.keyring)
            let call = BlockingCall { () throws(any Error) in
                try assembly.configuration.store.inspection().standing(of: key, reconciliation)
            }
            try show(ExplainedContact(try await call.result()))
        }
    }

    private func tenant(in assembly: Assembly) throws(CommandFailure) -> TenantName {
        if let named = tenant.flatMap(TenantName.init(rawValue:)) { return named }
        if case .postgres(let settings) = assembly.configuration.store.location,
            case .constant(let value) = settings.map.tenant, let tenant = TenantName(rawValue: value)
        {
            return tenant
        }
        throw CommandFailure(.usage, "--contact needs --tenant: the registry holds contacts of more than one")
    }

    private func show(_ result: some Encodable & Explained) throws {
        switch output.output {
        case .table: try StandardStreams.printResult(result.lines.joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(result)
        }
    }
}

/// Something that can be told to people.
protocol Explained {
    var lines: [String] { get }
}

/// What became of an event.
struct ExplainedEvent: Encodable, Explained {
    struct Message: Encodable {
        let type: String
        let ceId: String
    }

    let known: Bool
    var outcome: String?
    var reason: String?
    var attempts: Int?
    var tenant: String?
    var contactIds: [String]?
    var decidedAt: String?
    var messages: [Message]?
    var coordinates: String?
    var consumerGroup: String?
    var redrives: Int?
    var published: Bool?

    init(_ row: JournalRow?, ceSource: String) {
        known = row != nil
        guard let row else { return }
        switch row.outcome {
        case .decided(let message, _):
            (outcome, tenant) = (message.type.shortName, message.tenant.rawValue)
            contactIds = message.contactIDs.map(\.rawValue)
        case .quarantined(let reason, let attempts, _):
            (outcome, self.reason, self.attempts) = ("quarantined", reason.rawValue, attempts)
        }
        decidedAt = row.outcome.decidedAt.description
        messages = row.outcome.messages(ceSource: ceSource).map { message in
            func header(_ name: String) -> String {
                message.headers.last { $0.0 == name }.map { String(decoding: $0.1, as: UTF8.self) } ?? ""
            }
            return Message(type: header("ce_type"), ceId: header("ce_id"))
        }
        coordinates = row.home.coordinates.description
        consumerGroup = row.home.group
        redrives = row.redrives
        published = !row.isUnpublished
    }

    var lines: [String] {
        guard known else {
            return ["The journal does not know it: it was not read yet, came under another source, or was forgotten."]
        }
        var table = TextTable("", "")
        table.add("outcome", [outcome, reason].compactMap { $0 }.joined(separator: ": "))
        if let attempts { table.add("attempts", "\(attempts)") }
        if let tenant { table.add("tenant", tenant) }
        if let contactIds { table.add("contacts", contactIds.isEmpty ? "none" : contactIds.joined(separator: ", ")) }
        table.add("decided", decidedAt ?? "-")
        for message in messages ?? [] { table.add(message.type, message.ceId) }
        table.add("record", coordinates ?? "-")
        table.add("read by", consumerGroup ?? "-")
        if let redrives, redrives > 0 { table.add("put back", "\(redrives)") }
        table.add("published", published == true ? "yes" : "not known to be: its slice stands")
        return Array(table.lines.dropFirst(2))
    }
}

/// What is known of a contact.
struct ExplainedContact: Encodable, Explained {
    let exists: Bool
    let isProtected: Bool
    /// Fields that hold something; those of a protected contact that were to be clear.
    let holding: [String]
    /// What each register has said last; `-` is the one of events that name none.
    let registers: [String: String]
    let deletionNotBefore: String?
    let deletionRequestedFor: String?
    let noticeSentFor: String?

    init(_ standing: ContactStanding) {
        exists = standing.exists
        isProtected = standing.isMarked
        holding = standing.holding.map(\.rawValue).sorted()
        registers = Dictionary(
            standing.registers.map { ($0.key.isEmpty ? "-" : $0.key, $0.value.rawValue) }
        ) { first, _ in first }
        deletionNotBefore = standing.deletion.notBefore?.description
        deletionRequestedFor = standing.deletion.requestedFor?.description
        noticeSentFor = standing.deletion.noticeSentFor?.description
    }

    var lines: [String] {
        var table = TextTable("", "")
        table.add("in the registry", exists ? "yes" : "no")
        table.add("mark of a protected identity", isProtected ? "yes" : "no")
        table.add("fields that hold something", holding.isEmpty ? "none" : holding.joined(separator: ", "))
        for (register, status) in registers.sorted(by: { $0.key < $1.key }) {
            table.add("register \(register)", status)
        }
        if registers.isEmpty { table.add("registers", "nothing is remembered") }
        table.add("deletion not before", deletionNotBefore ?? "-")
        table.add("deletion asked for, as of", deletionRequestedFor ?? "-")
        table.add("notice sent, as of", noticeSentFor ?? "-")
        return Array(table.lines.dropFirst(2))
    }
}
