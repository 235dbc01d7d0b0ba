private import CLibpq
private import Foundation

/// A connection to PostgreSQL. Has one owner, and one thread that uses it at a time: every call blocks until the server
/// has answered, the deadline has passed or the connection is broken.
///
/// Statements are prepared once a connection, by their text. Those of one call travel together in libpq's pipeline mode:
/// one round trip, whatever their number.
struct PostgresConnection: ~Copyable {
    private let handle: OpaquePointer
    /// The names of the prepared statements by their text.
    private var prepared: [String: String] = [:]
    /// How often the server was asked.
    private(set) var roundTrips = 0
    /// Whether the connection can still be used.
    private(set) var isUsable = true

    private init(handle: OpaquePointer) {
        self.handle = handle
    }

    /// Connects, and sets what the store's sessions need.
    static func open(
        _ target: ConnectionTarget, setup: [Statement] = [], deadline: Duration
    ) throws(PostgresError) -> PostgresConnection {
        let keywords = target.keywords
        var names = keywords.map { UnsafePointer(strdup($0.name)) }
        var values = keywords.map { UnsafePointer(strdup($0.value)) }
        defer {
            for pointer in names + values { free(UnsafeMutableRawPointer(mutating: pointer)) }
        }
        names.append(nil)
        values.append(nil)
        guard let handle = PQconnectdbParams(names, values, 1) else {
            throw PostgresError(.unreachable("out of memory"))
        }
        var connection = PostgresConnection(handle: handle)
        guard PQstatus(handle) == CONNECTION_OK else {
            throw PostgresError(.unreachable(firstLine(of: PQerrorMessage(handle))))
        }
        // By default notices go to standard error, and a company's triggers may quote values in theirs.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else { throw PostgresError(.lost) }
        if !setup.isEmpty { _ = try connection.run(setup, deadline: deadline) }
        return connection
    }

    deinit {
        PQfinish(handle)
    }

    /// The server's version, 150018 for 15.18.
    var serverVersion: Int32 { PQserverVersion(handle) }

    /// Whether the connection is encrypted.
    var isEncrypted: Bool { PQsslInUse(handle) != 0 }

    /// Runs statements in one round trip and returns the result of each. The first error ends it: what stands behind is
    /// not run, and an open transaction can only be rolled back.
    ///
    /// - Parameter deadline: until the last answer. When it passes, the running statement is cancelled and the connection
    ///   is given up, since nobody knows what the server has done.
    mutating func run(_ statements: [Statement], deadline: Duration) throws(PostgresError) -> [PostgresResult] {
        guard isUsable else { throw PostgresError(.lost) }
        if statements.allSatisfy(\.isIdle) {
            var results: [PostgresResult] = []
            for _ in statements { results.append(try nothing()) }
            return results
        }
        roundTrips += 1
        let end = ContinuousClock.now + deadline
        do throws(PostgresError) {
            let preparing = try send(statements)
            let results = try receive(statements, preparing, until: end)
            return results
        } catch {
            // Behind any other error nobody knows where in the protocol the two sides stand.
            if error.state == nil { isUsable = false }
            if error.kind == .deadline { cancel() }
            throw error
        }
    }

    // MARK: Sending

    /// Puts the statements into the pipeline; returns which of them are prepared on the way.
    private func send(_ statements: [Statement]) throws(PostgresError) -> [String: String] {
        var preparing: [String: String] = [:]
        for statement in statements where !statement.isIdle {
            let name = prepared[statement.sql] ?? preparing[statement.sql]
            if name == nil, !statement.isOneShot {
                let new = "s\(prepared.count + preparing.count)"
                preparing[statement.sql] = new
                let types = statement.parameters.map { Oid($0.type) }
                guard PQsendPrepare(handle, new, statement.sql, Int32(types.count), types) == 1 else {
                    throw PostgresError(.lost)
                }
            }
            guard send(statement, as: name ?? preparing[statement.sql]) else { throw PostgresError(.lost) }
        }
        guard PQpipelineSync(handle) == 1 else { throw PostgresError(.lost) }
        return preparing
    }

    /// - Parameter name: under which it is prepared; without one it is parsed and planned for this once.
    private func send(_ statement: Statement, as name: String?) -> Bool {
        let parameters = statement.parameters
        // One block for all values, so that each has an address for as long as the call lasts.
        var block: [UInt8] = []
        block.reserveCapacity(parameters.reduce(1) { $0 + ($1.bytes?.count ?? 0) })
        block.append(0)
        var offsets: [Int?] = []
        for parameter in parameters {
            offsets.append(parameter.bytes == nil ? nil : block.count)
            block.append(contentsOf: parameter.bytes ?? [])
        }
        let lengths = parameters.map { Int32($0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: parameters.count)
        return block.withUnsafeBytes { bytes in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            let count = Int32(parameters.count)
            guard let name else {
                let types = parameters.map { Oid($0.type) }
                return PQsendQueryParams(handle, statement.sql, count, types, values, lengths, formats, 1) == 1
            }
            return PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1) == 1
        }
    }

    // MARK: Receiving

    private mutating func receive(
        _ statements: [Statement], _ preparing: [String: String], until end: ContinuousClock.Instant
    ) throws(PostgresError) -> [PostgresResult] {
        var awaited = preparing
        var results: [PostgresResult] = []
        var failure: PostgresError?
        for statement in statements {
            if statement.isIdle {
                results.append(try nothing())
                continue
            }
            // The answer to its preparation comes first, where there was one.
            if let name = awaited.removeValue(forKey: statement.sql) {
                switch try outcome(until: end) {
                case .success: prepared[statement.sql] = name
                case .failure(let error): failure = failure ?? error
                }
            }
            switch try outcome(until: end) {
            case .success(let result): results.append(result)
            case .failure(let error): failure = failure ?? error
            }
        }
        guard let sync = try next(until: end), PQresultStatus(sync) == PGRES_PIPELINE_SYNC else {
            throw PostgresError(.lost)
        }
        PQclear(sync)
        if let failure { throw failure }
        return results
    }

    /// The result of a statement that was not sent.
    private func nothing() throws(PostgresError) -> PostgresResult {
        guard let handle = PQmakeEmptyPGresult(handle, PGRES_TUPLES_OK) else {
            throw PostgresError(.unexpected("out of memory"))
        }
        return PostgresResult(handle: handle)
    }

    /// The answer to one command, and the empty one that ends it.
    private func outcome(until end: ContinuousClock.Instant) throws(PostgresError) -> Result<
        PostgresResult, PostgresError
    > {
        guard let handle = try next(until: end) else { throw PostgresError(.lost) }
        let result = PostgresResult(handle: handle)
        let status = PQresultStatus(handle)
        guard try next(until: end) == nil else { throw PostgresError(.unexpected("a statement had several results")) }
        switch status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return .success(result)
        case PGRES_PIPELINE_ABORTED: return .failure(PostgresError(.unexpected("not run, since one before it failed")))
        default: break
        }
        guard let code = Self.field(handle, clibpq_diag_sqlstate) else { throw PostgresError(.lost) }
        let schema = Self.field(handle, clibpq_diag_schema)
        let table = Self.field(handle, clibpq_diag_table)
        let error = PostgresError(
            .server(SQLState(code)), table: table.map { name in schema.map { "\($0).\(name)" } ?? name },
            detail: Self.field(handle, clibpq_diag_constraint).map { "constraint \($0)" }
                ?? Self.field(handle, clibpq_diag_column).map { "column \($0)" })
        // The server ends a session by an error and a closed connection (57P01 and its like).
        if PQstatus(self.handle) != CONNECTION_OK { throw PostgresError(.lost) }
        return .failure(error)
    }

    /// The next result, waiting for it without blocking libpq; nil where a command has no more.
    private func next(until end: ContinuousClock.Instant) throws(PostgresError) -> OpaquePointer? {
        while true {
            let unsent = PQflush(handle)
            guard unsent >= 0 else { throw PostgresError(.lost) }
            // What the server says while we send has to be read, or both wait for each other.
            if PQisBusy(handle) == 0 { return PQgetResult(handle) }
            var descriptor = pollfd(
                fd: PQsocket(handle), events: Int16(POLLIN) | (unsent > 0 ? Int16(POLLOUT) : 0), revents: 0)
            let left = ContinuousClock.now.duration(to: end).components
            guard left.seconds >= 0, left.attoseconds >= 0 else { throw PostgresError(.deadline) }
            let milliseconds = min(left.seconds, 3_600) * 1_000 + left.attoseconds / 1_000_000_000_000_000 + 1
            let count = poll(&descriptor, 1, Int32(milliseconds))
            if count < 0, errno != EINTR { throw PostgresError(.lost) }
            if count > 0, PQconsumeInput(handle) == 0 { throw PostgresError(.lost) }
        }
    }

    /// Asks the server to give up what it is doing. That takes a connection of its own, which may hang as well, so nobody
    /// waits for it.
    private func cancel() {
        guard let cancel = PQgetCancel(handle) else { return }
        let request = CancelRequest(handle: cancel)
        Thread.detachNewThread { request.send() }
    }

    private static func field(_ result: OpaquePointer, _ code: Int32) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }

    /// libpq's message about a connection that could not be made: it names host, user and database, no value.
    private static func firstLine(of message: UnsafePointer<CChar>?) -> String {
        let text = message.map { String(cString: $0) } ?? ""
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        return lines.filter { !$0.hasPrefix("DETAIL") && !$0.isEmpty }.joined(separator: "; ")
    }
}

/// A request to give up a statement. `@unchecked Sendable`: it is handed to one thread, which alone uses it from then on.
private struct CancelRequest: @unchecked Sendable {
    let handle: OpaquePointer

    func send() {
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(handle, &message, 256)
        PQfreeCancel(handle)
    }
}
