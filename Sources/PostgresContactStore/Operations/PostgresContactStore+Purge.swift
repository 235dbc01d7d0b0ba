public import ContactStore
public import ProtectedIdentity

extension PostgresContactStore {
    /// Forgets journal rows past their retention.
    public func purgeJournal(decidedBefore moment: Timestamp, limit: Int) throws(StoreError) -> Int {
        let statement = Statement(
            operations.purgeJournal, [.timestamp(moment), .integer(Int64(max(1, limit)))])
        return try transaction { connection throws(PostgresError) in
            let results = try connection.run(
                [Self.begin, statement, Statement("COMMIT")], deadline: Self.deadline)
            return results[1].affectedRows
        }
    }

    /// Forgets persons whom nothing protects any more. Their names are the locks: a person of whom a worker has one is left
    /// out, and a worker that waits for one finds it gone and looks again.
    public func purgePersons(_ page: PersonPage) throws(StoreError) -> PurgedPersons {
        let (sql, reader) = (operations, reader)
        return try onePage { connection throws(BatchFailure) in
            try Self.purge(page, sql, reader, &connection)
        }
    }

    private static func purge(
        _ page: PersonPage, _ sql: OperationsSQL, _ reader: ResolutionReader, _ connection: inout PostgresConnection
    ) throws(BatchFailure) -> PurgedPersons {
        let before = Parameter.timestamp(page.learntBefore)
        let start = page.start ?? PersonPage.Place(learntAt: Timestamp(microseconds: .min), person: PersonID(bytes: []))
        let words = try connection.run([
            Self.begin,
            Statement(
                sql.oldWords,
                [before, .timestamp(start.learntAt), .uuid(start.person.bytes), .integer(Int64(page.limit))]),
        ])[1]
        let places = words.rows.map { row in
            PersonPage.Place(
                learntAt: words.timestamp(row, 0) ?? page.learntBefore, person: PersonID(bytes: words.bytes(row, 1)))
        }
        let persons = Set(places.map(\.person))
        var known: [PersonAlias: PersonID] = [:]
        try reader.read(try connection.run([reader.aliases(of: persons)])[0], into: &known)
        let locks = try connection.run([
            Statement(sql.lockFreeAliases, arrays: [ResolutionReader.ids(known.keys.sortedByID())])
        ])[0]
        let locked = Set(locks.rows.compactMap { locks.person($0, 0) })
        let held = persons.subtracting(known.filter { !locked.contains(PersonID(firstMetAs: $0.key)) }.map(\.value))
        // Behind the locks: what another worker has written before is seen only now.
        let candidates = ResolutionReader.uuids(held.sorted())
        let result = try connection.run([Statement(sql.forgettable, [before, candidates.parameter])])[0]
        let forgotten = ResolutionReader.uuids(result.rows.compactMap { result.person($0, 0) })
        _ = try connection.run(
            sql.forgetPersons.map { Statement($0, arrays: [forgotten]) } + [Statement("COMMIT")])
        return PurgedPersons(count: result.rows.count, next: places.count < page.limit ? nil : places.last)
    }

    /// How much the purge would forget.
    public func purgeable(
        journalBefore: Timestamp, personsBefore: Timestamp
    ) throws(StoreError) -> PurgeableCounts {
        let sql = operations
        return try transaction { connection throws(PostgresError) in
            let results = try connection.run(
                [
                    Statement(sql.countJournal, [.timestamp(journalBefore)]),
                    Statement(sql.countPersons, [.timestamp(personsBefore)]),
                ], deadline: .seconds(600))
            return PurgeableCounts(
                journalRows: Int(results[0].integer(0, 0)), persons: Int(results[1].integer(0, 0)))
        }
    }
}
