/// What a tenant does with a contact once it is redacted.
public enum TenantPolicy: Sendable, Hashable {
    /// The contact stays, cleared and marked.
    case keep
    /// The contact is deleted when the notice period is over; the person is told before.
    ///
    /// - Parameters:
    ///   - noticePeriod: how long after the decision the deletion may come at the earliest; not negative.
    ///   - termsUrl: where the person reads the terms.
    ///   - supportContact: whom the person can ask.
    ///   - language: of the notice, BCP 47; for the notification worker, not in the message.
    ///   - requiresNotice: whether nothing is deleted before the notice is known to have gone out.
    case delete(
        noticePeriod: Duration, termsUrl: String, supportContact: String, language: String, requiresNotice: Bool = true)

    /// What is said of the deletion of a contact that was redacted at `decidedAt`.
    public func deletion(decidedAt: Timestamp) -> DeletionPlan {
        switch self {
        case .keep: .keep
        case .delete(let noticePeriod, _, _, _, _): .delete(notBefore: decidedAt.adding(noticePeriod))
        }
    }

    /// The commands that go with a redaction of these contacts: under `delete` a notice for each of them.
    public func commands(redacting contactIDs: [ContactID], decidedAt: Timestamp) -> [Command] {
        switch self {
        case .keep:
            []
        case .delete(let noticePeriod, let termsUrl, let supportContact, _, _):
            contactIDs.map { contactID in
                Command(
                    contactID: contactID,
                    action: .requestNotification(
                        template: Command.deletionNotice, termsUrl: termsUrl, supportContact: supportContact,
                        deletionNotBefore: decidedAt.adding(noticePeriod)))
            }
        }
    }
}

/// What an outcome says of the deletion of the contacts that it redacted.
public enum DeletionPlan: Sendable, Hashable {
    /// They stay.
    case keep
    /// They may be deleted from that moment on.
    case delete(notBefore: Timestamp)
}
