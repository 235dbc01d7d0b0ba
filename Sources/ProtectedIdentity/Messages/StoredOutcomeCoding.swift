/// A stored outcome that cannot be read: the journal was written by a newer version, or is damaged.
public enum StoredOutcomeError: Error, Sendable, Hashable {
    /// The first byte names a version that this program does not know.
    case unknownVersion(UInt8)
    /// The bytes end too early, go on too long, or hold what was never written.
    case corrupt
}

extension StoredOutcome {
    /// The version that is written, the first byte of every row.
    static let version: UInt8 = 1

    /// The outcome as bytes: a version, then fields in a fixed order, each string with its length.
    public func encoded() -> [UInt8] {
        var writer = FieldWriter()
        writer.append(tag: Self.version)
        switch self {
        case .decided(let outcome, let commands):
            writer.append(tag: 1)
            writer.append(outcome)
            writer.append(count: commands.count)
            for command in commands { writer.append(command) }
        case .quarantined(let reason, let attempts, let decidedAt):
            writer.append(tag: 2)
            writer.append(reason.rawValue)
            writer.append(Int64(attempts))
            writer.append(decidedAt.microseconds)
        }
        return writer.bytes
    }

    /// Reads what ``encoded()`` wrote.
    public init(decoding bytes: [UInt8]) throws(StoredOutcomeError) {
        var reader = FieldReader(bytes: bytes)
        let version = try reader.byte()
        guard version == Self.version else { throw .unknownVersion(version) }
        switch try reader.byte() {
        case 1:
            let outcome = try reader.outcome()
            var commands: [Command] = []
            for _ in 0..<(try reader.count()) { commands.append(try reader.command()) }
            self = .decided(outcome, commands: commands)
        case 2:
            guard let reason = QuarantineReason(rawValue: try reader.string()) else { throw .corrupt }
            let attempts = Int(try reader.integer())
            self = .quarantined(reason, attempts: attempts, decidedAt: Timestamp(microseconds: try reader.integer()))
        default:
            throw .corrupt
        }
        guard reader.isAtEnd else { throw .corrupt }
    }
}

extension FieldWriter {
    fileprivate mutating func append(_ outcome: OutcomeMessage) {
        append(outcome.type.rawValue)
        append(outcome.tenant.rawValue)
        append(count: outcome.contactIDs.count)
        for contactID in outcome.contactIDs { append(contactID.rawValue) }
        append(outcome.event.source)
        append(outcome.event.id)
        append(outcome.event.traceparent ?? "")
        append(outcome.decidedAt.microseconds)
        append(count: outcome.cleared.count)
        for field in outcome.cleared { append(field.rawValue) }
        switch outcome.deletion {
        case .keep:
            append(tag: 0)
        case .delete(let notBefore):
            append(tag: 1)
            append(notBefore.microseconds)
        }
        if outcome.type == .withheld { append(outcome.withheld?.rawValue ?? "") }
        if outcome.type == .notificationSkipped { append(outcome.skipped?.rawValue ?? "") }
    }

    mutating func append(_ command: Command) {
        append(command.contactID.rawValue)
        switch command.action {
        case .requestNotification(let template, let termsUrl, let supportContact, let deletionNotBefore):
            append(tag: 1)
            append(template)
            append(termsUrl)
            append(supportContact)
            append(deletionNotBefore.microseconds)
        case .requestDeletion:
            append(tag: 2)
        case .cancelDeletion:
            append(tag: 3)
        }
    }
}

extension FieldReader {
    fileprivate mutating func outcome() throws(StoredOutcomeError) -> OutcomeMessage {
        guard let type = OutcomeType(rawValue: try string()), let tenant = TenantName(rawValue: try string()) else {
            throw .corrupt
        }
        var contactIDs: [ContactID] = []
        for _ in 0..<(try count()) { contactIDs.append(try contactID()) }
        let (source, id, traceparent) = (try string(), try string(), try string())
        let decidedAt = Timestamp(microseconds: try integer())
        var cleared: [ClearableField] = []
        for _ in 0..<(try count()) { cleared.append(ClearableField(rawValue: try string())) }
        let deletion: DeletionPlan
        switch try byte() {
        case 0: deletion = .keep
        case 1: deletion = .delete(notBefore: Timestamp(microseconds: try integer()))
        default: throw .corrupt
        }
        var withheld: WithheldReason?
        if type == .withheld {
            guard let reason = WithheldReason(rawValue: try string()) else { throw .corrupt }
            withheld = reason
        }
        var skipped: NoticeSkipReason?
        if type == .notificationSkipped {
            guard let reason = NoticeSkipReason(rawValue: try string()) else { throw .corrupt }
            skipped = reason
        }
        return OutcomeMessage(
            type: type, tenant: tenant, contactIDs: contactIDs,
            event: EventReference(source: source, id: id, traceparent: traceparent.isEmpty ? nil : traceparent),
            decidedAt: decidedAt, cleared: cleared, deletion: deletion, withheld: withheld,
            skipped: skipped)
    }

    mutating func command() throws(StoredOutcomeError) -> Command {
        let contactID = try contactID()
        switch try byte() {
        case 1:
            let (template, termsUrl, supportContact) = (try string(), try string(), try string())
            return Command(
                contactID: contactID,
                action: .requestNotification(
                    template: template, termsUrl: termsUrl, supportContact: supportContact,
                    deletionNotBefore: Timestamp(microseconds: try integer())))
        case 2: return Command(contactID: contactID, action: .requestDeletion)
        case 3: return Command(contactID: contactID, action: .cancelDeletion)
        default: throw .corrupt
        }
    }

    private mutating func contactID() throws(StoredOutcomeError) -> ContactID {
        guard let contactID = ContactID(rawValue: try string()) else { throw .corrupt }
        return contactID
    }
}
