public import ProtectedIdentity

/// What a registry must be able to do for operations besides: the scheduled selection, what is owed, and the purge.
///
/// Everything goes page by page, each page in one short transaction, beside workers and other sweeps. What a page decides is
/// published after it is durable: it stands as owed until it is known to be in Kafka, so a crash in between loses nothing and
/// may publish a copy with the same `ce_id`.
public protocol OperationsStore: RegistryInspection, ReplayStore {
    /// Decides and saves a page of the scheduled selection. Contacts that another transaction holds are left out; a later
    /// sweep meets them.
    ///
    /// - Parameters:
    ///   - page: where the page begins, and how many contacts it has at most.
    ///   - lease: until when what is owed is the caller's to publish, and nobody else's.
    ///   - isDry: whether nothing is to be saved.
    func select(
        _ selection: DeletionSelection, _ page: SelectionPage, lease: Timestamp, isDry: Bool
    ) throws(StoreError) -> SelectedPage

    /// Loads what has to be known before notices can go out. Locks nothing.
    func notices(_ lookup: NoticeLookup) throws(StoreError) -> NoticeSnapshot

    /// Takes a notice to send it, for as long as a lease lasts: nobody else can take it meanwhile.
    ///
    /// - Returns: whether it is the caller's: not where another one has it, where it has gone out, where the contact is no
    ///   longer protected, or where the schedule no longer stands.
    func takeNotice(_ notice: DeletionNotice, for lease: Duration) throws(StoreError) -> Bool

    /// Gives a notice back that is known not to have gone out.
    func giveBackNotice(_ notice: DeletionNotice) throws(StoreError)

    /// Notes that the notices before deletions have gone out. One of a schedule that no longer stands counts for nothing.
    func noteNotices(_ notices: [DeletionNotice]) throws(StoreError)

    /// Takes messages that stand as owed and whose lease is over, the oldest first, and leases them anew. Those that are no
    /// longer true are forgotten.
    func takeOwed(_ limit: Int, now: Timestamp, lease: Timestamp) throws(StoreError) -> [OwedMessage]

    /// Forgets owed messages that are known to be published.
    func settleOwed(_ ids: [UUIDv5]) throws(StoreError)

    /// How much stands as owed.
    func owed() throws(StoreError) -> OwedCounts

    /// Forgets journal rows that were decided before a moment, up to `limit` of them; never one whose slice stands, since its
    /// outcome is still to be published.
    ///
    /// - Returns: how many it were; fewer than `limit` where no more are left.
    func purgeJournal(decidedBefore moment: Timestamp, limit: Int) throws(StoreError) -> Int

    /// Forgets persons of whom every register's word is *not protected* and was learnt before a moment. Whoever a contact is
    /// remembered for stays: a cleared contact is found by nothing else.
    ///
    /// - Returns: how many it were, and where the next page begins; nil where there is none.
    func purgePersons(_ page: PersonPage) throws(StoreError) -> PurgedPersons

    /// How much the two purges would forget.
    func purgeable(journalBefore: Timestamp, personsBefore: Timestamp) throws(StoreError) -> PurgeableCounts

    /// Looks through a page of contacts, without locks, for those that the reconciliation has something to do for.
    ///
    /// - Throws: ``StoreError/unusable(_:)`` where the page asks for what has changed and the registry does not tell; see
    ///   ``tellsChanges``.
    func scan(_ reconciliation: Reconciliation, _ page: ReconciliationPage) throws(StoreError) -> ScannedPage

    /// Whether the registry tells when a contact was changed.
    var tellsChanges: Bool { get }

    /// When the last reconciliation that came to its end began; nil before the first.
    func lastReconciliation() throws(StoreError) -> Timestamp?

    /// Notes that a reconciliation that began at a moment has come to its end.
    func noteReconciliation(begunAt moment: Timestamp) throws(StoreError)
}
