internal import ProtectedIdentity

/// The statements on the company's tables, made once of a map and the catalog's types.
///
/// `w` is what a batch asks for, an array a column: it always comes first, and an index of the table is asked for each of
/// its rows. Parameters are cast to the columns' types, never the columns.
struct ContactSQL: Sendable {
    let map: FieldMap
    let schema: SchemaName
    let catalog: Catalog
    let fields: [ClearableField]

    // The statements, put together once; what each does stands at its text below.
    private(set) var findByKey = ""
    private(set) var findByNumber = ""
    private(set) var findByPerson = ""
    private(set) var lock = ""
    private(set) var read = ""
    private(set) var clear = ""
    private(set) var mark = ""
    private(set) var clearDependents: [String] = []
    private(set) var heldByDependents: [String] = []
    private(set) var removal: ContactRemoval = .none

    init(map: FieldMap, schema: SchemaName, catalog: Catalog) {
        self.map = map
        self.schema = schema
        self.catalog = catalog
        fields = map.fields
        findByKey = findByKeyText
        findByNumber = findByNumberText
        findByPerson = findByPersonText
        lock = lockText
        read = readText
        clear = clearText
        mark = markText
        clearDependents = clearDependentsText
        heldByDependents = heldByDependentsText
        removal = removalTexts
    }

    var keyType: ColumnType { type(of: map.key) }
    var tenantType: ColumnType { map.tenant.column.map { type(of: $0) } ?? .text }
    var numberType: ColumnType { type(of: map.number.column) }

    // MARK: Finding

    /// Contacts by `$1` tenants and `$2` ids: tenant, id, country, number, person.
    private var findByKeyText: String { "\(found) FROM \(Self.keys) JOIN \(table) ON \(matchesKey) \(known)" }

    /// Contacts by `$1` tenants and `$2` written numbers.
    private var findByNumberText: String {
        """
        \(found) FROM unnest($1::text[], $2::text[]) AS w(tenant, number)
        JOIN \(table) ON \(matchesTenant) AND \(number) = w.number::\(cast(to: map.number.column)) \(known)
        """
    }

    /// Contacts remembered for `$1` persons. `OFFSET 0` keeps the planner from turning the join around.
    private var findByPersonText: String {
        """
        \(found) FROM unnest($1::uuid[]) AS w(person)
        CROSS JOIN LATERAL (
            SELECT c.tenant, c.contact_id, c.person FROM \(schema("contacts")) AS c WHERE c.person = w.person OFFSET 0
        ) AS k
        JOIN \(table) ON \(matchesTenant(of: "k")) AND t.\(quoted(map.key)) = k.contact_id::\(cast(to: map.key))
        """
    }

    /// Locks contacts by `$1` tenants and `$2` ids, in the order of their keys, for every worker the same.
    private var lockText: String {
        let order = [map.tenant.column, map.key].compactMap { $0 }.map { "t.\(quoted($0))" }.joined(separator: ", ")
        return "SELECT 1 FROM \(Self.keys) JOIN \(table) ON \(matchesKey) ORDER BY \(order) FOR UPDATE OF t"
    }

    /// All that a decision needs of contacts by `$1` tenants and `$2` ids: what ``findByKey`` tells, the flag, what the
    /// store remembers (mark, deletion), and for each of ``fields`` whether it holds something.
    private var readText: String {
        let holds = fields.map { field in holding(field) }.joined(separator: ",\n    ")
        return """
            \(found), \(flag), k.is_protected, k.deletion_not_before,
                \(holds)
            FROM \(Self.keys) JOIN \(table) ON \(matchesKey) \(known)
            """
    }

    /// What notices need to know of contacts by `$1` tenants and `$2` ids: tenant, id, mark, deletion, notice, e-mail address.
    var recipients: String {
        let email = map.email.map { "t.\(quoted($0))::text" } ?? "NULL::text"
        return """
            SELECT \(tenantOfRow)::text, t.\(quoted(map.key))::text, coalesce(k.is_protected, false),
                k.deletion_not_before, k.notice_sent_for, \(email)
            FROM \(Self.keys) JOIN \(table) ON \(matchesKey) \(known)
            """
    }

    // MARK: Changing

    /// Clears contacts by `$1` tenants and `$2` ids, and sets their mark to `$3`; tells of each whether it is so now.
    private var clearText: String {
        let cleared = map.allCleared.map { "\(quoted($0.column)) = \(replacement(of: $0, in: map.table))" }
        let held = map.allCleared.map { holds($0, of: "t", in: map.table) }.joined(separator: " OR ")
        return update(
            cleared + ["\(quoted(map.flag.column)) = \(flagValue("w.is_marked"))"],
            result: "\(flag) = w.is_marked AND NOT (\(held))")
    }

    /// Sets the mark of contacts by `$1` tenants and `$2` ids to `$3`; tells of each whether it is so now.
    private var markText: String {
        update(["\(quoted(map.flag.column)) = \(flagValue("w.is_marked"))"], result: "\(flag) = w.is_marked")
    }

    /// For each table that hangs on contacts: what clears it, by `$1` tenants and `$2` ids.
    private var clearDependentsText: [String] {
        map.dependents.map { dependent in
            let matches = matches(dependent, "w.tenant", "w.id")
            switch dependent.action {
            case .delete:
                return "DELETE FROM \(dependent.table.sql) AS d USING \(Self.keys) WHERE \(matches)"
            case .clear(let columns):
                let sets = columns.map { "\(quoted($0.column)) = \(replacement(of: $0, in: dependent.table))" }
                let held = columns.map { holds($0, of: "d", in: dependent.table) }.joined(separator: " OR ")
                return """
                    UPDATE \(dependent.table.sql) AS d SET \(sets.joined(separator: ", "))
                    FROM \(Self.keys) WHERE \(matches) AND (\(held))
                    """
            }
        }
    }

    /// For each table that hangs on contacts: the rows that still hold something, by `$1` tenants and `$2` ids.
    private var heldByDependentsText: [String] {
        map.dependents.map { dependent in
            let matches = matches(dependent, "w.tenant", "w.id")
            let held: String
            switch dependent.action {
            case .delete: held = "true"
            case .clear(let columns):
                held = columns.map { holds($0, of: "d", in: dependent.table) }.joined(separator: " OR ")
            }
            return "SELECT 1 FROM \(Self.keys) JOIN \(dependent.table.sql) AS d ON \(matches) WHERE \(held) LIMIT 1"
        }
    }

    /// What deletes contacts by `$1` tenants and `$2` ids, or makes them nobody's: the tables that hang on them first, those
    /// that refer to others before them.
    private var removalTexts: ContactRemoval {
        let steps = catalog.inOrderOfDeletion(map.dependents).map { dependent in
            let matches = matches(dependent, "w.tenant", "w.id")
            let index = map.dependents.firstIndex(of: dependent) ?? 0
            switch dependent.removal {
            case .anonymise:
                return ContactRemoval.Step(
                    table: dependent.table, statement: clearDependentsText[index], left: heldByDependentsText[index])
            case .delete:
                return ContactRemoval.Step(
                    table: dependent.table,
                    statement: "DELETE FROM \(dependent.table.sql) AS d USING \(Self.keys) WHERE \(matches)",
                    left: "SELECT 1 FROM \(Self.keys) JOIN \(dependent.table.sql) AS d ON \(matches) LIMIT 1")
            }
        }
        let contact: String
        switch map.removal {
        case .delete: contact = "DELETE FROM \(table) USING \(Self.keys) WHERE \(matchesKey) RETURNING true"
        case .anonymise:
            let cleared = map.allAnonymised.map { "\(quoted($0.column)) = \(replacement(of: $0, in: map.table))" }
            let held = map.allAnonymised.map { holds($0, of: "t", in: map.table) }.joined(separator: " OR ")
            contact = update(
                cleared + ["\(quoted(map.flag.column)) = \(flagValue("true"))"], from: Self.keys,
                result: "\(flag) AND NOT (\(held))")
        }
        return ContactRemoval(dependents: steps, contact: contact)
    }

    /// - Parameter result: what has to be true of each changed row, as triggers have left it.
    private func update(_ assignments: [String], from keys: String = markedKeys, result: String) -> String {
        let touched = map.updatedAt.map { ["\(quoted($0)) = CURRENT_TIMESTAMP"] } ?? []
        return """
            UPDATE \(table) SET \((assignments + touched).joined(separator: ", "))
            FROM \(keys) WHERE \(matchesKey)
            RETURNING \(result)
            """
    }

    // MARK: Parts

    private static let keys = "unnest($1::text[], $2::text[]) AS w(tenant, id)"
    private static let markedKeys = "unnest($1::text[], $2::text[], $3::boolean[]) AS w(tenant, id, is_marked)"

    private var table: String { "\(map.table.sql) AS t" }
    private var number: String { "t.\(quoted(map.number.column))" }

    private var tenantOfRow: String {
        map.tenant.column.map { "t.\(quoted($0))::text" } ?? literal(map.tenant.constant ?? "")
    }

    private var found: String {
        let country =
            map.country.column.map { "t.\(quoted($0))::text" } ?? "\(literal(map.country.constant ?? ""))::text"
        return "SELECT \(tenantOfRow)::text, t.\(quoted(map.key))::text, \(country), \(number)::text, k.person"
    }

    private var known: String {
        let tenant = map.tenant.column.map { "t.\(quoted($0))::text" } ?? literal(map.tenant.constant ?? "")
        return """
            LEFT JOIN LATERAL (
                SELECT * FROM \(schema("contacts")) AS c
                WHERE c.tenant = \(tenant) COLLATE "C" AND c.contact_id = t.\(quoted(map.key))::text COLLATE "C" OFFSET 0
            ) AS k ON true
            """
    }

    private var matchesKey: String { "\(matchesTenant) AND t.\(quoted(map.key)) = w.id::\(cast(to: map.key))" }

    private var matchesTenant: String { matchesTenant(of: "w") }

    private func matchesTenant(of row: String) -> String {
        map.tenant.column.map { "t.\(quoted($0)) = \(row).tenant::\(cast(to: $0))" }
            ?? "\(row).tenant = \(literal(map.tenant.constant ?? ""))"
    }

    private func matches(_ dependent: FieldMap.Dependent, _ tenant: String, _ id: String) -> String {
        let key = "d.\(quoted(dependent.contact)) = \(id)::\(cast(to: dependent.contact, in: dependent.table))"
        guard let column = dependent.tenant else { return key }
        return "d.\(quoted(column)) = \(tenant)::\(cast(to: column, in: dependent.table)) AND \(key)"
    }

    /// Whether the flag says yes.
    private var flag: String {
        let column = "t.\(quoted(map.flag.column))"
        guard let yes = map.flag.yes else { return "coalesce(\(column), false)" }
        return "coalesce(\(column)::text IN (\(yes.map(literal).joined(separator: ", "))), false)"
    }

    private func flagValue(_ isMarked: String) -> String {
        guard let yes = map.flag.yes?.first else { return isMarked }
        let type = catalog.tables[map.table]?.columns[map.flag.column]?.sqlType ?? "text"
        let no = map.flag.no.map { "\(literal($0))::\(type)" } ?? "NULL"
        return "CASE WHEN \(isMarked) THEN \(literal(yes))::\(type) ELSE \(no) END"
    }

    /// Whether a field holds something, in the contact or in a table that hangs on it.
    private func holding(_ field: ClearableField) -> String {
        let own = map.allCleared.filter { $0.field == field }.map { holds($0, of: "t", in: map.table) }
        let others = map.dependents.compactMap { dependent -> String? in
            let exists = """
                EXISTS (SELECT 1 FROM \(dependent.table.sql) AS d
                    WHERE \(matches(dependent, "w.tenant", "w.id"))
                """
            switch dependent.action {
            case .delete(let name): return name == field ? exists + ")" : nil
            case .clear(let columns):
                let held = columns.filter { $0.field == field }.map { holds($0, of: "d", in: dependent.table) }
                return held.isEmpty ? nil : exists + " AND (\(held.joined(separator: " OR "))))"
            }
        }
        return "(\((own + others).joined(separator: " OR ")))"
    }

    /// Whether a column holds something: neither NULL nor what is written over it, and no empty text.
    func holds(_ cleared: FieldMap.Cleared, of row: String, in table: TableName) -> String {
        let column = "\(row).\(quoted(cleared.column))"
        var conditions = ["\(column) IS NOT NULL"]
        let type = type(of: cleared.column, in: table)
        if type.isText { conditions.append("\(column) <> ''") }
        if cleared.replacement != nil {
            conditions.append("\(column)::text <> \(replacement(of: cleared, in: table))::text")
        }
        return "(\(conditions.joined(separator: " AND ")))"
    }

    func replacement(of cleared: FieldMap.Cleared, in table: TableName) -> String {
        guard let text = cleared.replacement else { return "NULL" }
        let type = catalog.tables[table]?.columns[cleared.column]?.sqlType ?? "text"
        return "\(literal(text))::\(type)"
    }

    /// To what a parameter is cast to be compared with a column by its index: type and collation are the column's.
    func cast(to column: String, in table: TableName? = nil) -> String {
        let found = catalog.tables[table ?? map.table]?.columns[column]
        let type = type(of: column, in: table)
        guard type.isText, let collation = found?.collation else { return type.cast }
        return "\(type.cast) COLLATE \(collation)"
    }

    private func type(of column: String, in table: TableName? = nil) -> ColumnType {
        catalog.tables[table ?? map.table]?.columns[column]?.type ?? .text
    }
}
