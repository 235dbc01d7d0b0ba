// What follows for a contact from what is remembered, without an event.
extension DecisionState {
    /// Redacts a contact that is a protected person's and is not clear and marked, together with the person's others; nil where
    /// there is nothing to do. Nothing new is remembered of a person whom nothing protects.
    mutating func reconcile(_ key: ContactKey) -> StoredOutcome? {
        guard let policy = batch.policies[key.tenant], let contact = contacts.contact(key),
            let event = Self.occasion(for: contact, at: batch.decidedAt),
            // Who cannot be told from another is nobody's to clear: the next event with a contact id decides.
            let meant = try? whoIsMeant(by: event, numbers: []),
            meant.persons.contains(where: { persons[$0]?.isProtected == true })
        else { return nil }
        let person = remember(meant)
        return enforce(protectionOf: person, on: all(meant, of: person), because: event, under: policy)
    }

    /// What stands for an event. Its id is the same for one contact at one time, and no other reconciliation of it has that.
    private static func occasion(for contact: ContactRecord, at decidedAt: Timestamp) -> StatusEvent? {
        let key = contact.key
        let id = UUIDv5(
            ofMessage: [
                Reconciliation.source, key.tenant.rawValue, key.id.rawValue, "\(decidedAt.microseconds)",
            ])
        return EventIdentity(source: Reconciliation.source, id: id.description).map { identity in
            StatusEvent(
                identity: identity, tenant: key.tenant, status: .protected, origin: .manual, country: contact.country,
                observedAt: decidedAt, numbers: [], contactID: key.id)
        }
    }
}
