/// The privileges that the worker needs, and no more; and apart from them those of maintenance.
public struct Grants: Sendable {
    let map: FieldMap
    let schema: SchemaName
    let deletes: Bool

    /// The grants for a map.
    ///
    /// - Parameter deletes: whether the role deletes contacts, too.
    public init(map: FieldMap, schema: SchemaName = .standard, deletes: Bool = false) {
        self.deletes = deletes
        self.map = map
        self.schema = schema
    }

    static let ownTables = [
        "aliases", "register_words", "contacts", "journal", "unpublished_slices", "progress", "owed_messages",
        "reconciliations", "replays", "gaps",
    ]

    /// What the worker's role needs, to be run by the owner of the tables after `migrate`.
    ///
    /// Columns are named one by one: the worker cannot read a name or an address but to see whether there is one, and
    /// cannot write any other column.
    public func worker(role: String) -> [String] {
        let role = quoted(role)
        var grants = [
            "GRANT USAGE ON SCHEMA \(quoted(schema.name)) TO \(role);",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON \(Self.ownTables.map { schema($0) }.joined(separator: ", ")) "
                + "TO \(role);",
            "GRANT SELECT ON \(schema("migrations")) TO \(role);",
            "GRANT USAGE ON SEQUENCE \(schema("slice_ids")) TO \(role);",
        ]
        let schemas = map.tables.map(\.schema)
        grants += Set(schemas).sorted().map { "GRANT USAGE ON SCHEMA \(quoted($0)) TO \(role);" }
        let cleared = deletes && map.removal == .anonymise ? map.allAnonymised : map.allCleared
        let written = cleared.map(\.column) + [map.flag.column] + [map.updatedAt].compactMap { $0 }
        let read = [map.key, map.tenant.column, map.country.column, map.email].compactMap { $0 } + written
        grants.append(Self.columns("SELECT", read, on: map.table, to: role))
        grants.append(Self.columns("UPDATE", written, on: map.table, to: role))
        for dependent in map.dependents {
            let keys = [dependent.contact, dependent.tenant].compactMap { $0 }
            switch dependent.action {
            case .delete:
                grants.append(Self.columns("SELECT", keys, on: dependent.table, to: role))
                grants.append("GRANT DELETE ON \(dependent.table.sql) TO \(role);")
            case .clear(let cleared):
                let columns = cleared.map(\.column)
                grants.append(Self.columns("SELECT", keys + columns, on: dependent.table, to: role))
                grants.append(Self.columns("UPDATE", columns, on: dependent.table, to: role))
                if deletes, dependent.removal == .delete {
                    grants.append("GRANT DELETE ON \(dependent.table.sql) TO \(role);")
                }
            }
        }
        if deletes, map.removal == .delete { grants.append("GRANT DELETE ON \(map.table.sql) TO \(role);") }
        return grants
    }

    /// What rewrites the tables so that cleared values are gone from their files, to be run by their owner (a rewrite needs
    /// the owner's rights, so no grant will do), at a quiet hour: it locks each table while it copies it.
    public var maintenance: [String] {
        let tables = Set(map.tables).sorted()
        return tables.map { "VACUUM (FULL, ANALYZE) \($0.sql);" }
    }

    private static func columns(_ privilege: String, _ names: [String], on table: TableName, to role: String) -> String
    {
        var seen: Set<String> = []
        let list = names.filter { seen.insert($0).inserted }.map(quoted).joined(separator: ", ")
        return "GRANT \(privilege) (\(list)) ON \(table.sql) TO \(role);"
    }
}
