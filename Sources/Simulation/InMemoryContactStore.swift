public import ContactStore
public import ProtectedIdentity
import Synchronization

/// A contact registry in memory: atomic as a database is, with locks on persons and contacts under which the transactions of
/// others go on, and able to fail at every point where a database can.
public final class InMemoryContactStore: SimulatedRegistry, OperationsStore {
    struct Place: Hashable {
        let group: String
        let partition: PartitionName
    }

    struct StoredRow {
        var row: JournalRow
        var slice: Int64
    }

    struct State {
        var contacts: [ContactKey: RegistryContact] = [:]
        var links: [ContactKey: PersonID] = [:]
        var aliases: [PersonAlias: PersonID] = [:]
        var persons: [PersonID: Person] = [:]
        var deletions: [ContactKey: Timestamp] = [:]
        var journal: [EventKey: StoredRow] = [:]
        var unpublished: [Int64: UnpublishedSlice] = [:]
        var progress: [Place: Int64] = [:]
        var learntAt: [PersonID: Timestamp] = [:]
        var operations = OperationsMemory()
        var lastSlice: Int64 = 0
    }

    let state = Mutex(State())
    private let backup = Mutex(State())
    /// What transactions under way have locked.
    private let locked = Mutex(Set<Lock>())
    private let locksPersons: Bool
    private let fault: StoreFault

    /// An empty registry.
    ///
    /// - Parameters:
    ///   - locksPersons: whether a batch locks the persons and contacts that it means.
    ///   - fault: is asked at each point of each transaction, and throws what is to go wrong there.
    public init(locksPersons: Bool = true, fault: @escaping StoreFault = { (_) throws(StoreError) in }) {
        self.locksPersons = locksPersons
        self.fault = fault
    }

    /// A copy that goes its own way from here, and never fails.
    public func fork() -> InMemoryContactStore {
        let copy = InMemoryContactStore()
        let now = state.withLock { $0 }
        copy.state.withLock { $0 = now }
        return copy
    }

    // MARK: The registry

    /// All contacts.
    public var contacts: [ContactKey: RegistryContact] {
        state.withLock { state in
            state.contacts.mapValues { contact in
                var contact = contact
                contact.deletionNotBefore = state.deletions[contact.key]
                return contact
            }
        }
    }

    /// The scheduled deletions.
    public var deletions: [ContactKey: Timestamp] {
        state.withLock { $0.deletions }
    }

    /// The number of journal rows.
    public var journalCount: Int {
        state.withLock { $0.journal.count }
    }

    /// Puts contacts in, or in place of others.
    public func put(_ contacts: some Sequence<RegistryContact>) {
        state.withLock { state in
            for contact in contacts {
                state.contacts[contact.key] = contact
                state.deletions[contact.key] = contact.deletionNotBefore
            }
        }
    }

    /// Puts a contact in, or in place of another.
    public func put(_ contact: RegistryContact) {
        put(CollectionOfOne(contact))
    }

    /// Takes a contact out, as the company may do itself; what is remembered of it stays.
    public func remove(_ key: ContactKey) {
        state.withLock { $0.contacts[key] = nil }
    }

    /// Keeps a copy of everything as it is now, in place of the copy kept before.
    public func backUp() {
        let now = state.withLock { $0 }
        backup.withLock { $0 = now }
    }

    /// Puts the copy in the place of what is there. What is not copied, as in a database: ids go on from where the copy is.
    public func restore() {
        let copy = backup.withLock { $0 }
        state.withLock { $0 = copy }
    }

    // MARK: The port

    /// Settles what the committed offsets prove, and returns the progress.
    public func admit(
        _ positions: [PartitionPosition], of group: String
    ) throws(StoreError) -> [PartitionName: Int64] {
        try fault(.before)
        return try transaction { state throws(StoreError) in
            var progress: [PartitionName: Int64] = [:]
            for position in positions {
                progress[position.partition] = state.progress[Place(group: group, partition: position.partition)]
                guard let committed = position.committed else { continue }
                state.unpublished = state.unpublished.filter { _, standing in
                    standing.group != group || standing.slice.partition != position.partition
                        || standing.slice.last >= committed
                }
            }
            return progress
        }
    }

    /// Remembers gaps until they are closed.
    public func note(_ gaps: [PartitionGap]) throws(StoreError) {
        try fault(.before)
        try transaction { state throws(StoreError) in
            for gap in gaps {
                let known = state.operations.gaps.firstIndex {
                    $0.group == gap.group && $0.partition == gap.partition
                        && $0.offsets.lowerBound == gap.offsets.lowerBound
                }
                guard let known else {
                    state.operations.gaps.append(gap)
                    continue
                }
                let end = max(state.operations.gaps[known].offsets.upperBound, gap.offsets.upperBound)
                state.operations.gaps[known] = PartitionGap(
                    group: gap.group, partition: gap.partition, offsets: gap.offsets.lowerBound..<end)
            }
        }
    }

    /// Closes gaps, as far as they lie in some stretches.
    public func close(_ ranges: [PartitionName: Range<Int64>], of group: String) throws(StoreError) {
        try fault(.before)
        try transaction { state throws(StoreError) in
            state.operations.gaps = state.operations.gaps.flatMap { gap in
                guard gap.group == group, let read = ranges[gap.partition] else { return [gap] }
                return gap.without(read)
            }
        }
    }

    /// The gaps that nobody has closed.
    public func gaps() throws(StoreError) -> [PartitionGap] {
        try fault(.before)
        return state.withLock { $0.operations.gaps }
    }

    /// Decides and saves a batch.
    ///
    /// - Throws: ``StoreError/transient(_:)`` where it meets the locks of another batch, as a database does that will not
    ///   let it wait.
    public func apply(_ batch: StoreBatch) throws(StoreError) -> AppliedBatch {
        try fault(.before)
        let group = batch.redaction.group
        // Before anything is looked up: what is settled here was published.
        let snapshot = state.withLock { state in
            var copy = state
            Self.settle(batch.settling, of: group, in: &copy)
            return Self.snapshot(for: batch.redaction, of: copy)
        }
        let locks = locksPersons ? Lock.all(of: batch.redaction, snapshot) : []
        let isFree = locked.withLock { locked in
            guard locked.isDisjoint(with: locks) else { return false }
            locked.formUnion(locks)
            return true
        }
        guard isFree else {
            try fault(.lockMet)
            throw .transient("another transaction has locked the same persons")
        }
        defer { locked.withLock { $0.subtract(locks) } }
        try fault(.underLock)
        return try transaction { state throws(StoreError) in
            Self.settle(batch.settling, of: group, in: &state)
            let decision = batch.redaction.decide(snapshot)
            var sliceIDs: [Int64] = []
            for slice in batch.slices {
                let place = Place(group: group, partition: slice.partition)
                let applied = state.progress[place] ?? 0
                if let expected = slice.follows, applied < expected {
                    throw .setBack(slice.partition, applied: applied, expected: expected)
                }
                state.lastSlice += 1
                sliceIDs.append(state.lastSlice)
                let stored = BatchSlice(partition: slice.partition, first: slice.first, last: slice.last)
                state.unpublished[state.lastSlice] = UnpublishedSlice(id: state.lastSlice, group: group, slice: stored)
                state.progress[place] = max(applied, slice.last + 1)
            }
            try Self.save(decision.changes, slices: zip(batch.slices, sliceIDs).map { ($0, $1) }, in: &state)
            for person in decision.changes.persons.keys { state.learntAt[person] = batch.redaction.decidedAt }
            for entry in decision.changes.owed {
                state.operations.owed[entry.message.id] = OperationsMemory.Owed(entry: entry, lease: batch.lease)
            }
            return AppliedBatch(
                verdicts: decision.verdicts, sliceIDs: sliceIDs, owed: decision.changes.owed.map(\.message))
        }
    }

    /// Forgets published slices.
    public func settle(_ slices: [SettledSlice], of group: String) throws(StoreError) {
        try fault(.before)
        try transaction { state throws(StoreError) in Self.settle(slices, of: group, in: &state) }
    }

    /// The slices that stand as unpublished.
    public func unpublishedSlices() throws(StoreError) -> [UnpublishedSlice] {
        state.withLock { $0.unpublished.values.sorted { $0.id < $1.id } }
    }

    /// How many aliases and journal rows bear each digest key.
    public func digestKeyUse() throws(StoreError) -> [String: Int] {
        state.withLock { state in
            let ids = state.aliases.keys.map(\.digest.keyID) + state.journal.values.map(\.row.content.keyID)
            return ids.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    /// Runs `body` on a copy that takes effect as a whole or not at all.
    func transaction<Result: Sendable>(
        _ body: (inout State) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        let outcome: Swift.Result<Result, StoreError> = state.withLock { state in
            do throws(StoreError) {
                var copy = state
                let result = try body(&copy)
                try fault(.beforeCommit)
                state = copy
                return .success(result)
            } catch {
                return .failure(error)
            }
        }
        let result = try outcome.get()
        try fault(.afterCommit)
        return result
    }

    // MARK: Loading and saving

    static func snapshot(for batch: RedactionBatch, of state: State) -> Snapshot {
        var snapshot = Snapshot()
        func load(_ keys: Set<EventKey>) {
            for key in keys {
                guard let stored = state.journal[key] else { continue }
                let row = stored.row
                snapshot.journal[key] = JournalRow(
                    content: row.content, outcome: row.outcome, home: row.home,
                    isUnpublished: state.unpublished[stored.slice] != nil, redrives: row.redrives)
            }
        }
        func load(_ lookup: Lookup) {
            load(lookup.journalKeys)
            for key in lookup.contacts { load(key) }
            for wanted in lookup.numbers {
                for (key, contact) in state.contacts where key.tenant == wanted.tenant {
                    guard contact.country.served == wanted.number.country, let stored = contact.details.number?.reveal()
                    else { continue }
                    let digits = String(stored.filter { $0.isASCII && $0.isNumber }.suffix(10))
                    if digits == wanted.number.shortDigits.reveal() { load(key) }
                }
            }
            for alias in lookup.aliases {
                if let person = state.aliases[alias] { snapshot.aliases[alias] = person }
            }
        }
        func load(_ key: ContactKey) {
            guard let contact = state.contacts[key] else { return }
            snapshot.contacts[key] = ContactRecord(
                key: key, country: contact.country, number: contact.details.number,
                mark: contact.isProtected ? .standing : .absent,
                holding: contact.details.holding, person: state.links[key],
                deletionNotBefore: state.deletions[key])
        }
        let named = batch.lookup()
        for (key, request) in state.operations.requests where named.requests.contains(request.id) {
            snapshot.requested[request.id] = RequestedContact(
                key: key, person: state.links[key], schedule: request.schedule,
                noticeSentFor: state.operations.notices[key])
        }
        load(named)
        load(batch.lookup(behind: snapshot.requested.values))
        load(batch.places(behind: snapshot.journal))
        load(batch.lookup(after: snapshot.contacts.values))
        let persons = Set(snapshot.aliases.values).union(snapshot.contacts.values.compactMap(\.person))
            .union(snapshot.requested.values.compactMap(\.person))
        for (key, person) in state.links where persons.contains(person) { load(key) }
        for person in persons { snapshot.persons[person] = state.persons[person] }
        for (alias, person) in state.aliases where persons.contains(person) { snapshot.aliases[alias] = person }
        return snapshot
    }

    private static func save(
        _ changes: Changes, slices: [(BatchSlice, Int64)], in state: inout State
    ) throws(StoreError) {
        for (from, into) in changes.merges {
            for (alias, person) in state.aliases where person == from { state.aliases[alias] = into }
            for (key, person) in state.links where person == from { state.links[key] = into }
            state.persons[from] = nil
        }
        state.aliases.merge(changes.aliases) { $1 }
        state.links.merge(changes.links) { $1 }
        state.persons.merge(changes.persons) { $1 }
        for (key, person) in changes.aliases where key.kind == .number { state.persons[person]?.hasNumber = true }
        for (key, change) in changes.contacts {
            if change.clears, let details = state.contacts[key]?.details.cleared {
                state.contacts[key]?.details = details
            }
            state.contacts[key]?.isProtected = change.isMarked
        }
        for (key, deletion) in changes.deletions { state.deletions[key] = deletion }
        for key in changes.deleted.union(changes.gone) {
            state.contacts[key] = nil
            state.links[key] = nil
            state.deletions[key] = nil
            state.operations.requests[key] = nil
            state.operations.notices[key] = nil
        }
        func slice(of coordinates: RecordCoordinates) throws(StoreError) -> Int64 {
            let partition = PartitionName(topic: coordinates.topic, partition: coordinates.partition)
            let slice = slices.first { $0.0.partition == partition }
            guard let slice else { throw .unusable("a record of the batch lies in none of its slices") }
            return slice.1
        }
        for entry in changes.journal {
            guard entry.replaces || state.journal[entry.key] == nil else {
                throw .transient("a journal row has appeared meanwhile")
            }
            let slice = try slice(of: entry.row.home.coordinates)
            state.journal[entry.key] = StoredRow(row: entry.row, slice: slice)
        }
        for (key, coordinates) in changes.moved { state.journal[key]?.slice = try slice(of: coordinates) }
    }

    private static func settle(_ slices: [SettledSlice], of group: String, in state: inout State) {
        for slice in slices {
            // A lower id with nothing beyond this one is what a lost reply has left behind.
            state.unpublished = state.unpublished.filter { id, standing in
                standing.group != group || standing.slice.partition != slice.partition || id > slice.id
                    || standing.slice.last > slice.last
            }
        }
    }
}

/// What a batch locks, so that no other one decides over the same person at the same time.
private enum Lock: Hashable {
    case alias(PersonAlias)
    case person(PersonID)
    case contact(ContactKey)

    static func all(of batch: RedactionBatch, _ snapshot: Snapshot) -> Set<Lock> {
        var locks = Set(batch.lookup().aliases.map(Lock.alias))
        locks.formUnion(snapshot.aliases.keys.map(Lock.alias))
        locks.formUnion(batch.lookup(after: snapshot.contacts.values).aliases.map(Lock.alias))
        locks.formUnion(batch.lookup(behind: snapshot.requested.values).aliases.map(Lock.alias))
        locks.formUnion(snapshot.requested.values.map { Lock.contact($0.key) })
        locks.formUnion(snapshot.persons.keys.map(Lock.person))
        locks.formUnion(snapshot.contacts.keys.map(Lock.contact))
        return locks
    }
}
