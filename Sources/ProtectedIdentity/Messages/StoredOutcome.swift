/// What the journal keeps of a decision, so that the very same bytes can be published again, also without the record that
/// caused them. It holds no number: whatever came from upstream is in published form.
public enum StoredOutcome: Sendable, Hashable {
    /// The event was decided: the outcome, and the commands in the same Kafka transaction.
    ///
    /// Behind a pointer: it has a dozen parts, and passes from hand to hand.
    indirect case decided(OutcomeMessage, commands: [Command] = [])
    /// The record was set aside. `attempts` counts this time too.
    case quarantined(QuarantineReason, attempts: Int, decidedAt: Timestamp)

    /// When it was decided.
    public var decidedAt: Timestamp {
        switch self {
        case .decided(let outcome, _): outcome.decidedAt
        case .quarantined(_, _, let decidedAt): decidedAt
        }
    }

    /// The messages of a decision, the outcome first; the same bytes at every call. None for a record set aside, whose
    /// message is a ``QuarantineMessage`` and needs the record itself.
    ///
    /// - Parameters:
    ///   - ceSource: the worker's own `source`.
    ///   - replay: whether a replay publishes this copy; told in the outcome.
    public func messages(ceSource: String, replay: Bool = false) -> [EncodedMessage] {
        guard case .decided(let outcome, let commands) = self else { return [] }
        let sent = commands.map { command in
            CommandMessage(
                command: command, tenant: outcome.tenant, event: outcome.event, cause: outcome.type.shortName,
                decidedAt: outcome.decidedAt
            ).encoded(ceSource: ceSource)
        }
        return [outcome.encoded(ceSource: ceSource, replay: replay)] + sent
    }
}
