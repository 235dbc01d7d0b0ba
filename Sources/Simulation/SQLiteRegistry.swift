import ContactStore
import Foundation
import GRDB
import ProtectedIdentity
import SQLiteContactStore
import Synchronization

/// The shipped SQLite store in a folder of its own, which vanishes with it.
final class SQLiteRegistry: SimulatedRegistry {
    private let folder: URL
    private let fault: StoreFault
    private let store: Mutex<SQLiteContactStore>

    /// A new registry without contacts.
    init(fault: @escaping StoreFault) throws {
        // In memory where the system has a place for that: a disk's time is nobody's concern here.
        let shared = URL(filePath: "/dev/shm", directoryHint: .isDirectory)
        let isThere = FileManager.default.isWritableFile(atPath: shared.path(percentEncoded: false))
        let parent = isThere ? shared : FileManager.default.temporaryDirectory
        folder = parent.appending(path: "simulated-registry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.fault = fault
        store = Mutex(try Self.open(folder, fault: fault))
    }

    deinit {
        store.withLock { $0.close() }
        try? FileManager.default.removeItem(at: folder)
    }

    private static func open(_ folder: URL, fault: @escaping StoreFault) throws(StoreError) -> SQLiteContactStore {
        let store = try SQLiteContactStore(path: folder.appending(path: "registry.sqlite").path(percentEncoded: false))
        store.queue.add(transactionObserver: CommitFault(fault: fault), extent: .databaseLifetime)
        return store
    }

    private var now: SQLiteContactStore { store.withLock { $0 } }

    // MARK: The registry

    var contacts: [ContactKey: RegistryContact] {
        get throws(StoreError) {
            var contacts: [ContactKey: RegistryContact] = [:]
            for tenant in Feed.tenants {
                for contact in try now.contacts(of: tenant, limit: .max) { contacts[contact.key] = contact }
            }
            return contacts
        }
    }

    func put(_ contacts: some Sequence<RegistryContact>) throws(StoreError) {
        try now.add(contacts, now: Timestamp(milliseconds: 1_780_000_000_000))
    }

    func backUp() throws(StoreError) {
        try exchange(from: "registry.sqlite", to: "backup.sqlite")
    }

    func restore() throws(StoreError) {
        try exchange(from: "backup.sqlite", to: "registry.sqlite")
    }

    /// Copies a database that nobody has open.
    private func exchange(from source: String, to target: String) throws(StoreError) {
        let outcome: Result<Void, StoreError> = store.withLock { store in
            store.close()
            do throws(StoreError) {
                let files = FileManager.default
                do {
                    for rest in ["", "-wal", "-shm"] {
                        try? files.removeItem(at: folder.appending(path: target + rest))
                    }
                    try files.copyItem(at: folder.appending(path: source), to: folder.appending(path: target))
                } catch {
                    throw .unusable("\(source) cannot be copied: \(error)")
                }
                store = try Self.open(folder, fault: fault)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    // MARK: The port

    func admit(_ positions: [PartitionPosition], of group: String) throws(StoreError) -> [PartitionName: Int64] {
        try fault(.before)
        let progress = try now.admit(positions, of: group)
        try fault(.afterCommit)
        return progress
    }

    func note(_ gaps: [PartitionGap]) throws(StoreError) {
        try fault(.before)
        try now.note(gaps)
        try fault(.afterCommit)
    }

    func close(_ ranges: [PartitionName: Range<Int64>], of group: String) throws(StoreError) {
        try fault(.before)
        try now.close(ranges, of: group)
        try fault(.afterCommit)
    }

    func gaps() throws(StoreError) -> [PartitionGap] {
        try fault(.before)
        return try now.gaps()
    }

    func apply(_ batch: StoreBatch) throws(StoreError) -> AppliedBatch {
        try fault(.before)
        let applied = try now.apply(batch)
        try fault(.afterCommit)
        return applied
    }

    func settle(_ slices: [SettledSlice], of group: String) throws(StoreError) {
        try fault(.before)
        try now.settle(slices, of: group)
        try fault(.afterCommit)
    }

    func unpublishedSlices() throws(StoreError) -> [UnpublishedSlice] {
        try now.unpublishedSlices()
    }

    func digestKeyUse() throws(StoreError) -> [String: Int] {
        try now.digestKeyUse()
    }
}

/// Makes SQLite roll back a transaction at its end.
private final class CommitFault: TransactionObserver {
    private let fault: StoreFault

    init(fault: @escaping StoreFault) {
        self.fault = fault
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }

    func databaseDidChange(with event: DatabaseEvent) {}

    func databaseWillCommit() throws {
        try fault(.beforeCommit)
    }

    func databaseDidCommit(_ database: Database) {}

    func databaseDidRollback(_ database: Database) {}
}
