/// A message that operations have decided on and that stands in the store until it is known to be in Kafka. Copies of it are
/// possible after a crash, each with the same bytes.
public struct OwedMessage: Hashable, Sendable {
    /// What is asked.
    public let command: CommandMessage

    /// A command that is owed.
    public init(command: CommandMessage) {
        self.command = command
    }

    /// Its `ce_id`.
    public var id: UUIDv5 { command.id }

    /// The message as the contract has it.
    ///
    /// - Parameter ceSource: the worker's own `source`.
    public func encoded(ceSource: String) -> EncodedMessage {
        command.encoded(ceSource: ceSource)
    }

    /// As bytes for the store: a version, then fields in a fixed order.
    public func stored() -> [UInt8] {
        var writer = FieldWriter()
        writer.append(tag: StoredOutcome.version)
        writer.append(command.command)
        for text in [command.tenant.rawValue, command.event.source, command.event.id, command.cause] {
            writer.append(text)
        }
        writer.append(command.decidedAt.microseconds)
        return writer.bytes
    }

    /// Reads what ``stored()`` wrote.
    public init(storedAs bytes: [UInt8]) throws(StoredOutcomeError) {
        var reader = FieldReader(bytes: bytes)
        let version = try reader.byte()
        guard version == StoredOutcome.version else { throw .unknownVersion(version) }
        let command = try reader.command()
        guard let tenant = TenantName(rawValue: try reader.string()) else { throw .corrupt }
        let event = EventReference(source: try reader.string(), id: try reader.string())
        let cause = try reader.string()
        let decidedAt = Timestamp(microseconds: try reader.integer())
        guard reader.isAtEnd else { throw .corrupt }
        self.init(
            command: CommandMessage(command: command, tenant: tenant, event: event, cause: cause, decidedAt: decidedAt))
    }
}
