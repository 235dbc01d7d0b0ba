internal import ContactStore
internal import ProtectedIdentity

/// One batch in one transaction, in four to eight round trips whatever its size:
///
/// 1. begin and settle; find the contacts that are asked to be deleted, where any are, in a trip of its own; find contacts by
///    key and number, and persons by their names (no locks);
/// 2. find what the contacts' own numbers lead to, where these are others;
/// 3. find the persons' other contacts and names;
/// 4. lock: the persons' names, then the contacts, each in one order for all workers; then read everything anew. Where that
///    differs from what was found, the transaction looks once more behind its locks. If it then wants others, it begins again
///    and takes all of them at once: a lock that is taken late is out of order;
/// 5. decide, and write: contacts, persons, slices, the journal last;
/// 6. commit.
struct BatchTransaction {
    let batch: StoreBatch
    let reader: ResolutionReader
    /// What the batch's records name themselves.
    private let named: Lookup
    /// What to lock besides: what earlier attempts have missed.
    private let wanted: Locks

    init(batch: StoreBatch, reader: ResolutionReader, wanted: Locks = Locks()) {
        self.batch = batch
        self.wanted = wanted
        self.reader = reader
        named = batch.redaction.lookup()
    }

    /// How often a transaction looks before it gives its locks back.
    private static let looks = 3

    func run(_ connection: inout PostgresConnection) throws(BatchFailure) -> AppliedBatch {
        let held = try hold(&connection)
        let decision = batch.redaction.decide(held.snapshot)
        let slices = StandingSlices(batch.slices, ids: held.sliceIDs)
        try BatchWriter(batch: batch, reader: reader, held: held).save(
            decision.changes, standing: slices, &connection)
        _ = try connection.run([Statement("COMMIT")])
        return AppliedBatch(
            verdicts: decision.verdicts, sliceIDs: slices.ids, owed: decision.changes.owed.map(\.message))
    }

    /// Decides behind the same locks, and gives everything back as it was.
    func rehearse(_ connection: inout PostgresConnection) throws(BatchFailure) -> [Verdict] {
        let decision = batch.redaction.decide(try hold(&connection).snapshot)
        _ = try connection.run([Statement("ROLLBACK")])
        return decision.verdicts
    }

    /// Looks and locks until the two agree.
    private func hold(_ connection: inout PostgresConnection) throws(BatchFailure) -> HeldBatch {
        var opening = [PostgresContactStore.begin] + (batch.settling.isEmpty ? [] : [settling])
        var named = named
        var requested: [UUIDv5: RequestedContact] = [:]
        if deletes {
            let results = try connection.run(opening + [reader.requested(by: named.requests)])
            if let found = results.last { requested = try reader.read(found) }
            named.formUnion(batch.redaction.lookup(behind: requested.values))
            opening = []
        }
        var holder = BatchHolder(batch: batch, named: named, wanted: wanted, reader: reader)
        for _ in 1...Self.looks {
            var resolution = Resolution()
            resolution.requested = requested
            try resolve(named, after: opening, without: holder.newAliases, into: &resolution, &connection)
            if let held = try holder.hold(resolution, &connection) { return held }
            opening = []
        }
        throw .again
    }

    /// Whether contacts are asked to be deleted.
    var deletes: Bool { !named.requests.isEmpty }

    /// Whom the batch means, without locks. Names that this transaction has written ahead itself mean nobody yet.
    private func resolve(
        _ named: Lookup, after opening: [Statement], without ahead: Set<PersonAlias>, into resolution: inout Resolution,
        _ connection: inout PostgresConnection
    ) throws(BatchFailure) {
        let first = try connection.run(
            opening + [
                reader.byKey(named.contacts), reader.byNumber(named.numbers, on: today), reader.aliases(named.aliases),
            ])
        for result in first.suffix(3).dropLast() { try reader.read(result, into: &resolution.contacts) }
        if let aliases = first.last { try reader.read(aliases, into: &resolution.aliases) }

        // Most contacts bear the number that led to them, and lead no further.
        let behind = resolution.behind(in: batch.redaction)
        resolution.named = named.aliases.union(behind.aliases)
        let second = try connection.run([
            reader.byNumber(behind.numbers.subtracting(named.numbers), on: today),
            reader.aliases(behind.aliases.subtracting(named.aliases)),
        ])
        try reader.read(second[0], into: &resolution.contacts)
        try reader.read(second[1], into: &resolution.aliases)
        for alias in ahead { resolution.aliases[alias] = nil }

        let persons = resolution.persons
        guard !persons.isEmpty else { return }
        let third = try connection.run([reader.byPerson(persons), reader.aliases(of: persons)])
        try reader.read(third[0], into: &resolution.contacts)
        try reader.read(third[1], into: &resolution.aliases)
        for alias in ahead { resolution.aliases[alias] = nil }
    }

    private var today: CalendarDate { batch.redaction.decidedAt.date }

    /// First of all: an outcome in a slice that is known to be published must not be published again.
    private var settling: Statement {
        SettledSlice.statement(batch.settling, of: batch.redaction.group, reader.own)
    }
}

extension SettledSlice {
    /// Forgets slices, and with each those that its partition had before it: one whose reply was lost is published by the
    /// slice that came after.
    static func statement(_ slices: [SettledSlice], of group: String, _ own: OwnSQL) -> Statement {
        var (ids, topics) = (ArrayParameter(.integer), ArrayParameter(.text))
        var (partitions, lasts) = (ArrayParameter(.integer), ArrayParameter(.integer))
        for slice in slices.sorted(by: { $0.id < $1.id }) {
            ids.append(slice.id)
            topics.append(slice.partition.topic)
            partitions.append(Int64(slice.partition.partition))
            lasts.append(slice.last)
        }
        return Statement(
            own.settleSlices,
            [ids.parameter, .text(group), topics.parameter, partitions.parameter, lasts.parameter])
    }
}
