/// Holds a map against the live catalog: everything that is wrong, at once, each with the SQL that would mend it.
struct MapCheck {
    let map: FieldMap
    let catalog: Catalog
    let schema: SchemaName
    /// How grave it is where contacts cannot be deleted; nil where nobody wants to.
    let deletion: MapProblem.Severity?
    var findings: [MapProblem] = []

    init(_ map: FieldMap, catalog: Catalog, schema: SchemaName, deletion: MapProblem.Severity? = nil) {
        self.deletion = deletion
        self.map = map
        self.catalog = catalog
        self.schema = schema
    }

    /// What keeps a worker from running.
    func problems(_ connection: inout PostgresConnection) throws(PostgresError) -> [MapProblem] {
        try all(&connection).filter { !$0.isWarning }
    }

    /// That, and what only deserves a look.
    func all(_ connection: inout PostgresConnection) throws(PostgresError) -> [MapProblem] {
        var check = self
        check.checkTables()
        try check.checkConstants(&connection)
        try check.checkOwnTables(&connection)
        return check.findings
    }

    /// What the catalog alone tells.
    mutating func checkTables() {
        checkContacts()
        for dependent in map.dependents { check(dependent) }
        if let deletion { checkDeletion(deletion) }
    }

    mutating func note(
        _ key: String, _ problem: String, _ advice: String, _ severity: MapProblem.Severity = .wrong
    ) {
        findings.append(MapProblem("\(MapProblem.root).\(key)", problem, advice, severity))
    }

    // MARK: The contacts' table

    private mutating func checkContacts() {
        guard let table = table(map.table, key: "table") else { return }
        let name = map.table
        if let key = column(map.key, of: name, table, key: "key", use: .read) {
            require(key.type.canBeLookedUp, "key", map.key, "is \(key.sqlType), by which no contact can be looked up")
        }
        if let tenant = map.tenant.column,
            let column = column(tenant, of: name, table, key: "tenant.column", use: .read)
        {
            require(column.type.canBeLookedUp, "tenant.column", tenant, "is \(column.sqlType), which holds no names")
        }
        if let country = map.country.column {
            let column = column(country, of: name, table, key: "country.column", use: .read)
            if let column { require(column.type.isText, "country.column", country, "is \(column.sqlType), not a text") }
        }
        checkNumber(table)
        checkDoubles()
        if let email = map.email { _ = column(email, of: name, table, key: "email", use: .read) }
        checkFlag(table)
        checkUpdatedAt(table)
        for cleared in map.cleared { check(cleared, of: name, table, keys: ("clear", "replace")) }
        checkIndexes(table)
    }

    private mutating func checkNumber(_ table: Catalog.Table) {
        let name = map.number.column
        check(map.number, of: map.table, table, keys: ("number.column", "number"))
        if let column = table.columns[name], !column.type.isText, !column.type.isNumber {
            require(false, "number.column", name, "is \(column.sqlType), which holds no numbers in written form")
        }
        if let column = table.columns[name], column.type == .numeric, column.hasDecimals {
            require(false, "number.column", name, "is \(column.sqlType), which writes numbers with decimals")
        }
    }

    /// A column can be written once in a statement, and what finds a contact is not to be cleared with it.
    private mutating func checkDoubles() {
        var seen = Set(
            [map.key, map.tenant.column, map.country.column, map.flag.column, map.updatedAt].compactMap { $0 })
        if !seen.insert(map.number.column).inserted {
            note("number.column", "column \(map.number.column) is named twice in the map", "Name each column once")
        }
        for cleared in map.cleared where !seen.insert(cleared.column).inserted {
            note(
                "clear.\(cleared.column)", "column \(cleared.column) is named twice in the map", "Name each column once"
            )
        }
    }

    private mutating func checkFlag(_ table: Catalog.Table) {
        let name = map.flag.column
        guard let column = column(name, of: map.table, table, key: "flag.column", use: .write) else { return }
        let isBoolean = column.type == .boolean
        if let yes = map.flag.yes, yes.isEmpty || yes.contains("") {
            note("flag.yes", "an empty value cannot mean yes", "Write the values, like yes: [Y]")
        }
        if let no = map.flag.no, map.flag.yes?.contains(no) == true {
            note("flag.no", "\"\(no)\" means yes as well", "Write another value for no")
        }
        if isBoolean, map.flag.yes != nil {
            note("flag.yes", "column \(name) is a boolean, which needs no values", "Remove flag.yes and flag.no")
        }
        if !isBoolean, map.flag.yes == nil {
            note(
                "flag.yes", "column \(name) is \(column.sqlType), so it has to be said what means yes",
                "Write the values, the one to be written first: yes: [Y], no: N")
        }
        if !isBoolean, map.flag.yes != nil, map.flag.no == nil, column.isNotNull {
            note("flag.no", "column \(name) is NOT NULL, so it has to be said what means no", "Write it, like no: N")
        }
    }

    private mutating func checkUpdatedAt(_ table: Catalog.Table) {
        guard let name = map.updatedAt,
            let column = column(name, of: map.table, table, key: "updatedAt", use: .write)
        else { return }
        let isTime = column.sqlType.hasPrefix("timestamp") || column.sqlType == "date"
        require(isTime, "updatedAt", name, "is \(column.sqlType), not a time")
        let columns = [name] + ScanSQL.order(of: map, in: catalog)
        guard !table.indexes.contains(where: { $0.predicate == nil && $0.columns.starts(with: columns) }) else {
            return
        }
        // A nightly sync may give every row one time: then the time alone puts none of them in order.
        note(
            "updatedAt",
            "\(map.table) has no index on (\(columns.joined(separator: ", "))): every page of a sweep would sort what has changed",
            "CREATE INDEX CONCURRENTLY ON \(map.table.sql) (\(columns.map(quoted).joined(separator: ", ")));", .warning)
    }

    // MARK: Tables that hang on it

    private mutating func check(_ dependent: FieldMap.Dependent) {
        let root = "tables.\(dependent.name)"
        guard let table = table(dependent.table, key: "\(root).table") else { return }
        match(dependent.contact, of: dependent, table, with: map.key, key: "\(root).contact")
        if let tenant = dependent.tenant {
            match(tenant, of: dependent, table, with: map.tenant.column, key: "\(root).tenant")
        } else if let column = map.tenant.column, catalog.tables[map.table]?.isUnique([map.key]) == false {
            note(
                "\(root).tenant",
                "\(map.key) is unique within a \(column) only, so \(dependent.table) has to tell the tenant",
                "Name its column with the tenant: else rows of another tenant's contacts would be cleared")
        }
        switch dependent.action {
        case .delete:
            if !table.canDelete {
                note(
                    "\(root).rows", "this role may not delete from \(dependent.table)",
                    "GRANT DELETE ON \(dependent.table.sql) TO \(catalog.role);".asOwner)
            }
        case .clear(let columns):
            for cleared in columns {
                check(cleared, of: dependent.table, table, keys: ("\(root).clear", "\(root).replace"))
            }
        }
        let leading = [dependent.tenant, dependent.contact].compactMap { $0 }
        if !table.hasIndex(leadingWith: leading, orWith: dependent.contact) {
            missingIndex(leading, on: dependent.table, key: "\(root).contact")
        }
    }

    /// A column that holds what a column of the contacts holds: of the same sort, so that the two can be compared.
    private mutating func match(
        _ name: String, of dependent: FieldMap.Dependent, _ table: Catalog.Table, with other: String?, key: String
    ) {
        guard let column = column(name, of: dependent.table, table, key: key, use: .read), let other,
            let matched = catalog.tables[map.table]?.columns[other]
        else { return }
        let isComparable = column.type == matched.type || column.type.isText && matched.type.isText
        require(
            column.type.canBeLookedUp && isComparable, key, name,
            "is \(column.sqlType), and \(other) of \(map.table) is \(matched.sqlType): the two cannot be compared")
    }

    // MARK: Parts

    enum Use {
        case read
        case write
    }

    private mutating func table(_ name: TableName, key: String) -> Catalog.Table? {
        guard let table = catalog.tables[name] else {
            note(key, "there is no table \(name), or this role may not see it", "Correct the name: schema.table")
            return nil
        }
        guard table.kind == "r" || table.kind == "p" else {
            note(key, "\(name) is not a table", "Name the table behind it: rows have to be locked")
            return nil
        }
        if !table.canUseSchema {
            note(
                key, "this role may not look into schema \(name.schema)",
                "GRANT USAGE ON SCHEMA \(quoted(name.schema)) TO \(catalog.role);".asOwner)
        }
        if table.hidesRows {
            note(
                key, "row-level security may hide rows of \(name) from this role: their persons would stay exposed",
                "Give the role a policy that shows every row, or BYPASSRLS", .warning)
        }
        return table
    }

    private mutating func column(
        _ name: String, of table: TableName, _ found: Catalog.Table, key: String, use: Use
    ) -> Catalog.Column? {
        guard let column = found.columns[name] else {
            let names = found.columns.keys.sorted().joined(separator: ", ")
            note(key, "table \(table) has no column \(name)", "It has: \(names)")
            return nil
        }
        if !column.canSelect {
            note(
                key, "this role may not read \(table).\(name)",
                "GRANT SELECT (\(quoted(name))) ON \(table.sql) TO \(catalog.role);".asOwner)
        }
        guard use == .write else { return column }
        if column.isGenerated {
            note(key, "\(table).\(name) is generated and cannot be written", "Clear the columns that it is made of")
        } else if !column.canUpdate {
            note(
                key, "this role may not write \(table).\(name)",
                "GRANT UPDATE (\(quoted(name))) ON \(table.sql) TO \(catalog.role);".asOwner)
        }
        return column
    }

    private mutating func check(
        _ cleared: FieldMap.Cleared, of table: TableName, _ found: Catalog.Table,
        keys: (column: String, replace: String)
    ) {
        let isNumber = keys.column.hasSuffix(".column")
        let key = isNumber ? keys.column : "\(keys.column).\(cleared.column)"
        let replace = isNumber ? "\(keys.replace).replace" : "\(keys.replace).\(cleared.column)"
        guard let column = column(cleared.column, of: table, found, key: key, use: .write) else { return }
        if column.isNotNull, cleared.replacement == nil {
            note(
                replace, "\(table).\(cleared.column) is NOT NULL, so it has to be said what is written over it",
                "Write a value, like '-', or: ALTER TABLE \(table.sql) ALTER COLUMN \(quoted(cleared.column)) "
                    + "DROP NOT NULL;")
        }
        if cleared.replacement != nil,
            found.indexes.contains(where: { $0.isUnique && $0.columns.contains(cleared.column) })
        {
            note(
                replace, "\(table).\(cleared.column) is unique, so one value cannot stand in several cleared rows",
                "Make the column nullable and remove the replacement")
        }
    }

    private mutating func checkIndexes(_ table: Catalog.Table) {
        let tenant = map.tenant.column
        let number = [tenant, map.number.column].compactMap { $0 }
        if !table.hasIndex(leadingWith: number, orWith: map.number.column) {
            missingIndex(number, on: map.table, key: "number.column")
        }
        let key = [tenant, map.key].compactMap { $0 }
        if !table.isUnique([map.key]), !table.isUnique(key) {
            let columns = key.map(quoted).joined(separator: ", ")
            note(
                "key", "nothing keeps \(key.joined(separator: ", ")) unique in \(map.table)",
                "CREATE UNIQUE INDEX CONCURRENTLY ON \(map.table.sql) (\(columns));")
        }
    }

    private mutating func missingIndex(_ columns: [String], on table: TableName, key: String) {
        note(
            key, "\(table) has no index on (\(columns.joined(separator: ", "))): every batch would read all of it",
            "CREATE INDEX CONCURRENTLY ON \(table.sql) (\(columns.map(quoted).joined(separator: ", ")));", .slow)
    }

    private mutating func require(_ condition: Bool, _ key: String, _ column: String, _ what: String) {
        if !condition { note(key, "column \(column) \(what)", "Name another column") }
    }
}

extension ColumnType {
    fileprivate var canBeLookedUp: Bool {
        switch self {
        case .text, .padded, .integer, .numeric, .uuid: true
        case .boolean, .other: false
        }
    }
}

extension Catalog.Column {
    /// `numeric(P,S)` with a scale writes its decimals out.
    fileprivate var hasDecimals: Bool {
        guard let comma = sqlType.lastIndex(of: ",") else { return false }
        return !sqlType[comma...].dropFirst().hasPrefix("0)")
    }
}

extension Catalog.Table {
    /// Whether no two rows can have the same values in these columns.
    fileprivate func isUnique(_ columns: [String]) -> Bool {
        indexes.contains { index in
            index.isUnique && index.isWhole && index.predicate == nil && Set(index.columns).isSubset(of: columns)
        }
    }

    /// Whether an index begins with these columns in any order, or with the last of them alone.
    fileprivate func hasIndex(leadingWith columns: [String], orWith column: String) -> Bool {
        indexes.contains { index in
            // What is looked for is no NULL, so an index that leaves NULLs out is as good.
            let wholes = [column, quoted(column)].map { "(\($0) IS NOT NULL)" }
            let covers = index.predicate.map(wholes.contains) ?? true
            return covers
                && (index.columns.first == column || Set(index.columns.prefix(columns.count)) == Set(columns))
        }
    }
}

extension String {
    /// A grant is given by the table's owner.
    fileprivate var asOwner: String { "As the table's owner: \(self)" }
}
