internal import ContactStore
internal import GRDB

/// Turns what SQLite reports into what a worker can act on. SQLite's own messages are left out: they may quote a value.
struct StoreFailure {
    /// The database's path, which an operator can act on.
    let path: String

    func describe(_ error: any Error) -> StoreError {
        if let error = error as? StoreError { return error }
        guard let error = error as? DatabaseError else {
            return .unusable("\(path): unexpected failure (\(type(of: error)))")
        }
        StoreErrorCounter.count("sqlite-\(error.resultCode.rawValue)")
        let code = "SQLite code \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL:
            return .transient("\(path): the disk is full; make room, the worker goes on by itself (\(code))")
        case .SQLITE_IOERR:
            return .transient("\(path): the disk cannot be read or written; see the system's log (\(code))")
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            return .transient("\(path): another process holds the database; end it if this lasts (\(code))")
        case .SQLITE_NOMEM:
            return .transient("\(path): out of memory (\(code))")
        case .SQLITE_INTERRUPT, .SQLITE_ABORT, .SQLITE_SCHEMA:
            return .transient("\(path): interrupted (\(code))")
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE:
            return .refused("\(path): the database refuses a row (\(code))")
        case .SQLITE_NOTADB:
            return .unusable("\(path): this file is not a SQLite database; name another file (\(code))")
        case .SQLITE_CORRUPT:
            return .unusable("\(path): the database is damaged; restore a backup and replay (\(code))")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return .unusable(
                "\(path): the database may not be written; give this user write access to it and its folder (\(code))")
        case .SQLITE_CANTOPEN:
            return .unusable("\(path): cannot be opened; this user needs write access to it and its folder (\(code))")
        case .SQLITE_MISUSE:
            return .unusable("\(path): the store is closed (\(code))")
        default:
            return .unusable("\(path): SQLite failed (\(code))")
        }
    }

    /// Runs `body`, whose errors become those of the port.
    func translating<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
        do {
            return try body()
        } catch {
            throw describe(error)
        }
    }
}
