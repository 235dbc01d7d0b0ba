internal import ContactStore
internal import ProtectedIdentity

/// What stands behind the locks: everything that the decision needs, and what saving needs besides.
struct HeldBatch {
    /// What the store remembers of a contact.
    struct Memory {
        /// Whether there is a row of it.
        var isThere = true
        var person: PersonID?
        var isProtected: Bool
        var deletionNotBefore: Timestamp?
    }

    var snapshot = Snapshot()
    var memories: [ContactKey: Memory] = [:]
    /// The aliases that this transaction has written ahead, to be waited for.
    var newAliases: Set<PersonAlias> = []
    var sliceIDs: [Int64] = []
}

/// Locks what a resolution has found, and reads it anew.
struct BatchHolder {
    let batch: StoreBatch
    let named: Lookup
    let wanted: Locks
    let reader: ResolutionReader
    /// What is locked; nil before the first look.
    private var locked: Locks?
    /// The aliases that were written ahead so far.
    private(set) var newAliases: Set<PersonAlias> = []

    /// Who has waited longer than this for others looks for contacts that came meanwhile. One that comes later still is found
    /// by the next event, or by reconciliation.
    private static let noticeableWait = Duration.seconds(1)

    init(batch: StoreBatch, named: Lookup, wanted: Locks, reader: ResolutionReader) {
        self.batch = batch
        self.wanted = wanted
        self.named = named
        self.reader = reader
    }

    private var sql: ContactSQL { reader.sql }
    private var own: OwnSQL { reader.own }

    /// Locks and reads, in one round trip: the statements follow each other, and each sees what was committed before it
    /// began.
    ///
    /// - Returns: nil where what stands behind the locks is not what was found before: it is to be looked for once more.
    mutating func hold(
        _ resolution: Resolution, _ connection: inout PostgresConnection
    ) throws(BatchFailure) -> HeldBatch? {
        let persons = resolution.persons
        let ahead = aliasesToHold(resolution)
        let keys = Array(resolution.contacts.keys)
        let locks = try locks(for: resolution, writingAhead: ahead)
        let found = reader.keys(keys)
        let isAllOfThem = locks.contacts.count == keys.count
        let statements = [
            holdStatement(ahead),
            Statement(own.lockAliases, arrays: [ResolutionReader.ids(locks.aliases.sortedByID())]),
            Statement(sql.lock, arrays: isAllOfThem ? found : reader.keys(locks.contacts)),
            Statement(sql.read, arrays: found),
            reader.byPerson(persons),
            // What this transaction has written ahead nobody else can have.
            reader.aliases(resolution.named.subtracting(newAliases).subtracting(ahead)),
            reader.aliases(of: persons),
            Statement(own.words, arrays: [ResolutionReader.uuids(persons.sorted())]),
            Statement(own.findJournal, arrays: [journalKeys]),
            Statement(own.takeSliceIDs, [.integer(Int64(batch.slices.count))]),
        ]
        let asking = named.requests.isEmpty ? [] : [reader.requested(by: named.requests)]
        let begin = ContinuousClock.now
        let results = try connection.run(statements + asking)
        let hasWaited = ContinuousClock.now - begin > Self.noticeableWait
        let written = Set(results[0].rows.compactMap { results[0].person($0, 0) })
        newAliases.formUnion(ahead.filter { written.contains(PersonID(firstMetAs: $0)) })
        var held = HeldBatch()
        held.newAliases = newAliases
        // One that was there when we came to write it is another worker's, who knows more than we have looked at.
        guard written.count == ahead.count,
            try readContacts(results[3], expecting: resolution, into: &held),
            try hasNoOther(results[4], than: resolution),
            try readPersons(results[5], results[6], results[7], expecting: resolution, into: &held)
        else { return nil }
        if hasWaited {
            guard try foundNoOther(than: resolution, &connection) else { return nil }
        }
        if !asking.isEmpty, let requested = results.last { held.snapshot.requested = try reader.read(requested) }
        // A sweep has asked anew meanwhile, or another worker has deleted: what was looked for is not what is meant.
        guard held.snapshot.requested == resolution.requested else { throw .again }
        held.snapshot.journal = try JournalReader(schema: own.schema).rows(results[8])
        try readPlaces(into: &held, &connection)
        held.sliceIDs = results[9].rows.map { results[9].integer($0, 0) }
        return held
    }

    /// What is to be locked now: everything at the first look, and nothing at a later one, since the order in which workers
    /// wait for each other would be broken.
    private mutating func locks(
        for resolution: Resolution, writingAhead ahead: [PersonAlias]
    ) throws(BatchFailure) -> Locks {
        let needed = Locks(aliases: Set(resolution.aliases.keys), contacts: Set(resolution.contacts.keys))
        guard let locked else {
            var all = needed
            all.formUnion(wanted)
            locked = all
            return all
        }
        guard ahead.isEmpty, needed.aliases.isSubset(of: locked.aliases.union(newAliases)),
            needed.contacts.isSubset(of: locked.contacts)
        else {
            var all = needed
            all.formUnion(locked)
            throw .againLocking(all)
        }
        return Locks()
    }

    /// The rows of records that are not the first of their identity, which are few.
    private func readPlaces(
        into held: inout HeldBatch, _ connection: inout PostgresConnection
    ) throws(BatchFailure) {
        let places = batch.redaction.places(behind: held.snapshot.journal)
        guard !places.isEmpty else { return }
        let statement = Statement(own.findJournal, arrays: [ResolutionReader.uuids(places.sorted())])
        let rows = try JournalReader(schema: own.schema).rows(try connection.run([statement])[0])
        held.snapshot.journal.merge(rows) { first, _ in first }
    }

    /// The names that the batch may be the first to remember somebody by: written ahead, so that another worker that
    /// meets the same person for the first time waits here and not at the end. Contacts that are there are their own
    /// locks.
    private func aliasesToHold(_ resolution: Resolution) -> [PersonAlias] {
        let unknown = named.contacts.filter { resolution.contacts[$0] == nil }
        let contacts = batch.redaction.aliases(of: unknown)
        return resolution.named.subtracting(newAliases).filter {
            resolution.aliases[$0] == nil && ($0.kind == .number || contacts.contains($0))
        }
        .sortedByID()
    }

    private func holdStatement(_ aliases: [PersonAlias]) -> Statement {
        Statement(own.holdAliases, arrays: AliasRows.arrays(aliases.map { ($0, PersonID(firstMetAs: $0)) }))
    }

    private var journalKeys: ArrayParameter {
        let keys = named.journalKeys.sorted()
        return ResolutionReader.uuids(keys)
    }

    private func readContacts(
        _ result: PostgresResult, expecting resolution: Resolution, into held: inout HeldBatch
    ) throws(BatchFailure) -> Bool {
        var areAsExpected = true
        // Most contacts hold the same fields, and a set of them is dear to make.
        var last: (flags: [Bool], fields: Set<ClearableField>) = ([], [])
        held.memories.reserveCapacity(result.rows.count)
        held.snapshot.contacts.reserveCapacity(result.rows.count)
        for row in result.rows {
            let (key, contact) = try reader.contact(result, row)
            let notBefore = result.timestamp(row, 7)
            let isRemembered = result.boolean(row, 6)
            let memory = HeldBatch.Memory(
                isThere: !result.isNull(row, 6), person: contact.person, isProtected: isRemembered,
                deletionNotBefore: notBefore)
            guard held.memories.updateValue(memory, forKey: key) == nil else { throw .store(twice) }
            if resolution.contacts[key] != contact { areAsExpected = false }
            let flags = sql.fields.indices.map { result.boolean(row, 8 + Int32($0)) }
            if flags != last.flags {
                last = (flags, Set(zip(sql.fields, flags).lazy.filter(\.1).map(\.0)))
            }
            held.snapshot.contacts[key] = ContactRecord(
                key: key, country: contact.country, number: contact.number,
                mark: result.boolean(row, 5) ? .standing : isRemembered ? .takenOff : .absent, holding: last.fields,
                person: contact.person, deletionNotBefore: notBefore)
        }
        return areAsExpected && held.memories.count == resolution.contacts.count
    }

    private var twice: StoreError {
        .refused("\(sql.map.table): several rows have one key; store.contacts.key has to name a unique column")
    }

    /// Whether the company has added no contact, and renumbered none, that the batch means.
    private func foundNoOther(
        than resolution: Resolution, _ connection: inout PostgresConnection
    ) throws(BatchFailure) -> Bool {
        let numbers = named.numbers.union(resolution.behind(in: batch.redaction).numbers)
        let results = try connection.run([
            reader.byKey(named.contacts), reader.byNumber(numbers, on: batch.redaction.decidedAt.date),
        ])
        for result in results {
            guard try hasNoOther(result, than: resolution) else { return false }
        }
        return true
    }

    /// Whether no contact was linked to one of the persons since.
    private func hasNoOther(_ result: PostgresResult, than resolution: Resolution) throws(BatchFailure) -> Bool {
        var linked: [ContactKey: Resolution.Contact] = [:]
        try reader.read(result, into: &linked)
        return linked.allSatisfy { resolution.contacts[$0.key] == $0.value }
    }

    private func readPersons(
        _ named: PostgresResult, _ ofPersons: PostgresResult, _ words: PostgresResult,
        expecting resolution: Resolution, into held: inout HeldBatch
    ) throws(BatchFailure) -> Bool {
        var aliases: [PersonAlias: PersonID] = [:]
        try reader.read(named, into: &aliases)
        try reader.read(ofPersons, into: &aliases)
        for alias in held.newAliases { aliases[alias] = nil }
        guard aliases == resolution.aliases else { return false }
        held.snapshot.aliases = aliases
        for (alias, person) in aliases {
            let hadNumber = held.snapshot.persons[person]?.hasNumber ?? false
            held.snapshot.persons[person, default: Person()].hasNumber = hadNumber || alias.kind == .number
        }
        for row in words.rows {
            guard let registry = words.text(row, 1), let observedAt = words.timestamp(row, 2) else { continue }
            let word = RegisterWord(
                observedAt: observedAt, status: words.boolean(row, 3) ? .protected : .notProtected)
            guard let person = words.person(row, 0) else { continue }
            held.snapshot.persons[person, default: Person()].words[registry] = word
        }
        return true
    }
}

/// Aliases as four arrays: ids, digests, kinds, persons.
enum AliasRows {
    static func arrays(_ rows: some Sequence<(PersonAlias, PersonID)>) -> [ArrayParameter] {
        var (ids, digests) = (ArrayParameter(.uuid), ArrayParameter(.bytes))
        var (kinds, persons) = (ArrayParameter(.smallInteger), ArrayParameter(.uuid))
        for (alias, person) in rows {
            ids.append(PersonID(firstMetAs: alias).words)
            digests.append(alias.digest.bytes)
            kinds.append(Int16(alias.kind.rawValue))
            persons.append(person.words)
        }
        return [ids, digests, kinds, persons]
    }
}
