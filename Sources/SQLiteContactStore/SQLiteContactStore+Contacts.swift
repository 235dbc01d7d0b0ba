public import ContactStore
internal import GRDB
public import ProtectedIdentity

extension SQLiteContactStore {
    /// The contact of that key, or nil.
    public func contact(_ key: ContactKey) throws(StoreError) -> RegistryContact? {
        try read { try ContactTable(database: $0).contact(key) }
    }

    /// A page of a tenant's contacts in the order of their ids: up to `limit` of them, behind `id`.
    public func contacts(
        of tenant: TenantName, after id: ContactID? = nil, limit: Int = 1_000
    ) throws(StoreError) -> [RegistryContact] {
        try read { try ContactTable(database: $0).contacts(of: tenant, after: id, limit: limit) }
    }

    /// How much there is of what.
    public func counts() throws(StoreError) -> ContactCounts {
        try read { try ContactTable(database: $0).counts() }
    }

    /// Puts new contacts in, all or none.
    ///
    /// - Throws: ``StoreError/refused(_:)`` where one of them exists or occurs twice.
    public func add(_ contacts: some Sequence<RegistryContact>, now: Timestamp) throws(StoreError) {
        try write { database in
            let entry = try ContactEntry(database: database, now: now, replacesExisting: false)
            var count = 0
            for contact in contacts {
                guard case .inserted = try entry.put(contact) else {
                    throw StoreError.refused("contact \(count + 1) of those to be added is in the registry already")
                }
                count += 1
            }
            try entry.finish(count: count)
        }
    }
}

/// How much there is of what in a registry.
public struct ContactCounts: Hashable, Sendable {
    /// Contacts.
    public let contacts: Int
    /// Those that carry the mark of a protected identity.
    public let protected: Int
    /// Those whose deletion is scheduled.
    public let deletions: Int
    /// Event identities in the journal.
    public let events: Int
    /// Slices that are not known to be published.
    public let unpublished: Int
}
