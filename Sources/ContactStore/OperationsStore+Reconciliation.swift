public import ProtectedIdentity

/// What was redacted without an event.
public struct ReconciledContacts: Sendable {
    /// What is to be published now; the caller's until its lease is over.
    public var messages: [OwedMessage] = []
    /// How many contacts the store refuses to change.
    public var refused = 0
}

extension OperationsStore {
    /// Redacts those of the contacts that are a protected person's and are not clear and marked: each decided anew behind the
    /// locks that every batch takes, and saved with what it owes.
    public func reconcile(
        _ contacts: [ContactKey], _ reconciliation: Reconciliation, lease: Timestamp
    ) throws(StoreError) -> ReconciledContacts {
        var result = ReconciledContacts()
        guard !contacts.isEmpty else { return result }
        do throws(StoreError) {
            let batch = StoreBatch(redaction: reconciliation.batch(of: contacts), slices: [], lease: lease)
            result.messages = try apply(batch).owed
        } catch .refused {
            // One of them is refused: the others are not to wait for it.
            guard contacts.count > 1 else {
                result.refused = 1
                return result
            }
            for half in [contacts.prefix(contacts.count / 2), contacts.suffix(from: contacts.count / 2)] {
                let part = try reconcile(Array(half), reconciliation, lease: lease)
                result.messages += part.messages
                result.refused += part.refused
            }
        }
        return result
    }
}
