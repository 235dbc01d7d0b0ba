/// What operations have decided on and what stands in the store until it is known to be in Kafka. Copies of it are possible after
/// a crash, each with the same bytes.
public struct OwedMessage: Hashable, Sendable {
    /// What is to be told or asked.
    public enum Content: Hashable, Sendable {
        /// A command on a contact.
        case command(CommandMessage)
        /// An outcome with its commands.
        case outcome(OutcomeMessage, commands: [Command])
    }

    /// What is to be told or asked.
    public let content: Content

    /// A command that is owed.
    public init(command: CommandMessage) {
        content = .command(command)
    }

    /// An outcome that is owed, with its commands; nil where a record was set aside.
    init?(outcome: StoredOutcome) {
        guard case .decided(let outcome, let commands) = outcome else { return nil }
        content = .outcome(outcome, commands: commands)
    }

    /// The `ce_id` of the command, or of the outcome.
    public var id: UUIDv5 {
        switch content {
        case .command(let command): command.id
        case .outcome(let outcome, _): outcome.id
        }
    }

    /// When it was decided.
    public var decidedAt: Timestamp {
        switch content {
        case .command(let command): command.decidedAt
        case .outcome(let outcome, _): outcome.decidedAt
        }
    }

    /// The contacts that it is about, in published form.
    public var contactIDs: [ContactID] {
        switch content {
        case .command(let command): [command.command.contactID]
        case .outcome(let outcome, _): outcome.contactIDs
        }
    }

    /// What a command asks; nil of an outcome.
    public var action: Command.Action? {
        if case .command(let command) = content { command.command.action } else { nil }
    }

    /// The messages as the contract has them, the outcome before its commands.
    ///
    /// - Parameter ceSource: the worker's own `source`.
    public func messages(ceSource: String) -> [EncodedMessage] {
        switch content {
        case .command(let command): [command.encoded(ceSource: ceSource)]
        case .outcome(let outcome, let commands):
            StoredOutcome.decided(outcome, commands: commands).messages(ceSource: ceSource)
        }
    }

    /// As bytes for the store: a version and a kind, then fields in a fixed order.
    public func stored() -> [UInt8] {
        var writer = FieldWriter()
        writer.append(tag: StoredOutcome.version)
        switch content {
        case .command(let command):
            writer.append(tag: 1)
            writer.append(command.command)
            for text in [command.tenant.rawValue, command.event.source, command.event.id, command.cause] {
                writer.append(text)
            }
            writer.append(command.decidedAt.microseconds)
            return writer.bytes
        case .outcome(let outcome, let commands):
            writer.append(tag: 2)
            return writer.bytes + StoredOutcome.decided(outcome, commands: commands).encoded()
        }
    }

    /// Reads what ``stored()`` wrote.
    public init(storedAs bytes: [UInt8]) throws(StoredOutcomeError) {
        var reader = FieldReader(bytes: bytes)
        let version = try reader.byte()
        guard version == StoredOutcome.version else { throw .unknownVersion(version) }
        switch try reader.byte() {
        case 1:
            let command = try reader.command()
            guard let tenant = TenantName(rawValue: try reader.string()) else { throw .corrupt }
            let event = EventReference(source: try reader.string(), id: try reader.string())
            let cause = try reader.string()
            let decidedAt = Timestamp(microseconds: try reader.integer())
            guard reader.isAtEnd else { throw .corrupt }
            self.init(
                command: CommandMessage(
                    command: command, tenant: tenant, event: event, cause: cause, decidedAt: decidedAt))
        case 2:
            let outcome = try StoredOutcome(decoding: Array(bytes.dropFirst(2)))
            guard let message = OwedMessage(outcome: outcome) else { throw .corrupt }
            self = message
        default: throw .corrupt
        }
    }
}
