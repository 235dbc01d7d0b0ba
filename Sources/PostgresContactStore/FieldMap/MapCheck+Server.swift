// What only the server can tell: whether constants are values of their types, and what this role may do.
extension MapCheck {
    /// Tries every constant of the map as a value of its column's type.
    mutating func checkConstants(_ connection: inout PostgresConnection) throws(PostgresError) {
        for constant in constants {
            guard let type = catalog.tables[constant.table]?.columns[constant.column]?.sqlType else { continue }
            do throws(PostgresError) {
                let statement = Statement("SELECT \(literal(constant.text))::\(type)::text")
                let read = try connection.run([statement], deadline: .seconds(30))[0].text(0, 0)
                // What is written has to be known again when it is read: a type may cut it, or write it its own way.
                guard read != constant.text else { continue }
                note(
                    constant.key, "\"\(constant.text)\" is read back from type \(type) as \"\(read ?? "")\"",
                    "Write it as the type does, or in a length that it holds")
            } catch {
                guard error.state != nil else { throw error }
                note(constant.key, "\"\(constant.text)\" is no value of type \(type)", "Write one that is")
            }
        }
    }

    private struct Constant {
        let key: String
        let text: String
        let table: TableName
        let column: String
    }

    private var constants: [Constant] {
        var constants: [Constant] = []
        func add(_ key: String, _ text: String?, _ column: String, in table: TableName) {
            if let text { constants.append(Constant(key: key, text: text, table: table, column: column)) }
        }
        add("number.replace", map.number.replacement, map.number.column, in: map.table)
        for cleared in map.cleared {
            add("replace.\(cleared.column)", cleared.replacement, cleared.column, in: map.table)
        }
        for yes in map.flag.yes?.prefix(1) ?? [] { add("flag.yes", yes, map.flag.column, in: map.table) }
        add("flag.no", map.flag.no, map.flag.column, in: map.table)
        for dependent in map.dependents {
            guard case .clear(let columns) = dependent.action else { continue }
            for cleared in columns {
                add(
                    "tables.\(dependent.name).replace.\(cleared.column)", cleared.replacement, cleared.column,
                    in: dependent.table)
            }
        }
        return constants
    }

    /// Whether this role may use the worker's own tables.
    mutating func checkOwnTables(_ connection: inout PostgresConnection) throws(PostgresError) {
        let results = try connection.run(
            [
                Statement(
                    """
                    SELECT w.name FROM unnest($1::text[]) AS w(name)
                    WHERE NOT (has_table_privilege(w.name, 'SELECT') AND has_table_privilege(w.name, 'INSERT')
                        AND has_table_privilege(w.name, 'UPDATE') AND has_table_privilege(w.name, 'DELETE'))
                    """, [.texts(Grants.ownTables.map { schema($0) })]),
                Statement("SELECT has_sequence_privilege($1::text, 'USAGE')", [.text(schema("slice_ids"))]),
            ], deadline: .seconds(30))
        for row in results[0].rows {
            let name = results[0].text(row, 0) ?? ""
            findings.append(
                MapProblem(
                    "store.schema", "this role may not read and write the worker's table \(name)",
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON \(name) TO \(catalog.role);"))
        }
        if !results[1].boolean(0, 0) {
            findings.append(
                MapProblem(
                    "store.schema", "this role may not use the worker's sequence \(schema("slice_ids"))",
                    "GRANT USAGE ON SEQUENCE \(schema("slice_ids")) TO \(catalog.role);"))
        }
    }
}
