public import ContactStore
public import ProtectedIdentity

extension SQLiteContactStore {
    /// How much there is to do.
    public func backlog(at now: Timestamp) throws(StoreError) -> RegistryBacklog {
        try read { try InspectionRows(database: $0).backlog(at: now) }
    }

    /// What the journal has of an event.
    public func journalRow(_ keys: [EventKey]) throws(StoreError) -> JournalRow? {
        try read { try InspectionRows(database: $0).journalRow(keys) }
    }

    /// What is known of a contact.
    public func standing(
        of contact: ContactKey, _ reconciliation: Reconciliation
    ) throws(StoreError) -> ContactStanding {
        try read { try InspectionRows(database: $0).standing(of: contact, reconciliation) }
    }
}
