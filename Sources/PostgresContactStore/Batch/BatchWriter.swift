internal import ContactStore
internal import ProtectedIdentity

/// Saves what a decision has changed: a fixed number of statements in one round trip, whatever the size of the batch.
struct BatchWriter {
    let batch: StoreBatch
    let reader: ResolutionReader
    let held: HeldBatch

    private var sql: ContactSQL { reader.sql }
    private var own: OwnSQL { reader.own }

    /// Statements, and what each has to have done.
    private struct Work {
        enum Expectation {
            case anything
            /// So many rows, else what is wrong.
            case rows(Int, BatchFailure)
            /// So many rows that say yes.
            case confirmed(Int, BatchFailure)
            /// No row at all, else what is wrong with those that there are.
            case none((PostgresResult) -> BatchFailure)
        }

        var statements: [Statement] = []
        var expectations: [Expectation] = []

        mutating func add(_ statement: Statement, _ expectation: Expectation = .anything) {
            statements.append(statement)
            expectations.append(expectation)
        }
    }

    /// Writes everything but the end of the transaction.
    func save(
        _ changes: Changes, standing slices: StandingSlices, _ connection: inout PostgresConnection
    ) throws(BatchFailure) {
        var work = Work()
        addPersons(changes, to: &work)
        // The store's own memory comes before the contacts: the guard asks it.
        addMemories(changes, to: &work)
        addContacts(changes.contacts, to: &work)
        addDeletions(changes, to: &work)
        addSlices(slices, to: &work)
        try addJournal(changes, in: slices, to: &work)
        if !changes.owed.isEmpty {
            work.add(OperationsSQL(schema: own.schema).insert(changes.owed, lease: batch.lease))
        }
        let results = try connection.run(work.statements)
        for (result, expectation) in zip(results, work.expectations) {
            switch expectation {
            case .anything: break
            case .rows(let count, let failure): if result.affectedRows != count { throw failure }
            case .confirmed(let count, let failure):
                if result.rows.count(where: { result.boolean($0, 0) }) != count { throw failure }
            case .none(let failure): if !result.rows.isEmpty { throw failure(result) }
            }
        }
    }

    private func addPersons(_ changes: Changes, to work: inout Work) {
        let merges = changes.mergeTargets.sorted { $0.key < $1.key }
        if !merges.isEmpty {
            let pairs = [
                ResolutionReader.uuids(merges.map(\.key)), ResolutionReader.uuids(merges.map(\.value)),
            ]
            for statement in own.merges { work.add(Statement(statement, arrays: pairs, isOneShot: true)) }
        }
        // A merge in the same batch may have moved what was written ahead.
        let moved = changes.aliases.filter { !merges.isEmpty || !isWrittenAhead($0.key, for: $0.value) }
        if !moved.isEmpty {
            let rows = moved.keys.sortedByID().compactMap { alias in moved[alias].map { (alias, $0) } }
            work.add(Statement(own.saveAliases, arrays: AliasRows.arrays(rows)))
        }
        let idle = held.newAliases.filter { changes.aliases[$0] == nil }
        if !idle.isEmpty {
            work.add(Statement(own.dropAliases, arrays: [ResolutionReader.ids(idle.sortedByID())], isOneShot: true))
        }
        addWords(changes.persons, to: &work)
    }

    private func isWrittenAhead(_ alias: PersonAlias, for person: PersonID) -> Bool {
        held.newAliases.contains(alias) && PersonID(firstMetAs: alias) == person
    }

    private func addWords(_ changed: [PersonID: Person], to work: inout Work) {
        var (new, known) = (WordColumns(), WordColumns())
        for (id, person) in changed.sorted(by: { $0.key < $1.key }) {
            if held.snapshot.persons[id]?.words.isEmpty ?? true {
                new.append(person, id, learnt: batch.redaction.decidedAt)
            } else {
                known.append(person, id, learnt: batch.redaction.decidedAt)
            }
        }
        work.add(Statement(own.insertWords, arrays: new.arrays))
        work.add(Statement(own.saveWords, arrays: known.arrays))
    }

    private func addMemories(_ changes: Changes, to work: inout Work) {
        let merged = changes.mergeTargets
        var (new, known) = (MemoryColumns(), MemoryColumns())
        func add(_ key: ContactKey, isMarked: Bool?) {
            let memory = held.memories[key]
            let person = changes.links[key] ?? memory?.person.map { merged[$0] ?? $0 }
            let mark = isMarked ?? memory?.isProtected ?? false
            let notBefore = changes.deletions[key] ?? memory?.deletionNotBefore
            if memory?.isThere ?? false {
                known.append(key, person, isMarked: mark, deletion: notBefore)
            } else {
                new.append(key, person, isMarked: mark, deletion: notBefore)
            }
        }
        for (key, contact) in changes.contacts { add(key, isMarked: contact.isMarked) }
        for key in changes.links.keys where changes.contacts[key] == nil { add(key, isMarked: nil) }
        for key in changes.deletions.keys where changes.contacts[key] == nil && changes.links[key] == nil {
            add(key, isMarked: nil)
        }
        work.add(Statement(own.insertContacts, arrays: new.arrays))
        work.add(Statement(own.saveContacts, arrays: known.arrays))
    }

    private func addContacts(_ contacts: [ContactKey: Changes.Contact], to work: inout Work) {
        for clears in [true, false] {
            var changed: [ContactKey] = []
            var marks = ArrayParameter(.boolean)
            for (key, contact) in contacts where contact.clears == clears {
                changed.append(key)
                marks.append(contact.isMarked)
            }
            guard !changed.isEmpty else { continue }
            let keys = reader.keys(changed)
            work.add(
                Statement(clears ? sql.clear : sql.mark, arrays: keys + [marks]),
                .confirmed(changed.count, withheld(sql.map.table)))
            guard clears else { continue }
            for statement in sql.clearDependents { work.add(Statement(statement, arrays: keys)) }
            for (dependent, statement) in zip(sql.map.dependents, sql.heldByDependents) {
                work.add(Statement(statement, arrays: keys), .none { _ in withheld(dependent.table) })
            }
        }
    }

    private func addDeletions(_ changes: Changes, to work: inout Work) {
        if !changes.deleted.isEmpty {
            let keys = reader.keys(changes.deleted.sorted())
            for step in sql.removal.dependents {
                work.add(Statement(step.statement, arrays: keys))
                work.add(Statement(step.left, arrays: keys), .none { _ in withheld(step.table) })
            }
            work.add(
                Statement(sql.removal.contact, arrays: keys),
                .confirmed(changes.deleted.count, withheld(sql.map.table)))
        }
        let forgotten = changes.deleted.union(changes.gone)
        guard !forgotten.isEmpty else { return }
        var (tenants, ids) = (ArrayParameter(.text), ArrayParameter(.text))
        for key in forgotten.sorted() {
            tenants.append(key.tenant.rawValue)
            ids.append(key.id.rawValue)
        }
        work.add(Statement(own.forgetContacts, arrays: [tenants, ids]))
    }

    /// A trigger or a policy keeps a contact as it was: to call it cleared would be a lie.
    private func withheld(_ table: TableName) -> BatchFailure {
        .store(
            .refused("\(table): a row is not as it was written; a trigger or a row-level policy keeps what it holds"))
    }

    private func addSlices(_ slices: StandingSlices, to work: inout Work) {
        guard !batch.slices.isEmpty else { return }
        let group = Parameter.text(batch.redaction.group)
        var ids = ArrayParameter(.integer)
        for id in slices.ids { ids.append(id) }
        let columns = SliceColumns(batch.slices)
        work.add(
            Statement(
                own.insertSlices,
                [ids.parameter, group, columns.topics, columns.partitions, columns.firsts, columns.lasts]))
        addFollows(to: &work)
        let ends = SliceColumns(batch.slices.sorted { ($0.partition, $0.last) < ($1.partition, $1.last) }.lastOfEach)
        work.add(Statement(own.advanceProgress, [group, ends.topics, ends.partitions, ends.behind]))
    }

    /// Less applied than a slice follows: an older copy of the database stands in its place.
    private func addFollows(to work: inout Work) {
        let known = batch.slices.filter { $0.follows != nil }
        guard !known.isEmpty else { return }
        let columns = SliceColumns(known)
        work.add(
            Statement(
                own.findSetBack,
                [.text(batch.redaction.group), columns.topics, columns.partitions, columns.follows]),
            .none { result in
                let row = result.rows.first ?? 0
                let partition = PartitionName(
                    topic: result.text(row, 0) ?? "", partition: Int32(truncatingIfNeeded: result.integer(row, 1)))
                return .store(
                    .setBack(partition, applied: result.integer(row, 2), expected: result.integer(row, 3)))
            })
    }

    private func addJournal(
        _ changes: Changes, in slices: StandingSlices, to work: inout Work
    ) throws(BatchFailure) {
        for replaces in [false, true] {
            // Rows are large: their places are sorted, and not they.
            let entries = changes.journal.indices.lazy.filter { changes.journal[$0].replaces == replaces }
                .map { (key: changes.journal[$0].key, place: $0) }.sorted { $0.key < $1.key }
            guard !entries.isEmpty else { continue }
            let statement = Statement(
                replaces ? own.replaceJournal : own.insertJournal,
                try columns(of: entries.lazy.map { changes.journal[$0.place] }, in: slices))
            work.add(statement, .rows(entries.count, .again))
        }
        guard !changes.moved.isEmpty else { return }
        var (keys, ids) = (ArrayParameter(.uuid), ArrayParameter(.integer))
        for (key, coordinates) in changes.moved.sorted(by: { $0.key < $1.key }) {
            keys.append(key.words)
            ids.append(try id(of: coordinates, in: slices))
        }
        work.add(Statement(own.moveJournal, arrays: [keys, ids], isOneShot: true))
    }

    private func columns(
        of entries: some Sequence<Changes.Journal>, in slices: StandingSlices
    ) throws(BatchFailure) -> [Parameter] {
        var (keys, contents, outcomes) = (ArrayParameter(.uuid), ArrayParameter(.bytes), ArrayParameter(.bytes))
        var (topics, partitions, offsets) = (
            ArrayParameter(.text), ArrayParameter(.integer), ArrayParameter(.integer)
        )
        var (ids, redrives, times) = (
            ArrayParameter(.integer), ArrayParameter(.integer), ArrayParameter(.timestamp)
        )
        for entry in entries {
            let home = entry.row.home.coordinates
            keys.append(entry.key.words)
            contents.append(entry.row.content.bytes)
            outcomes.append(entry.row.outcome.encoded())
            topics.append(home.topic)
            partitions.append(Int64(home.partition))
            offsets.append(home.offset)
            ids.append(try id(of: home, in: slices))
            redrives.append(Int64(entry.row.redrives))
            times.append(entry.row.outcome.decidedAt)
        }
        return [keys, contents, outcomes].map(\.parameter) + [.text(batch.redaction.group)]
            + [topics, partitions, offsets, ids, redrives, times].map(\.parameter)
    }

    private func id(of record: RecordCoordinates, in slices: StandingSlices) throws(BatchFailure) -> Int64 {
        do throws(StoreError) {
            return try slices.id(of: record)
        } catch {
            throw .store(error)
        }
    }
}

/// Registers' words as arrays, a column each.
private struct WordColumns {
    private var (persons, registries) = (ArrayParameter(.uuid), ArrayParameter(.text))
    private var (times, words) = (ArrayParameter(.timestamp), ArrayParameter(.boolean))
    private var learnt = ArrayParameter(.timestamp)

    mutating func append(_ person: Person, _ id: PersonID, learnt moment: Timestamp) {
        for (registry, word) in person.words {
            persons.append(id.words)
            registries.append(registry)
            times.append(word.observedAt)
            words.append(word.status == .protected)
            learnt.append(moment)
        }
    }

    var arrays: [ArrayParameter] { [persons, registries, times, words, learnt] }
}

/// What is remembered of contacts as arrays, a column each.
private struct MemoryColumns {
    private var (tenants, ids, persons) = (ArrayParameter(.text), ArrayParameter(.text), ArrayParameter(.uuid))
    private var (marks, deletions) = (ArrayParameter(.boolean), ArrayParameter(.timestamp))

    mutating func append(_ key: ContactKey, _ person: PersonID?, isMarked: Bool, deletion notBefore: Timestamp?) {
        tenants.append(key.tenant.rawValue)
        ids.append(key.id.rawValue)
        if let person { persons.append(person.words) } else { persons.appendNull() }
        marks.append(isMarked)
        if let notBefore { deletions.append(notBefore) } else { deletions.appendNull() }
    }

    var arrays: [ArrayParameter] { [tenants, ids, persons, marks, deletions] }
}

/// Slices as arrays, a column each.
struct SliceColumns {
    private var columns = (
        topics: ArrayParameter(.text), partitions: ArrayParameter(.integer), firsts: ArrayParameter(.integer),
        lasts: ArrayParameter(.integer), behind: ArrayParameter(.integer), follows: ArrayParameter(.integer)
    )

    init(_ slices: some Sequence<BatchSlice>) {
        for slice in slices {
            columns.topics.append(slice.partition.topic)
            columns.partitions.append(Int64(slice.partition.partition))
            columns.firsts.append(slice.first)
            columns.lasts.append(slice.last)
            columns.behind.append(slice.last &+ 1)
            columns.follows.append(slice.follows ?? 0)
        }
    }

    var topics: Parameter { columns.topics.parameter }
    var partitions: Parameter { columns.partitions.parameter }
    var firsts: Parameter { columns.firsts.parameter }
    var lasts: Parameter { columns.lasts.parameter }
    /// The offsets behind the last ones.
    var behind: Parameter { columns.behind.parameter }
    /// The offsets up to which the sender knows the partitions to be applied.
    var follows: Parameter { columns.follows.parameter }
}

extension [BatchSlice] {
    /// Of sorted slices the last one of each partition: a row may be changed once a statement.
    fileprivate var lastOfEach: [BatchSlice] {
        indices.filter { $0 == indices.last || self[$0].partition != self[$0 + 1].partition }.map { self[$0] }
    }
}
