public import ContactStore
public import ProtectedIdentity

extension PostgresContactStore {
    /// Whether the map names a column that is set at each change.
    public var tellsChanges: Bool { settings.map.updatedAt != nil }

    /// Looks through a page of contacts without locks; what it finds is decided anew behind them.
    public func scan(
        _ reconciliation: Reconciliation, _ page: ReconciliationPage
    ) throws(StoreError) -> ScannedPage {
        guard let statement = ScanSQL(sql: reader.sql).page(page) else {
            throw .unusable("store.contacts.updatedAt names no column, so nobody can tell what has changed")
        }
        let reader = reader
        return try onePage { connection throws(BatchFailure) in
            let found = try connection.run([statement])[0]
            let batch = reconciliation.batch(of: Self.keys(found))
            let snapshot = try Self.glance(at: batch, reader, &connection)
            return ScannedPage(
                count: found.rows.count, candidates: batch.candidates(in: snapshot),
                next: Self.next(page, behind: found))
        }
    }

    /// When the last reconciliation that came to its end began.
    public func lastReconciliation() throws(StoreError) -> Timestamp? {
        let statement = Statement(operations.lastReconciliation)
        return try transaction { connection throws(PostgresError) in
            let result = try connection.run([statement], deadline: Self.deadline)[0]
            return result.rows.isEmpty ? nil : result.timestamp(0, 0)
        }
    }

    /// Notes that a reconciliation has come to its end.
    public func noteReconciliation(begunAt moment: Timestamp) throws(StoreError) {
        let statement = Statement(operations.noteReconciliation, [.timestamp(moment)])
        try transaction { connection throws(PostgresError) in
            _ = try connection.run([Self.begin, statement, Statement("COMMIT")], deadline: Self.deadline)
        }
    }

    /// Those of the contacts that an event can name; nobody has protected the others.
    private static func keys(_ result: PostgresResult) -> [ContactKey] {
        result.rows.compactMap { row in
            guard let tenant = result.text(row, 0).flatMap(TenantName.init(rawValue:)),
                let id = result.text(row, 1).flatMap(ContactID.init(rawValue:))
            else { return nil }
            return ContactKey(tenant: tenant, id: id)
        }
    }

    private static func next(_ page: ReconciliationPage, behind result: PostgresResult) -> ReconciliationPage.Start? {
        guard let last = result.rows.last else { return nil }
        let place = ReconciliationPage.ContactPlace(
            tenant: result.text(last, 0) ?? "", id: result.text(last, 1) ?? "")
        return page.next(behind: place, changedAt: result.text(last, 2), found: result.rows.count)
    }

    /// What is known of the contacts of a batch and of the persons behind them, at a glance.
    static func glance(
        at batch: RedactionBatch, _ reader: ResolutionReader, _ connection: inout PostgresConnection
    ) throws(BatchFailure) -> Snapshot {
        var snapshot = Snapshot()
        var resolution = Resolution()
        let named = batch.lookup()
        let result = try connection.run([
            Statement(reader.sql.read, arrays: reader.keys(named.contacts.sorted()))
        ])[0]
        for row in result.rows {
            let (key, contact) = try reader.contact(result, row)
            resolution.contacts[key] = contact
            snapshot.contacts[key] = reader.record(key, contact, result, row)
        }
        let aliases = named.aliases.union(resolution.behind(in: batch).aliases)
        try reader.read(try connection.run([reader.aliases(aliases)])[0], into: &resolution.aliases)
        let persons = resolution.persons
        guard !persons.isEmpty else { return snapshot }
        let ids = ResolutionReader.uuids(persons.sorted())
        let known = try connection.run([reader.aliases(of: persons), Statement(reader.own.words, arrays: [ids])])
        try reader.read(known[0], into: &resolution.aliases)
        snapshot.aliases = resolution.aliases
        snapshot.persons = reader.persons(aliases: resolution.aliases, words: known[1])
        return snapshot
    }
}
