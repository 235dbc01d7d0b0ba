public import ContactStore
public import ProtectedIdentity

/// A contact registry that fails on order, and of which copies can be kept.
public protocol SimulatedRegistry: ContactStore {
    /// All contacts.
    var contacts: [ContactKey: RegistryContact] { get throws(StoreError) }

    /// Puts contacts in.
    func put(_ contacts: some Sequence<RegistryContact>) throws(StoreError)

    /// Keeps a copy of everything as it is now, in place of the copy kept before.
    func backUp() throws(StoreError)

    /// Puts the copy in the place of what is there.
    func restore() throws(StoreError)
}

/// Where a transaction of a store may fail.
public enum StorePoint: Hashable, Sendable, CaseIterable {
    /// Before anything is done.
    case before
    /// When something concerned is locked by another transaction.
    case lockMet
    /// When everything concerned is locked and loaded, and nothing is written.
    case underLock
    /// When everything is done and nothing is committed: it is rolled back.
    case beforeCommit
    /// When everything is committed and nobody was told.
    case afterCommit
}

/// What is asked at each point of each transaction, and throws what is to go wrong there.
public typealias StoreFault = @Sendable (StorePoint) throws(StoreError) -> Void

/// Where the contacts of a simulated world are kept.
public enum SimulatedStorage: String, Sendable, CaseIterable {
    /// In memory, with transactions that overlap as they do in a database with row locks.
    case memory
    /// In a SQLite file of the shipped store.
    case sqlite

    func registry(locksPersons: Bool, fault: @escaping StoreFault) throws -> any SimulatedRegistry {
        switch self {
        case .memory: InMemoryContactStore(locksPersons: locksPersons, fault: fault)
        case .sqlite: try SQLiteRegistry(fault: fault)
        }
    }
}
