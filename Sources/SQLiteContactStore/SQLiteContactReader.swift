public import ContactStore
internal import GRDB
public import ProtectedIdentity

/// Looks into a registry beside the worker that writes it: for `contacts show`, `check`, `status` and `explain`.
///
/// It takes no lock and changes nothing. Every call sees the registry at one moment and lets go of it at its end, since a
/// reader that stays keeps the writer from cutting off its log.
public final class SQLiteContactReader: RegistryInspection {
    /// What is dangerous about the file but not wrong.
    public let warnings: [String]
    private let queue: DatabaseQueue
    private let failure: StoreFailure

    /// Opens the registry at `path`, which has to be there and up to date.
    public init(path: String) throws(StoreError) {
        let file = try DatabaseFile(path: path)
        try file.check(writable: false)
        warnings = file.warnings
        failure = StoreFailure(path: file.path)
        queue = try failure.translating {
            let queue = try DatabaseQueue(path: file.path, configuration: Connection.reading)
            try queue.read { try Connection.checkOrigin($0, path: file.path, allowsEmpty: false) }
            return queue
        }
    }

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

    fileprivate func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
        try failure.translating { try queue.read(body) }
    }
}

extension SQLiteContactReader {
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
