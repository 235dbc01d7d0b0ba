public import ContactStore
public import ProtectedIdentity
import Synchronization

/// What operations remember, beside the registry.
struct OperationsMemory {
    struct Owed {
        let entry: SelectionDecision.Owed
        var lease: Timestamp
    }

    var requests: [ContactKey: DeletionRequest] = [:]
    var notices: [ContactKey: Timestamp] = [:]
    var taken: Set<DeletionNotice> = []
    var owed: [UUIDv5: Owed] = [:]
    var lastReconciliation: Timestamp?
    var replays: [String: UnfinishedReplay] = [:]
    var gaps: [PartitionGap] = []
}

extension InMemoryContactStore {
    /// Decides and saves a page of the selection.
    public func select(
        _ selection: DeletionSelection, _ page: SelectionPage, lease: Timestamp, isDry: Bool
    ) throws(StoreError) -> SelectedPage {
        try transaction { state throws(StoreError) in
            let contacts = Self.contacts(of: page, at: selection.decidedAt, in: state)
            let remembered = selection.aliases(in: contacts).filter { [aliases = state.aliases] in aliases[$0] != nil }
            let decision = selection.decide(contacts, remembered: remembered)
            guard !isDry else {
                return SelectedPage(
                    messages: [], counts: decision.counts, next: page.next(behind: contacts.last, found: contacts.count)
                )
            }
            for (key, schedule) in decision.deletions { state.deletions[key] = schedule }
            state.operations.requests.merge(decision.requests) { $1 }
            for entry in decision.owed {
                state.operations.owed[entry.message.id] = OperationsMemory.Owed(entry: entry, lease: lease)
            }
            return SelectedPage(
                messages: decision.owed.map(\.message), counts: decision.counts,
                next: page.next(behind: contacts.last, found: contacts.count))
        }
    }

    private static func contacts(
        of page: SelectionPage, at now: Timestamp, in state: State
    ) -> [ScheduledContact] {
        let all = Set(state.contacts.keys).union(state.deletions.keys).map { key in
            ScheduledContact(
                key: key, exists: state.contacts[key] != nil, isProtected: state.contacts[key]?.isProtected ?? false,
                deletionNotBefore: state.deletions[key], noticeSentFor: state.operations.notices[key])
        }
        let candidates: [ScheduledContact]
        switch page.start {
        case .due(let place):
            candidates = all.filter { contact in
                guard let notBefore = contact.deletionNotBefore, notBefore <= now else { return false }
                guard state.operations.requests[contact.key]?.schedule != notBefore else { return false }
                return place.map { ($0.notBefore, $0.key) < (notBefore, contact.key) } ?? true
            }.sorted {
                ($0.deletionNotBefore ?? now, $0.key) < ($1.deletionNotBefore ?? now, $1.key)
            }
        case .unscheduled(let key):
            candidates = all.filter { contact in
                contact.isProtected && contact.deletionNotBefore == nil && (key.map { $0 < contact.key } ?? true)
            }.sorted { $0.key < $1.key }
        }
        return Array(candidates.prefix(page.limit))
    }

    /// Loads what notices need to know.
    public func notices(_ lookup: NoticeLookup) throws(StoreError) -> NoticeSnapshot {
        state.withLock { state in
            var snapshot = NoticeSnapshot()
            for key in lookup.journalKeys {
                guard let stored = state.journal[key] else { continue }
                snapshot.journal[key] = JournalRow(
                    content: stored.row.content, outcome: stored.row.outcome, home: stored.row.home,
                    isUnpublished: state.unpublished[stored.slice] != nil, redrives: stored.row.redrives)
            }
            let scheduled = state.deletions.filter { key, time in
                lookup.schedules.contains {
                    $0.tenant == key.tenant && $0.deletionNotBefore.milliseconds == time.milliseconds
                }
            }
            for key in lookup.contacts.union(scheduled.keys) {
                guard let contact = state.contacts[key] else { continue }
                snapshot.recipients[key] = NoticeRecipient(
                    key: key, isProtected: contact.isProtected, deletionNotBefore: state.deletions[key],
                    noticeSentFor: state.operations.notices[key], email: contact.details.email)
            }
            return snapshot
        }
    }

    /// Takes a notice, until it is given back or noted: a lease has no end here.
    public func takeNotice(_ notice: DeletionNotice, for lease: Duration) throws(StoreError) -> Bool {
        try transaction { state throws(StoreError) in
            let key = notice.contact
            guard state.contacts[key]?.isProtected == true, state.deletions[key] == notice.deletionNotBefore,
                state.operations.notices[key] != notice.deletionNotBefore
            else { return false }
            return state.operations.taken.insert(notice).inserted
        }
    }

    /// Gives a notice back.
    public func giveBackNotice(_ notice: DeletionNotice) throws(StoreError) {
        try transaction { state throws(StoreError) in _ = state.operations.taken.remove(notice) }
    }

    /// Notes that notices have gone out.
    public func noteNotices(_ notices: [DeletionNotice]) throws(StoreError) {
        try transaction { state throws(StoreError) in
            for notice in notices where state.deletions[notice.contact] == notice.deletionNotBefore {
                state.operations.notices[notice.contact] = notice.deletionNotBefore
            }
        }
    }

    /// Takes what is owed and whose lease is over.
    public func takeOwed(
        _ limit: Int, now: Timestamp, lease: Timestamp
    ) throws(StoreError) -> [OwedMessage] {
        try transaction { state throws(StoreError) in
            let deletions = state.deletions
            state.operations.owed = state.operations.owed.filter { _, owed in
                owed.lease > now || owed.entry.schedule == nil || deletions[owed.entry.contact] == owed.entry.schedule
            }
            let free = state.operations.owed.filter { $0.value.lease <= now }.prefix(max(1, limit))
            for id in free.map(\.key) { state.operations.owed[id]?.lease = lease }
            return free.map(\.value.entry.message).sorted { $0.decidedAt < $1.decidedAt }
        }
    }

    /// Forgets what is known to be published.
    public func settleOwed(_ ids: [UUIDv5]) throws(StoreError) {
        try transaction { state throws(StoreError) in for id in ids { state.operations.owed[id] = nil } }
    }

    /// How much stands as owed.
    public func owed() throws(StoreError) -> OwedCounts {
        state.withLock { OwedCounts(slices: $0.unpublished.count, messages: $0.operations.owed.count) }
    }

    /// Forgets journal rows past their retention.
    public func purgeJournal(decidedBefore moment: Timestamp, limit: Int) throws(StoreError) -> Int {
        try transaction { state throws(StoreError) in
            let old = Self.oldRows(decidedBefore: moment, in: state).prefix(max(1, limit))
            for key in old { state.journal[key] = nil }
            return old.count
        }
    }

    /// Forgets persons whom nothing protects any more.
    public func purgePersons(_ page: PersonPage) throws(StoreError) -> PurgedPersons {
        try transaction { state throws(StoreError) in
            let old = Self.unprotected(learntBefore: page.learntBefore, in: state)
            let places = old.map { PersonPage.Place(learntAt: state.learntAt[$0] ?? page.learntBefore, person: $0) }
                .filter { place in page.start.map { $0 < place } ?? true }.sorted(by: <).prefix(page.limit)
            let links = Set(state.links.values)
            let forgotten = places.map(\.person).filter { !links.contains($0) }
            for person in forgotten {
                state.persons[person] = nil
                state.learntAt[person] = nil
            }
            state.aliases = state.aliases.filter { !forgotten.contains($0.value) }
            return PurgedPersons(count: forgotten.count, next: places.count < page.limit ? nil : places.last)
        }
    }

    /// How much the purge would forget.
    public func purgeable(
        journalBefore: Timestamp, personsBefore: Timestamp
    ) throws(StoreError) -> PurgeableCounts {
        state.withLock { state in
            let links = Set(state.links.values)
            return PurgeableCounts(
                journalRows: Self.oldRows(decidedBefore: journalBefore, in: state).count,
                persons: Self.unprotected(learntBefore: personsBefore, in: state).count { !links.contains($0) })
        }
    }

    private static func oldRows(decidedBefore moment: Timestamp, in state: State) -> [EventKey] {
        state.journal.filter { _, stored in
            stored.row.outcome.decidedAt < moment && state.unpublished[stored.slice] == nil
        }.map(\.key)
    }

    private static func unprotected(learntBefore moment: Timestamp, in state: State) -> [PersonID] {
        state.persons.filter { id, person in
            !person.words.isEmpty && !person.isProtected && state.learntAt[id].map { $0 < moment } ?? false
        }.map(\.key)
    }
}

extension PersonPage.Place {
    fileprivate static func < (left: Self, right: Self) -> Bool {
        (left.learntAt, left.person) < (right.learntAt, right.person)
    }
}
