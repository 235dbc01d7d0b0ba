public import ContactStore

/// Triggers on the company's tables that keep a protected contact clear, whoever writes to it: a nightly sync of another
/// system cannot put an address back.
///
/// They ask the worker's own memory of protected contacts, since a sync overwrites the flag as well, and run with the rights
/// of whoever installed them (`SECURITY DEFINER`), since the sync's role needs none on the worker's tables. They see
/// neither what is written with `session_replication_role = replica` or with triggers disabled, nor a contact that the
/// company makes anew under another key.
public struct Guard: Sendable {
    let map: FieldMap
    let schema: SchemaName
    let catalog: Catalog

    static let trigger = "zz_protected_identity_guard"

    /// Installs the guard, or brings an installed one up to the map. As the owner of the tables.
    public static func install(_ settings: PostgresContactStore.Settings) throws(StoreError) {
        try change(settings) { $0.installation }
    }

    /// Removes the guard.
    public static func remove(_ settings: PostgresContactStore.Settings) throws(StoreError) {
        try change(settings) { $0.removal }
    }

    /// What ``install(_:)`` would run. It has to see the tables, since a value's type stands in the statements.
    public static func script(_ settings: PostgresContactStore.Settings) throws(StoreError) -> String {
        var guarding: Guard?
        try change(settings, runs: false) {
            guarding = $0
            return []
        }
        return guarding?.installation.map { $0 + ";" }.joined(separator: "\n\n") ?? ""
    }

    private static func change(
        _ settings: PostgresContactStore.Settings, runs: Bool = true, _ statements: (Guard) -> [String]
    ) throws(StoreError) {
        try StoreFailure(target: settings.target).translating { () throws(PostgresError) in
            var connection = try PostgresConnection.open(settings.target, deadline: .seconds(30))
            let catalog = try Catalog.read(settings.map, &connection)
            var check = MapCheck(settings.map, catalog: catalog, schema: settings.schema)
            check.checkTables()
            guard check.findings.isEmpty else {
                throw PostgresError(.unexpected(check.findings.map(\.description).joined(separator: "\n")))
            }
            let sql = statements(Guard(map: settings.map, schema: settings.schema, catalog: catalog))
            guard runs else { return }
            _ = try connection.run(
                ([Statement("BEGIN")] + sql.map { Statement($0) } + [Statement("COMMIT")]), deadline: .seconds(600))
        }
    }

    // MARK: SQL

    private var sql: ContactSQL { ContactSQL(map: map, schema: schema, catalog: catalog) }

    var installation: [String] {
        var statements = guarding(map.table, function: "guard_contact", body: contactBody)
        for (index, dependent) in map.dependents.enumerated() {
            statements += guarding(dependent.table, function: "guard_dependent_\(index + 1)", body: body(of: dependent))
        }
        return statements
    }

    var removal: [String] {
        let tables = [map.table] + map.dependents.map(\.table)
        let functions = ["guard_contact"] + map.dependents.indices.map { "guard_dependent_\($0 + 1)" }
        return tables.map { "DROP TRIGGER IF EXISTS \(Self.trigger) ON \($0.sql)" }
            + functions.map { "DROP FUNCTION IF EXISTS \(schema($0))()" }
    }

    /// Its name begins with `zz`, since triggers fire in the order of their names and this one has the last word.
    private func guarding(_ table: TableName, function: String, body: String) -> [String] {
        [
            """
            CREATE OR REPLACE FUNCTION \(schema(function))() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $guard$
            BEGIN
            \(body)
                RETURN NEW;
            END
            $guard$
            """,
            "DROP TRIGGER IF EXISTS \(Self.trigger) ON \(table.sql)",
            """
            CREATE TRIGGER \(Self.trigger) BEFORE INSERT OR UPDATE ON \(table.sql)
                FOR EACH ROW EXECUTE FUNCTION \(schema(function))()
            """,
        ]
    }

    private var contactBody: String {
        let tenant = map.tenant.column.map { "NEW.\(quoted($0))::text" } ?? literal(map.tenant.constant ?? "")
        let cleared = map.allCleared.map { "NEW.\(quoted($0.column)) := \(sql.replacement(of: $0, in: map.table));" }
        let flag = "NEW.\(quoted(map.flag.column)) := \(map.flag.yes?.first.map(literal) ?? "true");"
        return """
                IF \(isProtected(tenant: tenant, id: "NEW.\(quoted(map.key))::text")) THEN
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
                IF \(isProtected(tenant: tenant, id: id)) THEN
                    \(action)
                END IF;
            """
    }

    private func isProtected(tenant: String, id: String) -> String {
        """
        EXISTS (SELECT 1 FROM \(schema("contacts")) AS k
                WHERE k.tenant = \(tenant) AND k.contact_id = \(id) AND k.is_protected)
        """
    }
}
