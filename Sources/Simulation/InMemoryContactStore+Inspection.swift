public import ContactStore
public import ProtectedIdentity
import Synchronization

extension InMemoryContactStore {
    /// How much there is to do.
    public func backlog(at now: Timestamp) throws(StoreError) -> RegistryBacklog {
        let owed = try owed()
        return state.withLock { state in
            let due = state.deletions.count { key, notBefore in
                notBefore <= now && state.operations.requests[key]?.schedule != notBefore
            }
            return RegistryBacklog(deletionsDue: due, owed: owed, gaps: state.operations.gaps)
        }
    }

    /// What the journal has of an event.
    public func journalRow(_ keys: [EventKey]) throws(StoreError) -> JournalRow? {
        state.withLock { state in
            guard let key = keys.first(where: { state.journal[$0] != nil }), let stored = state.journal[key] else {
                return nil
            }
            let row = stored.row
            return JournalRow(
                content: row.content, outcome: row.outcome, home: row.home,
                isUnpublished: state.unpublished[stored.slice] != nil, redrives: row.redrives)
        }
    }

    /// What is known of a contact.
    public func standing(
        of contact: ContactKey, _ reconciliation: Reconciliation
    ) throws(StoreError) -> ContactStanding {
        state.withLock { state in
            ContactStanding(
                of: contact, in: Self.snapshot(for: reconciliation.batch(of: [contact]), of: state),
                deletion: ContactStanding.Deletion(
                    notBefore: state.deletions[contact],
                    requestedFor: state.operations.requests[contact]?.schedule,
                    noticeSentFor: state.operations.notices[contact]))
        }
    }
}
