public import ContactStore
internal import GRDB
public import ProtectedIdentity

/// Looks into a registry beside the worker that writes it: for `contacts show` and `check`.
///
/// It takes no lock and changes nothing. Every call sees the registry at one moment and lets go of it at its end, since a
/// reader that stays keeps the writer from cutting off its log.
public final class SQLiteContactReader: Sendable {
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
        try failure.translating { try queue.read { try ContactTable(database: $0).contact(key) } }
    }

    /// A page of a tenant's contacts in the order of their ids: up to `limit` of them, behind `id`.
    public func contacts(
        of tenant: TenantName, after id: ContactID? = nil, limit: Int = 1_000
    ) throws(StoreError) -> [RegistryContact] {
        try failure.translating {
            try queue.read { try ContactTable(database: $0).contacts(of: tenant, after: id, limit: limit) }
        }
    }

    /// How much there is of what.
    public func counts() throws(StoreError) -> ContactCounts {
        try failure.translating { try queue.read { try ContactTable(database: $0).counts() } }
    }
}
