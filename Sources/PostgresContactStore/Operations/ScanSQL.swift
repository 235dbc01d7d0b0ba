internal import ContactStore
internal import ProtectedIdentity

/// Pages of the company's contacts: by the columns of an index that tells them apart, or by their time of change.
struct ScanSQL {
    let sql: ContactSQL

    private var map: FieldMap { sql.map }

    private var order: [String] { Self.order(of: map, in: sql.catalog) }

    /// The columns by which contacts are paged, in the order of the index that serves it.
    static func order(of map: FieldMap, in catalog: Catalog) -> [String] {
        let wanted = [map.tenant.column, map.key].compactMap { $0 }
        let indexes = catalog.tables[map.table]?.indexes ?? []
        let found = indexes.first { index in
            index.isUnique && index.isWhole && index.predicate == nil && Set(index.columns).isSubset(of: wanted)
                && index.columns.contains(map.key)
        }
        return found?.columns ?? wanted
    }

    /// The statement of a page; nil where it asks for changes and no column tells them.
    func page(_ page: ReconciliationPage) -> Statement? {
        var parameters: [Parameter] = []
        var columns: [String] = []
        var values: [String] = []
        func add(_ column: String, _ value: String, as type: String) {
            columns.append("t.\(quoted(column))")
            parameters.append(.text(value))
            values.append("$\(parameters.count)::text::\(type)")
        }
        func add(_ place: ReconciliationPage.ContactPlace) {
            for column in order { add(column, column == map.key ? place.id : place.tenant, as: sql.cast(to: column)) }
        }
        // A contact without a tenant or a key is nobody's, and would have no place in the order.
        let named = order.map { "t.\(quoted($0)) IS NOT NULL" }.joined(separator: " AND ")
        var condition = "true"
        var changedAt = "NULL::text"
        var sorting = order.map { "t.\(quoted($0))" }
        switch page.start {
        case .all(let place):
            if let place {
                add(place)
                condition = "(\(columns.joined(separator: ", "))) > (\(values.joined(separator: ", ")))"
            }
        case .changed(let since, let place):
            guard let updatedAt = map.updatedAt else { return nil }
            let column = "t.\(quoted(updatedAt))"
            let type = sql.catalog.tables[map.table]?.columns[updatedAt]?.sqlType ?? "timestamptz"
            changedAt = "\(column)::text"
            sorting.insert(column, at: 0)
            if let place {
                add(updatedAt, place.changedAt, as: type)
                add(place.contact)
                condition = "(\(columns.joined(separator: ", "))) > (\(values.joined(separator: ", ")))"
            } else {
                parameters.append(.timestamp(since))
                condition = "\(column) >= $1::\(type)"
            }
        }
        let tenant = map.tenant.column.map { "t.\(quoted($0))::text" } ?? "\(literal(map.tenant.constant ?? ""))::text"
        parameters.append(.integer(Int64(page.limit)))
        return Statement(
            """
            SELECT \(tenant), t.\(quoted(map.key))::text, \(changedAt) FROM \(map.table.sql) AS t WHERE \(named) AND \(condition)
            ORDER BY \(sorting.joined(separator: ", ")) LIMIT $\(parameters.count)
            """, parameters)
    }
}
