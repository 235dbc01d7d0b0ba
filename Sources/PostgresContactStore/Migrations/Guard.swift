public import ContactStore

/// Triggers on the company's tables that keep a protected contact clear, whoever writes to it: a nightly sync of another
/// system cannot put an address back.
///
/// They ask the worker's own memory of protected contacts, since a sync overwrites the flag as well, and run with the rights
/// of whoever installed them (`SECURITY DEFINER`), since the sync's role needs none on the worker's tables. They see
/// neither what is written with `session_replication_role = replica` or with triggers disabled, nor a contact that the
/// company makes anew under another key. A protected contact whose key is changed is clear after the change; under its new
/// key nobody remembers it before the next event.
public struct Guard: Sendable {
    let map: FieldMap
    let schema: SchemaName
    let catalog: Catalog

    static let trigger = "zz_protected_identity_guard"

    /// Installs the guard, or brings an installed one up to the map. As the owner of the tables.
    public static func install(_ settings: PostgresContactStore.Settings) throws(StoreError) {
        try change(settings, checks: true) { $0.installation }
    }

    /// Removes the guard.
    public static func remove(_ settings: PostgresContactStore.Settings) throws(StoreError) {
        try change(settings, checks: false) { _ in [] }
    }

    /// What ``install(_:)`` would run. It has to see the tables, since a value's type stands in the statements.
    public static func script(_ settings: PostgresContactStore.Settings) throws(StoreError) -> String {
        var guarding: Guard?
        try change(settings, checks: true, runs: false) {
            guarding = $0
            return []
        }
        return guarding?.installation.map { $0 + ";" }.joined(separator: "\n\n") ?? ""
    }

    private static func change(
        _ settings: PostgresContactStore.Settings, checks: Bool, runs: Bool = true, _ statements: (Guard) -> [String]
    ) throws(StoreError) {
        try StoreFailure(target: settings.target).translating { () throws(PostgresError) in
            var connection = try PostgresConnection.open(settings.target, deadline: .seconds(30))
            let catalog = try Catalog.read(settings.map, &connection)
            var check = MapCheck(settings.map, catalog: catalog, schema: settings.schema)
            check.checkTables()
            // Slow is the worker's affair; and what stands is removed whatever the map says.
            let problems = check.findings.filter { checks && $0.severity == .wrong }
            guard problems.isEmpty else {
                throw PostgresError(.unexpected(problems.map(\.description).joined(separator: "\n")))
            }
            let sql = statements(Guard(map: settings.map, schema: settings.schema, catalog: catalog))
            guard runs else { return }
            if let fault = try Migrator.fault(&connection, schema: settings.schema) {
                throw PostgresError(.unexpected(fault))
            }
            _ = try connection.run([Statement("BEGIN"), Migrator.lock(settings.schema)], deadline: .seconds(600))
            if checks { try mayAskMemory(settings.schema, &connection) }
            let old = try installed(settings.schema, &connection)
            _ = try connection.run(
                (old + sql).map { Statement($0, isOneShot: true) } + [Statement("COMMIT")], deadline: .seconds(600))
        }
    }

    /// The triggers ask the worker's memory with the rights of whoever installs them.
    private static func mayAskMemory(
        _ schema: SchemaName, _ connection: inout PostgresConnection
    ) throws(PostgresError) {
        let question = Statement("SELECT has_table_privilege($1::text, 'SELECT')", [.text(schema("contacts"))])
        guard try connection.run([question], deadline: .seconds(30))[0].boolean(0, 0) else {
            throw PostgresError(
                .unexpected(
                    "this role may not read \(schema("contacts")), which the guard asks with its rights. As the owner of "
                        + "that: GRANT SELECT ON \(schema("contacts")) TO its role;"))
        }
    }

    /// What removes the guard that stands, also from tables that have left the map since.
    private static func installed(
        _ schema: SchemaName, _ connection: inout PostgresConnection
    ) throws(PostgresError) -> [String] {
        let results = try connection.run(
            [
                Statement(
                    """
                    SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_trigger t
                    JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_namespace f ON f.oid = p.pronamespace
                    JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE t.tgname = \(literal(trigger)) AND f.nspname = $1::text AND t.tgparentid = 0
                    """, [.text(schema.name)]),
                Statement(
                    """
                    SELECT p.proname::text FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace f ON f.oid = p.pronamespace
                    WHERE f.nspname = $1::text AND p.proname LIKE 'guard\\_%'
                    """, [.text(schema.name)]),
            ], deadline: .seconds(30))
        let triggers = results[0].rows.map { row in
            TableName(schema: results[0].text(row, 0) ?? "", name: results[0].text(row, 1) ?? "")
        }
        let functions = results[1].rows.compactMap { results[1].text($0, 0) }
        return triggers.map { "DROP TRIGGER \(trigger) ON \($0.sql)" }
            + functions.map { "DROP FUNCTION \(schema($0))()" }
    }

    // MARK: SQL

    private var sql: ContactSQL { ContactSQL(map: map, schema: schema, catalog: catalog) }

    var installation: [String] {
        var statements = guarding(map.table, function: "guard_contact", body: contactBody)
        // A table may hang on contacts by more than one column, and has one trigger for all of them.
        let tables = Dictionary(grouping: map.dependents, by: \.table).sorted { $0.key < $1.key }
        for (index, (table, dependents)) in tables.enumerated() {
            let bodies = dependents.map(body(of:)).joined(separator: "\n")
            statements += guarding(table, function: "guard_dependent_\(index + 1)", body: bodies)
        }
        return statements
    }

    /// Its name begins with `zz`, since triggers fire in the order of their names and this one has the last word.
    private func guarding(_ table: TableName, function: String, body: String) -> [String] {
        [
            """
            CREATE FUNCTION \(schema(function))() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $guard$
            BEGIN
            \(body)
                RETURN NEW;
            END
            $guard$
            """,
            """
            CREATE TRIGGER \(Self.trigger) BEFORE INSERT OR UPDATE ON \(table.sql)
                FOR EACH ROW EXECUTE FUNCTION \(schema(function))()
            """,
        ]
    }

    private var contactBody: String {
        func key(_ row: String) -> (tenant: String, id: String) {
            let tenant = map.tenant.column.map { "\(row).\(quoted($0))::text" } ?? literal(map.tenant.constant ?? "")
            return (tenant, "\(row).\(quoted(map.key))::text")
        }
        let cleared = map.allCleared.map { "NEW.\(quoted($0.column)) := \(sql.replacement(of: $0, in: map.table));" }
        let flag = "NEW.\(quoted(map.flag.column)) := \(map.flag.yes?.first.map(literal) ?? "true");"
        return """
                IF \(isProtected(key("NEW"))) OR (TG_OP = 'UPDATE' AND \(isProtected(key("OLD")))) THEN
                    \((cleared + [flag]).joined(separator: "\n        "))
                END IF;
            """
    }

    private func body(of dependent: FieldMap.Dependent) -> String {
        let id = "NEW.\(quoted(dependent.contact))::text"
        let tenant: String
        if let column = dependent.tenant {
            tenant = "NEW.\(quoted(column))::text"
        } else if let column = map.tenant.column {
            // The contact tells its tenant.
            tenant = """
                (SELECT t.\(quoted(column))::text FROM \(map.table.sql) AS t
                        WHERE t.\(quoted(map.key)) = NEW.\(quoted(dependent.contact)) LIMIT 1)
                """
        } else {
            tenant = literal(map.tenant.constant ?? "")
        }
        let action: String
        switch dependent.action {
        case .delete: action = "RETURN NULL;"
        case .clear(let columns):
            action = columns.map {
                "NEW.\(quoted($0.column)) := \(sql.replacement(of: $0, in: dependent.table));"
            }.joined(separator: "\n        ")
        }
        return """
                IF \(isProtected((tenant, id))) THEN
                    \(action)
                END IF;
            """
    }

    private func isProtected(_ contact: (tenant: String, id: String)) -> String {
        """
        EXISTS (SELECT 1 FROM \(schema("contacts")) AS k
                WHERE k.tenant = \(contact.tenant) AND k.contact_id = \(contact.id) AND k.is_protected)
        """
    }
}
