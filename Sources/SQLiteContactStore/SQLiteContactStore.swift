public import ContactStore
package import GRDB
internal import Synchronization

/// The embedded contact registry: one SQLite file, written by one process at a time.
///
/// Every call blocks its thread until the change is on the disk (`synchronous=FULL`). What is cleared is gone from the
/// file, from its indexes and, within a second, from the write-ahead log.
public final class SQLiteContactStore: OperationsStore {
    /// What is dangerous about the file but not wrong, to be logged once: a link, a mode that lets others read.
    public let warnings: [String]

    package let queue: DatabaseQueue
    let failure: StoreFailure
    let truncation: LogTruncation
    private let lock: Mutex<FileLock?>

    /// Opens the registry at `path`, creates it where there is none, and brings its tables up to date.
    ///
    /// - Parameter path: of the file; a relative one begins at the current folder. `-wal`, `-shm` and `.lock` are kept
    ///   beside it.
    /// - Throws: ``StoreError/unusable(_:)`` where another process has the file, where it is no database of this
    ///   program or of a newer version, or where permissions are missing; ``StoreError/transient(_:)`` on a full disk.
    public init(path: String) throws(StoreError) {
        let file = try DatabaseFile(path: path)
        let lock = try FileLock(database: file.path)
        try file.createIfMissing()
        try file.check(writable: true)
        failure = StoreFailure(path: file.path)
        queue = try failure.translating { [failure] in
            let queue = try DatabaseQueue(path: file.path, configuration: Connection.writing)
            try Connection.adopt(queue, failure: failure)
            return queue
        }
        warnings = file.warnings
        truncation = LogTruncation(queue: queue)
        self.lock = Mutex(lock)
        if try needsCompaction() { try compact() }
        // A process that was killed may have left cleared values in the log.
        truncation.request()
    }

    deinit {
        close()
    }

    /// The statements that each version of the tables adds, oldest first, for those who want to read them.
    public static var migrations: [(version: String, sql: String)] {
        Schema.versions.map { (version: $0.name, sql: $0.sql) }
    }

    /// Truncates the log, closes the file and lets another process have it. Later calls throw.
    public func close() {
        truncation.stop()
        try? queue.close()
        lock.withLock { $0 = nil }
    }

    /// Runs `body` in one transaction that has the write lock from its beginning; an error rolls it back.
    func write<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
        try failure.translating { try transaction(body) }
    }

    /// As ``write(_:)``, with the errors as they come.
    func transaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
        var result: Result?
        try queue.inTransaction(.immediate) { database in
            result = try body(database)
            return .commit
        }
        guard let result else { throw StoreError.transient("the transaction was not run") }
        return result
    }

    /// Runs `body` on a consistent view.
    func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
        try failure.translating { try queue.read(body) }
    }
}
