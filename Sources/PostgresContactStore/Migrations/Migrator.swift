public import ContactStore

/// Creates the worker's own tables and brings them up to date. It never touches the company's tables: that is the
/// ``Guard``'s affair, and only when asked.
public struct Migrator: Sendable {
    let target: ConnectionTarget
    let schema: SchemaName

    /// How long a migration may wait for another, and take.
    private static let deadline = Duration.seconds(3_600)

    /// A migrator of one schema.
    public init(target: ConnectionTarget, schema: SchemaName) {
        self.target = target
        self.schema = schema
    }

    /// Applies what is missing, each version in a transaction of its own. Any number of processes may do so at once: one
    /// does it, the others wait and find it done.
    ///
    /// - Returns: what was applied.
    /// - Throws: ``StoreError/unusable(_:)`` where a version that was applied differs from the one here, or where a newer
    ///   program has made a newer one; else as the server answers.
    public func migrate() throws(StoreError) -> [Migration] {
        try StoreFailure(target: target).translating { () throws(PostgresError) in
            var connection = try PostgresConnection.open(target, deadline: .seconds(30))
            return try Self.apply(to: &connection, schema: schema)
        }
    }

    /// Everything that ``migrate()`` would run on an empty database, for those who let nobody but themselves run SQL.
    public var script: String {
        let versions = Migration.all.map { migration in
            """
            -- \(migration.version): \(migration.name)
            \(migration.sql.trimmingEnd)

            \(Self.record(migration, schema));
            """
        }
        return
            ([
                "BEGIN;", Self.prepare(schema).map { $0 + ";" }.joined(separator: "\n"), Self.enter(schema) + ";",
            ] + versions + ["COMMIT;"]).joined(separator: "\n\n") + "\n"
    }

    /// Whether the schema is there, and the table of versions in it, and what this role may do with both.
    private struct Standing {
        var hasSchema = false
        var hasVersions = false
        var missingGrants: [String] = []
    }

    private static func standing(
        _ connection: inout PostgresConnection, schema: SchemaName
    ) throws(PostgresError) -> Standing {
        let result = try connection.run(
            [
                Statement(
                    """
                    SELECT has_schema_privilege(n.oid, 'USAGE'), c.oid IS NOT NULL,
                        c.oid IS NULL OR has_table_privilege(c.oid, 'SELECT'), quote_ident(current_user)
                    FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_class c
                        ON c.relnamespace = n.oid AND c.relname = 'migrations'
                    WHERE n.nspname = $1::text
                    """, [.text(schema.name)])
            ], deadline: .seconds(30))[0]
        var standing = Standing()
        guard !result.rows.isEmpty else { return standing }
        standing.hasSchema = true
        standing.hasVersions = result.boolean(0, 1)
        let role = result.text(0, 3) ?? ""
        if !result.boolean(0, 0) {
            standing.missingGrants.append("GRANT USAGE ON SCHEMA \(quoted(schema.name)) TO \(role);")
        }
        if !result.boolean(0, 2) {
            standing.missingGrants.append("GRANT SELECT ON \(schema("migrations")) TO \(role);")
        }
        return standing
    }

    /// What keeps this program from the worker's tables; nil where nothing does.
    static func fault(_ connection: inout PostgresConnection, schema: SchemaName) throws(PostgresError) -> String? {
        let standing = try standing(&connection, schema: schema)
        guard standing.missingGrants.isEmpty else {
            return "this role may not look into schema \(schema). As its owner: "
                + standing.missingGrants.joined(separator: " ") + " `protected-identity migrate --grants-for ROLE` "
                + "prints all that a worker needs"
        }
        return fault(of: standing.hasVersions ? try applied(&connection, schema: schema) : [:], schema: schema)
    }

    /// The versions that stand in a schema.
    private static func applied(
        _ connection: inout PostgresConnection, schema: SchemaName
    ) throws(PostgresError) -> [Int: String] {
        let rows = try connection.run(
            [Statement("SELECT version, checksum FROM \(schema("migrations"))")], deadline: .seconds(30))[0]
        var applied: [Int: String] = [:]
        for row in rows.rows { applied[Int(rows.integer(row, 0))] = rows.text(row, 1) }
        return applied
    }

    /// What is wrong with the versions that stand in a schema; nil where they are those of this program.
    private static func fault(of applied: [Int: String], schema: SchemaName) -> String? {
        if let newest = applied.keys.max(), newest > Migration.all.count {
            return
                "a newer version of this program has made the tables in schema \(schema) (version \(newest)): run that"
        }
        for migration in Migration.all {
            guard let checksum = applied[migration.version] else {
                return applied.isEmpty
                    ? "the worker's tables are not in schema \(schema): run `protected-identity migrate`"
                    : "the tables in schema \(schema) are of an older version: run `protected-identity migrate`"
            }
            if checksum != migration.checksum {
                return "version \(migration.version) of the tables in schema \(schema) is not the one of this program: "
                    + "another build has made it"
            }
        }
        return nil
    }

    private static func apply(
        to connection: inout PostgresConnection, schema: SchemaName
    ) throws(PostgresError) -> [Migration] {
        var done: [Migration] = []
        for migration in Migration.all {
            // The lock first: whoever comes second sees what the first has done.
            _ = try connection.run(
                [Statement("BEGIN ISOLATION LEVEL READ COMMITTED"), lock(schema)], deadline: deadline)
            let standing = try standing(&connection, schema: schema)
            let known = standing.hasVersions ? try applied(&connection, schema: schema) : [:]
            if known[migration.version] == nil {
                // Who owns the schema need not be allowed to make one.
                let preparing = prepare(schema).dropFirst(standing.hasSchema ? 1 : 0)
                let statements = (preparing + [enter(schema)] + migration.sql.statements).map { Statement($0) }
                _ = try connection.run(statements + [Statement(record(migration, schema))], deadline: deadline)
                done.append(migration)
            } else if let fault = fault(of: known, schema: schema), known[migration.version] != migration.checksum {
                throw PostgresError(.unexpected(fault))
            }
            _ = try connection.run([Statement("COMMIT")], deadline: deadline)
        }
        if let fault = try fault(&connection, schema: schema) { throw PostgresError(.unexpected(fault)) }
        return done
    }

    /// Held until the end of the transaction: one process at a time changes the schema or the guard.
    static func lock(_ schema: SchemaName) -> Statement {
        Statement("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))", [.text("migrate \(schema)")])
    }

    private static func prepare(_ schema: SchemaName) -> [String] {
        [
            "CREATE SCHEMA IF NOT EXISTS \(quoted(schema.name))",
            """
            CREATE TABLE IF NOT EXISTS \(schema("migrations")) (
                version integer PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """,
        ]
    }

    private static func enter(_ schema: SchemaName) -> String {
        "SET LOCAL search_path TO \(quoted(schema.name))"
    }

    private static func record(_ migration: Migration, _ schema: SchemaName) -> String {
        """
        INSERT INTO \(schema("migrations")) (version, name, checksum)
        VALUES (\(migration.version), \(literal(migration.name)), \(literal(migration.checksum)))
        """
    }
}

extension String {
    /// The statements of a file in which each ends with a semicolon at the end of a line, and no text or function holds
    /// one there.
    fileprivate var statements: [String] {
        let lines = split(separator: "\n", omittingEmptySubsequences: true).filter { !$0.hasPrefix("--") }
        return lines.joined(separator: "\n").split(separator: ";\n")
            .map { $0.trimmingSuffix(while: { $0 == ";" || $0.isWhitespace }) }
            .filter { !$0.isEmpty }.map(String.init)
    }

    fileprivate var trimmingEnd: Substring { trimmingSuffix(while: \.isWhitespace) }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> SubSequence {
        self[..<(lastIndex { !predicate($0) }.map(index(after:)) ?? startIndex)]
    }
}
