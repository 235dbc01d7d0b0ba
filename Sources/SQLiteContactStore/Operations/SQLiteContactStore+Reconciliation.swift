public import ContactStore
internal import GRDB
public import ProtectedIdentity

extension SQLiteContactStore {
    /// The registry tells changes.
    public var tellsChanges: Bool { true }

    /// Looks through a page of contacts.
    public func scan(
        _ reconciliation: Reconciliation, _ page: ReconciliationPage
    ) throws(StoreError) -> ScannedPage {
        try read { database in
            let found = try Self.contacts(page, in: database)
            let batch = reconciliation.batch(of: found.map(\.key))
            let candidates = batch.candidates(in: try BatchReader(database: database).snapshot(for: batch))
            return ScannedPage(
                count: found.count, candidates: candidates,
                next: page.next(
                    behind: found.last.map { Self.place($0.key) }, changedAt: found.last?.changedAt, found: found.count)
            )
        }
    }

    /// When the last reconciliation that came to its end began.
    public func lastReconciliation() throws(StoreError) -> Timestamp? {
        try read { database in
            try Int64.fetchOne(database, sql: "SELECT begun_at FROM reconciliations")
        }.map { Timestamp(microseconds: $0) }
    }

    /// Notes that a reconciliation has come to its end.
    public func noteReconciliation(begunAt moment: Timestamp) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO reconciliations VALUES (1, ?)", arguments: [moment.microseconds])
        }
    }

    private static func place(_ key: ContactKey) -> ReconciliationPage.ContactPlace {
        ReconciliationPage.ContactPlace(tenant: key.tenant.rawValue, id: key.id.rawValue)
    }

    private static func contacts(
        _ page: ReconciliationPage, in database: Database
    ) throws -> [(key: ContactKey, changedAt: String)] {
        let rows: [Row]
        switch page.start {
        case .all(let place):
            rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT tenant, id, updated_at FROM contacts WHERE (tenant, id) > (?, ?) ORDER BY tenant, id LIMIT ?
                        """), arguments: [place?.tenant ?? "", place?.id ?? "", page.limit])
        case .changed(let since, let place):
            // Before the first key of that moment stands nothing.
            let changedAt = place.flatMap { Int64($0.changedAt) } ?? since.microseconds
            rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT tenant, id, updated_at FROM contacts INDEXED BY contacts_by_change
                        WHERE (updated_at, tenant, id) > (?, ?, ?) ORDER BY updated_at, tenant, id LIMIT ?
                        """),
                arguments: [
                    changedAt, place?.contact.tenant ?? "", place?.contact.id ?? "", page.limit,
                ])
        }
        return try rows.map { row in
            guard let tenant = TenantName(rawValue: row[0]), let id = ContactID(rawValue: row[1]) else {
                throw BatchReader.damaged
            }
            return (ContactKey(tenant: tenant, id: id), "\(row[2] as Int64)")
        }
    }
}
