/// What became of an event, as downstream reads it.
public enum OutcomeType: String, Sendable, Hashable, CaseIterable {
    /// Something was cleared, or the mark set, on at least one contact.
    case redacted = "protected-identity.contact.redacted.v1"
    /// The mark was removed from at least one contact.
    case protectionLifted = "protected-identity.contact.protection-lifted.v1"
    /// Nothing to do; the event is the latest of its register.
    case unchanged = "protected-identity.contact.unchanged.v1"
    /// Nothing to do; the event was older than what is known.
    case superseded = "protected-identity.event.superseded.v1"
    /// No contact of this person; a contact that appears later is redacted.
    case unmatched = "protected-identity.identity.unmatched.v1"
    /// A country whose rules the worker does not know, and no `contactId`.
    case notApplicable = "protected-identity.event.not-applicable.v1"
    /// The deletion worker has deleted the contact.
    case deleted = "protected-identity.contact.deleted.v1"
    /// The deletion worker was asked, or asked no more, and has deleted nothing.
    case withheld = "protected-identity.deletion.withheld.v1"
    /// The notification worker has told the person that the contact will be deleted.
    case notified = "protected-identity.contact.notified.v1"
    /// The notification worker was asked, and has told nobody.
    case notificationSkipped = "protected-identity.contact.notification-skipped.v1"

    /// The name in the member `outcome`, in metrics and in tables.
    public var shortName: String {
        switch self {
        case .redacted: "redacted"
        case .protectionLifted: "protection-lifted"
        case .unchanged: "unchanged"
        case .superseded: "superseded"
        case .unmatched: "unmatched"
        case .notApplicable: "not-applicable"
        case .deleted: "deleted"
        case .withheld: "withheld"
        case .notified: "notified"
        case .notificationSkipped: "notification-skipped"
        }
    }
}
