/// A command on its way: what is asked, of whom, and because of what.
public struct CommandMessage: Sendable, Hashable {
    /// What is asked.
    public var command: Command
    /// Whose contact.
    public var tenant: TenantName
    /// The event that caused it.
    public var event: EventReference
    /// What caused it: the short name of the outcome it goes with, or ``noticePeriodOver``. Part of its identity.
    public var cause: String
    /// When it was decided; the same in every copy. Also the command's `requestedAt` or `cancelledAt`.
    public var decidedAt: Timestamp

    /// The cause of a deletion that the scheduled selection asks for.
    public static let noticePeriodOver = "notice-period-over"
    /// The cause of a notice, or of a cancellation, that the scheduled selection finds due since the tenant's policy is
    /// another one now.
    public static let policyChanged = "policy-changed"

    /// A command of these parts.
    public init(command: Command, tenant: TenantName, event: EventReference, cause: String, decidedAt: Timestamp) {
        self.command = command
        self.tenant = tenant
        self.event = event
        self.cause = cause
        self.decidedAt = decidedAt
    }

    /// The identity of the command, the same in every copy: workers downstream drop copies by it.
    public var id: UUIDv5 {
        UUIDv5(ofMessage: [event.source, event.id, command.type, command.contactID.rawValue, cause])
    }

    /// The message as the contract has it; its key is the contact's.
    ///
    /// - Parameter ceSource: the worker's own `source`.
    public func encoded(ceSource: String) -> EncodedMessage {
        let envelope = CloudEventEnvelope(
            id: id, source: ceSource, type: command.type, time: decidedAt, traceparent: event.traceparent)
        return EncodedMessage(
            destination: destination, key: Array(command.contactID.rawValue.utf8), value: data,
            headers: envelope.headers)
    }

    private var destination: EncodedMessage.Destination {
        switch command.action {
        case .requestNotification: .notifications
        case .requestDeletion, .cancelDeletion: .deletions
        }
    }

    private var data: [UInt8] {
        var json = JSONWriter()
        json.member("tenant", tenant.rawValue)
        json.member("contactId", command.contactID.rawValue)
        switch command.action {
        case .requestNotification(let template, let termsUrl, let supportContact, let deletionNotBefore):
            json.member("template", template)
            json.member("termsUrl", termsUrl)
            json.member("supportContact", supportContact)
            json.member("deletionNotBefore", deletionNotBefore)
        case .requestDeletion:
            json.member("reason", Command.deletionReason)
            json.member("requestedAt", decidedAt)
        case .cancelDeletion:
            json.member("cancelledAt", decidedAt)
        }
        return json.finished()
    }
}
