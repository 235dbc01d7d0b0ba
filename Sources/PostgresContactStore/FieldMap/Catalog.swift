/// What the live catalog says of the tables that a map names.
struct Catalog: Sendable {
    struct Column: Sendable {
        let type: ColumnType
        /// The type as one writes it in SQL, wherever names are looked up.
        let sqlType: String
        /// The collation of a text, as one writes it in SQL. An index serves comparisons in its column's own alone.
        let collation: String?
        let isNotNull: Bool
        /// Whether its value comes from other columns, or from a sequence alone.
        let isGenerated: Bool
        let canSelect: Bool
        let canUpdate: Bool
    }

    struct Index: Sendable {
        /// Its columns in order; those of expressions are left out together with what comes behind them.
        let columns: [String]
        let isUnique: Bool
        /// Whether `columns` is all that it covers.
        let isWhole: Bool
        /// Which rows it covers, where it does not cover all.
        let predicate: String?
    }

    struct Table: Sendable {
        let oid: Int64
        /// `pg_class.relkind`: `r` and `p` are tables, `v` is a view.
        let kind: String
        let canDelete: Bool
        /// Whether policies may hide rows from this role.
        let hidesRows: Bool
        /// Whether this role may look things up in the table's schema.
        let canUseSchema: Bool
        var columns: [String: Column] = [:]
        var indexes: [Index] = []
    }

    /// A foreign key onto one of the tables.
    struct Reference: Sendable, Hashable {
        let name: String
        /// The table that refers, and its columns.
        let table: TableName
        let columns: [String]
        /// The table that is referred to.
        let referred: TableName
        /// Whether a row that is referred to cannot be deleted.
        let forbidsDeletion: Bool
    }

    var tables: [TableName: Table] = [:]
    /// Foreign keys onto the tables.
    var references: [Reference] = []
    /// Whose privileges they are, in SQL.
    var role = "CURRENT_ROLE"

    /// The tables' object ids.
    var oids: ArrayParameter {
        var oids = ArrayParameter(.integer)
        for table in tables.values { oids.append(table.oid) }
        return oids
    }

    /// Reads what there is of the tables of a map.
    static func read(_ map: FieldMap, _ connection: inout PostgresConnection) throws(PostgresError) -> Catalog {
        let names = Set(map.tables).sorted()
        let arguments: [Parameter] = [.texts(names.map(\.schema)), .texts(names.map(\.name))]
        // Types are written with their schemas unless these are on the path.
        let results = try connection.run(
            [
                Statement("BEGIN"), Statement("SET LOCAL search_path TO pg_catalog"), Statement(tablesSQL, arguments),
                Statement(columnsSQL, arguments), Statement(indexesSQL, arguments),
                Statement(referencesSQL, arguments), Statement("COMMIT"), Statement("SELECT current_user::text"),
            ], deadline: .seconds(30))
        var catalog = Catalog()
        catalog.role = quoted(results[7].text(0, 0) ?? "")
        let references = results[5]
        catalog.references = references.rows.map { row in
            Reference(
                name: references.text(row, 4) ?? "",
                table: TableName(schema: references.text(row, 2) ?? "", name: references.text(row, 3) ?? ""),
                columns: (references.text(row, 6) ?? "").split(separator: "\u{1F}").map(String.init),
                referred: name(references, row), forbidsDeletion: references.boolean(row, 5))
        }
        let tables = results[2]
        for row in tables.rows {
            catalog.tables[name(tables, row)] = Table(
                oid: tables.integer(row, 2), kind: tables.text(row, 3) ?? "", canDelete: tables.boolean(row, 4),
                hidesRows: tables.boolean(row, 5), canUseSchema: tables.boolean(row, 6))
        }
        let columns = results[3]
        for row in columns.rows {
            catalog.tables[name(columns, row)]?.columns[columns.text(row, 2) ?? ""] = Column(
                type: ColumnType(baseType: columns.text(row, 3) ?? ""), sqlType: columns.text(row, 4) ?? "",
                collation: columns.text(row, 9), isNotNull: columns.boolean(row, 5),
                isGenerated: columns.boolean(row, 6),
                canSelect: columns.boolean(row, 7), canUpdate: columns.boolean(row, 8))
        }
        let indexes = results[4]
        for row in indexes.rows {
            let list = (indexes.text(row, 2) ?? "").split(separator: "\u{1F}").map(String.init)
            catalog.tables[name(indexes, row)]?.indexes.append(
                Index(
                    columns: list, isUnique: indexes.boolean(row, 3), isWhole: indexes.boolean(row, 4),
                    predicate: indexes.text(row, 5)))
        }
        return catalog
    }

    private static func name(_ result: PostgresResult, _ row: Int32) -> TableName {
        TableName(schema: result.text(row, 0) ?? "", name: result.text(row, 1) ?? "")
    }

    private static let wanted = """
        FROM unnest($1::text[], $2::text[]) AS w(schema_name, table_name)
        JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema_name
        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.table_name
            AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        """
    private static let tablesSQL = """
        SELECT n.nspname::text, c.relname::text, c.oid::bigint, c.relkind::text,
            has_table_privilege(c.oid, 'DELETE'), row_security_active(c.oid),
            has_schema_privilege(n.oid, 'USAGE')
        \(wanted)
        """
    private static let columnsSQL = """
        SELECT n.nspname::text, c.relname::text, a.attname::text, b.typname::text,
            format_type(a.atttypid, a.atttypmod), a.attnotnull OR b.refuses_null, a.attgenerated <> '' OR a.attidentity = 'a',
            has_column_privilege(c.oid, a.attnum, 'SELECT'), has_column_privilege(c.oid, a.attnum, 'UPDATE'),
            (SELECT quote_ident(s.nspname) || '.' || quote_ident(l.collname) FROM pg_catalog.pg_collation l
                JOIN pg_catalog.pg_namespace s ON s.oid = l.collnamespace WHERE l.oid = a.attcollation)
        \(wanted)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        CROSS JOIN LATERAL (
            WITH RECURSIVE types AS (
                SELECT t.typname, t.typtype, t.typbasetype, t.typnotnull FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid
                UNION ALL
                SELECT t.typname, t.typtype, t.typbasetype, t.typnotnull
                FROM types d JOIN pg_catalog.pg_type t ON t.oid = d.typbasetype WHERE d.typtype = 'd'
            )
            SELECT (SELECT typname FROM types WHERE typtype <> 'd' LIMIT 1), bool_or(typnotnull) FROM types
        ) AS b(typname, refuses_null)
        """
    /// Those of partitions follow from the partitioned table's.
    private static let referencesSQL = """
        SELECT n.nspname::text, c.relname::text, s.nspname::text, o.relname::text, f.conname::text,
            f.confdeltype IN ('a', 'r'),
            (SELECT string_agg(a.attname, E'\\x1F' ORDER BY k.place) FROM unnest(f.conkey) WITH ORDINALITY AS k(number, place)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = o.oid AND a.attnum = k.number)
        \(wanted)
        JOIN pg_catalog.pg_constraint f ON f.confrelid = c.oid AND f.contype = 'f' AND f.conparentid = 0
        JOIN pg_catalog.pg_class o ON o.oid = f.conrelid JOIN pg_catalog.pg_namespace s ON s.oid = o.relnamespace
        ORDER BY 1, 2, 3, 4, 5
        """
    private static let indexesSQL = """
        SELECT n.nspname::text, c.relname::text,
            (SELECT string_agg(a.attname, E'\\x1F' ORDER BY k.place)
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
                WHERE k.place <= i.indnkeyatts AND NOT EXISTS (
                    SELECT 1 FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS e(number, place)
                    WHERE e.number = 0 AND e.place <= k.place)),
            i.indisunique, i.indexprs IS NULL, pg_get_expr(i.indpred, i.indrelid)
        \(wanted)
        JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisvalid
        JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
        JOIN pg_catalog.pg_am m ON m.oid = x.relam AND m.amname = 'btree'
        """
}
