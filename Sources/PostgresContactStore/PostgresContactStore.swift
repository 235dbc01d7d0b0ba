public import ContactStore
private import Foundation
internal import ProtectedIdentity
internal import Synchronization

/// A contact registry that a company already has: its tables in PostgreSQL, as a ``FieldMap`` describes them, and the
/// worker's own tables beside them.
///
/// Any number of workers may share it. Calls block their thread until the server has answered; a connection that breaks is
/// made anew by the next call.
public final class PostgresContactStore: OperationsStore {
    /// What a store is made of.
    public struct Settings: Sendable, Equatable {
        /// Where the server is.
        public var target: ConnectionTarget
        /// The schema of the worker's own tables.
        public var schema: SchemaName
        /// What the company's tables look like.
        public var map: FieldMap
        /// Whether contacts are to be deleted, so that the tables have to allow it.
        public var deletes: Bool

        /// The settings of a store.
        public init(target: ConnectionTarget, schema: SchemaName = .standard, map: FieldMap, deletes: Bool = false) {
            self.target = target
            self.schema = schema
            self.map = map
            self.deletes = deletes
        }
    }

    /// How long one round trip may take before the connection is given up. The server gives up sooner by itself.
    static let deadline = Duration.seconds(90)
    /// Whatever a database has for a default: each statement is to see what was committed before it. A server that is not to
    /// be written to, a standby or one that was set so, refuses the first write, and is waited for.
    static let begin = Statement("BEGIN ISOLATION LEVEL READ COMMITTED")
    /// How often a batch begins again at once before its sender is told to wait.
    private static let attempts = 20

    let settings: Settings
    let failure: StoreFailure
    let reader: ResolutionReader
    private let connection: Mutex<PostgresConnection?>

    /// Connects, and holds the worker's tables and the map against the live catalog.
    ///
    /// - Throws: ``StoreError/transient(_:)`` where the server cannot be reached, ``StoreError/unusable(_:)`` with
    ///   everything that is wrong with the tables and the map at once.
    public init(_ settings: Settings) throws(StoreError) {
        self.settings = settings
        failure = StoreFailure(target: settings.target)
        let catalog = try failure.translating { () throws(PostgresError) in try Self.inspect(settings) }
        reader = ResolutionReader(
            sql: ContactSQL(map: settings.map, schema: settings.schema, catalog: catalog),
            own: OwnSQL(schema: settings.schema))
        connection = Mutex(nil)
    }

    /// What the live catalog says of the map's tables, once nothing is wrong with them.
    private static func inspect(_ settings: Settings) throws(PostgresError) -> Catalog {
        var connection = try connect(settings)
        if let fault = try Migrator.fault(&connection, schema: settings.schema) {
            throw PostgresError(.unexpected(fault))
        }
        let catalog = try Catalog.read(settings.map, &connection)
        let problems = try MapCheck(
            settings.map, catalog: catalog, schema: settings.schema, deletion: settings.deletes ? .wrong : nil
        ).problems(&connection)
        guard problems.isEmpty else {
            let lines = problems.map { "  \($0)" }.joined(separator: "\n")
            throw PostgresError(.unexpected("the tables are not as store.contacts says:\n\(lines)"))
        }
        return catalog
    }

    /// Settles what the committed offsets prove to be published, and tells how far the group was applied.
    public func admit(
        _ positions: [PartitionPosition], of group: String
    ) throws(StoreError) -> [PartitionName: Int64] {
        let settled = positions.compactMap { position in
            position.committed.map { SettledSlice(id: .max, partition: position.partition, last: $0 - 1) }
        }
        let names = SliceColumns(positions.map { BatchSlice(partition: $0.partition, first: 0, last: 0) })
        return try transaction { connection throws(PostgresError) in
            let results = try connection.run(
                [
                    Self.begin, SettledSlice.statement(settled, of: group, reader.own),
                    Statement(reader.own.findProgress, [.text(group), names.topics, names.partitions]),
                    Statement("COMMIT"),
                ], deadline: Self.deadline)
            var progress: [PartitionName: Int64] = [:]
            for row in results[2].rows {
                let name = PartitionName(
                    topic: results[2].text(row, 0) ?? "",
                    partition: Int32(truncatingIfNeeded: results[2].integer(row, 1)))
                progress[name] = results[2].integer(row, 2)
            }
            return progress
        }
    }

    /// Decides and saves one batch in one transaction; see ``BatchTransaction``.
    public func apply(_ batch: StoreBatch) throws(StoreError) -> AppliedBatch {
        try run(batch) { transaction, connection throws(BatchFailure) in try transaction.run(&connection) }
    }

    /// Runs a batch's transaction until no other worker is in its way.
    func run<Value: Sendable>(
        _ batch: StoreBatch,
        _ body: (BatchTransaction, inout PostgresConnection) throws(BatchFailure) -> Value
    ) throws(StoreError) -> Value {
        var wanted = Locks()
        for attempt in 1...Self.attempts {
            let transaction = BatchTransaction(batch: batch, reader: reader, wanted: wanted)
            let result = try rollingBack { connection throws(BatchFailure) in try body(transaction, &connection) }
            switch result {
            case .success(let value): return value
            case .failure(.again): break
            case .failure(.againLocking(let locks)): wanted.formUnion(locks)
            case .failure(.store(let error)): throw error
            case .failure(.postgres(let error)):
                // Two programs met: one of them goes on, the other one begins again.
                let isBadLuck =
                    error.state == .deadlockDetected || error.state == .serializationFailure
                    || error.isConflict(in: settings.schema)
                guard isBadLuck else { throw try describe(error, deletes: transaction.deletes) }
            }
            // Whoever was first is let go first.
            if attempt > 2 { Thread.sleep(forTimeInterval: .random(in: 0...0.02 * Double(attempt))) }
        }
        throw .transient("\(settings.target.masked): other workers were first, \(Self.attempts) times; beginning again")
    }

    /// What an error of a batch means. Some codes say that tables or privileges are not as they should be, and a trigger may
    /// raise the same for one row: the statements that write are tried on nothing to tell the two apart.
    private func describe(_ error: PostgresError, deletes: Bool) throws(StoreError) -> StoreError {
        let described = failure.describe(error)
        guard case .unusable = described, error.state != nil else { return described }
        let isSystemic = try withConnection { connection -> Bool in
            do throws(PostgresError) {
                _ = try connection.run(
                    [Self.begin] + reader.writingNothing(deletes: deletes) + [Statement("ROLLBACK")],
                    deadline: Self.deadline)
                return false
            } catch {
                Self.rollBack(&connection)
                return true
            }
        }
        return isSystemic ? described : .refused(described.description)
    }

    /// Forgets slices that are known to be published.
    public func settle(_ slices: [SettledSlice], of group: String) throws(StoreError) {
        try transaction { connection throws(PostgresError) in
            _ = try connection.run(
                [Self.begin, SettledSlice.statement(slices, of: group, reader.own), Statement("COMMIT")],
                deadline: Self.deadline)
        }
    }

    /// The slices that stand as unpublished, oldest first.
    public func unpublishedSlices() throws(StoreError) -> [UnpublishedSlice] {
        try transaction { connection throws(PostgresError) in
            let result = try connection.run([Statement(reader.own.standingSlices)], deadline: Self.deadline)[0]
            return result.rows.map { row in
                let partition = PartitionName(
                    topic: result.text(row, 2) ?? "", partition: Int32(truncatingIfNeeded: result.integer(row, 3)))
                let slice = BatchSlice(
                    partition: partition, first: result.integer(row, 4), last: result.integer(row, 5))
                return UnpublishedSlice(id: result.integer(row, 0), group: result.text(row, 1) ?? "", slice: slice)
            }
        }
    }

    /// How many rows still bear the id of each digest key: persons' aliases, and events in the journal.
    public func digestKeyUse() throws(StoreError) -> [String: Int] {
        try transaction { connection throws(PostgresError) in
            let result = try connection.run([Statement(reader.own.digestKeyUse)], deadline: .seconds(600))[0]
            return Dictionary(
                result.rows.map { (result.text($0, 0) ?? "", Int(result.integer($0, 1))) }, uniquingKeysWith: +)
        }
    }

    /// Gives the connection back, unless a call is under way, which is not waited for. A later call makes a new one.
    public func close() {
        connection.withLockIfAvailable { $0 = nil }
    }

    // MARK: Connection

    /// What a session of the store needs, whatever the database and the role have for defaults.
    private static let setup = Statement(
        """
        SELECT set_config('standard_conforming_strings', 'on', false),
            -- A lock or a statement that takes longer than this is tried again; a worker that was paused in the middle
            -- holds up the others no longer than this.
            set_config('lock_timeout', '20s', false), set_config('statement_timeout', '60s', false),
            set_config('idle_in_transaction_session_timeout', '30s', false),
            -- No number is to stand in the server's log beside a statement that failed.
            set_config('log_parameter_max_length_on_error', '0', false),
            -- What is decided is to survive a crash of the server.
            set_config('synchronous_commit',
                CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                    ELSE current_setting('synchronous_commit') END, false),
            -- Every statement asks an index for each row of a batch. A planner that has seen a table empty, or has not
            -- seen it at all, would read the whole of it instead.
            set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),
            set_config('enable_mergejoin', 'off', false), set_config('enable_material', 'off', false),
            set_config('enable_bitmapscan', 'off', false), set_config('jit', 'off', false)
        """)

    /// Plans are kept where each of the company's tables is larger than this; a plan that was made for a small one may be
    /// wrong when it has grown. Then every batch is planned anew, for some three milliseconds.
    private static let largeTable = 4 * 1_024 * 1_024

    private static func planning(_ map: FieldMap) -> Statement {
        Statement(
            """
            SELECT set_config('plan_cache_mode', CASE
                WHEN (SELECT min(pg_table_size(c.oid)) FROM unnest($1::text[], $2::text[]) AS w(schema_name, name)
                    JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema_name
                    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name) > \(largeTable)
                THEN 'force_generic_plan' ELSE 'force_custom_plan' END, false)
            """, [.texts(map.tables.map(\.schema)), .texts(map.tables.map(\.name))])
    }

    static func connect(_ settings: Settings) throws(PostgresError) -> PostgresConnection {
        try PostgresConnection.open(
            settings.target, setup: [setup, planning(settings.map)], deadline: .seconds(30))
    }

    func transaction<Value: Sendable>(
        _ body: (inout PostgresConnection) throws(PostgresError) -> Value
    ) throws(StoreError) -> Value {
        let result = try withConnection { connection -> Result<Value, PostgresError> in
            do throws(PostgresError) {
                return .success(try body(&connection))
            } catch {
                Self.rollBack(&connection)
                return .failure(error)
            }
        }
        return try failure.translating { () throws(PostgresError) in try result.get() }
    }

    /// Runs a transaction of several round trips, and rolls back what fails.
    private func rollingBack<Value: Sendable>(
        _ body: (inout PostgresConnection) throws(BatchFailure) -> Value
    ) throws(StoreError) -> Result<Value, BatchFailure> {
        try withConnection { connection in
            do throws(BatchFailure) {
                return .success(try body(&connection))
            } catch {
                Self.rollBack(&connection)
                return .failure(error)
            }
        }
    }

    /// Runs a page of an operation: tried once, since its caller comes again.
    func onePage<Value: Sendable>(
        _ body: (inout PostgresConnection) throws(BatchFailure) -> Value
    ) throws(StoreError) -> Value {
        switch try rollingBack(body) {
        case .success(let value): return value
        case .failure(.postgres(let error)): throw failure.describe(error)
        case .failure(.store(let error)): throw error
        case .failure(.again), .failure(.againLocking):
            throw .transient("\(settings.target.masked): another program was first; beginning again")
        }
    }

    /// Lends the connection, a new one where there is none; keeps it unless it broke.
    func withConnection<Value: Sendable>(
        _ body: (inout PostgresConnection) -> Value
    ) throws(StoreError) -> Value {
        try connection.withLock { kept throws(StoreError) in
            var connection: PostgresConnection
            if let alive = kept.take() {
                connection = alive
            } else {
                connection = try failure.translating { () throws(PostgresError) in try Self.connect(settings) }
            }
            let value = body(&connection)
            if connection.isUsable { kept = .some(connection) }
            return value
        }
    }

    /// Ends a transaction that failed, if one is open. Where that fails too the connection is of no more use.
    static func rollBack(_ connection: inout PostgresConnection) {
        guard connection.isUsable else { return }
        _ = try? connection.run([Statement("ROLLBACK")], deadline: .seconds(10))
    }
}
