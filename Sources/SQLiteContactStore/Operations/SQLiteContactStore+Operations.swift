public import ContactStore
internal import GRDB
public import ProtectedIdentity

extension SQLiteContactStore {
    /// Decides and saves a page of the scheduled selection. There is one writer, so no contact is left out.
    public func select(
        _ selection: DeletionSelection, _ page: SelectionPage, lease: Timestamp, isDry: Bool
    ) throws(StoreError) -> SelectedPage {
        try write { database in
            let rows = SelectionRows(database: database)
            let contacts = try rows.contacts(page, at: selection.decidedAt)
            let decision = selection.decide(
                contacts, remembered: try rows.remembered(selection.aliases(in: contacts)))
            if !isDry { try rows.save(decision, lease: lease) }
            return SelectedPage(
                messages: isDry ? [] : decision.owed.map(\.message), counts: decision.counts,
                next: page.next(behind: contacts.last, found: contacts.count))
        }
    }

    /// Loads what notices need to know.
    public func notices(_ lookup: NoticeLookup) throws(StoreError) -> NoticeSnapshot {
        try read { try NoticeRows(database: $0).snapshot(lookup) }
    }

    /// Whether a notice may go out now. One process has the registry, so nobody else can take it, and nothing stands of a
    /// process that has died with it in its hands.
    public func takeNotice(_ notice: DeletionNotice, for lease: Duration) throws(StoreError) -> Bool {
        try read { try NoticeRows(database: $0).stands(notice) }
    }

    /// Nothing: what was taken is in no row.
    public func giveBackNotice(_ notice: DeletionNotice) throws(StoreError) {}

    /// Notes that notices have gone out.
    public func noteNotices(_ notices: [DeletionNotice]) throws(StoreError) {
        try write { try SelectionRows(database: $0).note(notices) }
    }

    /// Takes what is owed and whose lease is over.
    public func takeOwed(
        _ limit: Int, now: Timestamp, lease: Timestamp
    ) throws(StoreError) -> [OwedMessage] {
        try write { try OwedRows(database: $0).take(limit, now: now, lease: lease) }
    }

    /// Forgets what is known to be published.
    public func settleOwed(_ ids: [UUIDv5]) throws(StoreError) {
        try write { try OwedRows(database: $0).settle(ids) }
    }

    /// How much stands as owed.
    public func owed() throws(StoreError) -> OwedCounts {
        try read { try OwedRows(database: $0).counts() }
    }

    /// Forgets journal rows past their retention.
    public func purgeJournal(decidedBefore moment: Timestamp, limit: Int) throws(StoreError) -> Int {
        try write { try PurgeRows(database: $0).journal(decidedBefore: moment, limit: limit) }
    }

    /// Forgets persons whom nothing protects any more.
    public func purgePersons(_ page: PersonPage) throws(StoreError) -> PurgedPersons {
        try write { try PurgeRows(database: $0).persons(page) }
    }

    /// How much the purge would forget.
    public func purgeable(
        journalBefore: Timestamp, personsBefore: Timestamp
    ) throws(StoreError) -> PurgeableCounts {
        try read { try PurgeRows(database: $0).counts(journalBefore: journalBefore, personsBefore: personsBefore) }
    }
}
