/// What became of an event, as it is told downstream. Every string in it may be published.
public struct OutcomeMessage: Sendable, Hashable {
    /// What became of it.
    public var type: OutcomeType
    /// Whose contacts.
    public var tenant: TenantName
    /// The contacts that were changed, else the person's; in published form.
    public var contactIDs: [ContactID]
    /// The event that caused it.
    public var event: EventReference
    /// When it was decided; the same in every copy.
    public var decidedAt: Timestamp
    /// Which fields held something and hold nothing now; told of `redacted` alone.
    public var cleared: [ClearableField]
    /// What the tenant's policy does with the contacts; told of `redacted` alone.
    public var deletion: DeletionPlan
    /// Why nothing was deleted; told of `withheld` alone, and never nil there.
    public var withheld: WithheldReason?
    /// Why nobody was told; told of `notification-skipped` alone, and never nil there.
    public var skipped: NoticeSkipReason?

    /// An outcome of these parts.
    public init(
        type: OutcomeType, tenant: TenantName, contactIDs: [ContactID], event: EventReference, decidedAt: Timestamp,
        cleared: [ClearableField] = [], deletion: DeletionPlan = .keep, withheld: WithheldReason? = nil,
        skipped: NoticeSkipReason? = nil
    ) {
        self.type = type
        self.tenant = tenant
        self.contactIDs = contactIDs
        self.event = event
        self.decidedAt = decidedAt
        self.cleared = cleared
        self.deletion = deletion
        self.withheld = withheld
        self.skipped = skipped
    }

    /// The identity of the message, the same in every copy. Deletions are told contact by contact, so there the contact
    /// takes part.
    public var id: UUIDv5 {
        var parts = [event.source, event.id, type.rawValue]
        if type == .deleted { parts += contactIDs.map(\.rawValue) }
        return UUIDv5(ofMessage: parts)
    }

    /// The message as the contract has it: a binary CloudEvent whose members stand in a fixed order.
    ///
    /// - Parameters:
    ///   - ceSource: the worker's own `source`.
    ///   - replay: whether a replay publishes this copy.
    public func encoded(ceSource: String, replay: Bool = false) -> EncodedMessage {
        let envelope = CloudEventEnvelope(
            id: id, source: ceSource, type: type.rawValue, time: decidedAt, traceparent: event.traceparent)
        return EncodedMessage(
            destination: .outcomes, key: Array((contactIDs.first?.rawValue ?? event.id).utf8),
            value: data(replay: replay), headers: envelope.headers)
    }

    private func data(replay: Bool) -> [UInt8] {
        var json = JSONWriter()
        json.member("tenant", tenant.rawValue)
        json.member("contactIds", contactIDs.lazy.map(\.rawValue))
        json.member("outcome", type.shortName)
        json.member("event") { event in
            event.member("source", self.event.source)
            event.member("id", self.event.id)
        }
        json.member("decidedAt", decidedAt)
        if type == .redacted {
            json.member("cleared", cleared.lazy.map(\.rawValue))
            json.member("deletion") { plan in
                switch deletion {
                case .keep:
                    plan.member("policy", "keep")
                case .delete(let notBefore):
                    plan.member("policy", "delete")
                    plan.member("notBefore", notBefore)
                }
            }
        }
        if let reason = withheld?.rawValue ?? skipped?.rawValue { json.member("reason", reason) }
        if replay { json.member("replay", true) }
        return json.finished()
    }
}
