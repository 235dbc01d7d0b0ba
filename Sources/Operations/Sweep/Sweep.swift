public import ContactStore
internal import Foundation
public import ProtectedIdentity

/// One pass over the registry: what is owed is published, what is due is asked for, what is old is forgotten. Everything goes
/// page by page beside workers and other sweeps, and each page is whole: a sweep may die anywhere.
public struct Sweep: Sendable {
    /// Everything that a sweep needs to know.
    public struct Settings: Sendable {
        /// The policies as they are now.
        public var policies: TenantPolicies
        /// The keys under which persons are remembered.
        public var keyring: DigestKeyring
        /// The `source` of everything that is published.
        public var source: String
        /// How long journal rows and persons whom nothing protects are remembered.
        public var retention: Duration
        /// How many contacts, rows or persons a page has.
        public var pageSize: Int
        /// For how long what a page owes is this sweep's to publish.
        public var lease: Duration
        /// Whether the reconciliation looks at every contact.
        public var looksAtAll = false
        /// How many contacts a second the reconciliation looks at, at most; nil: as fast as the store answers.
        public var rate: Int?

        /// The settings of a sweep.
        public init(
            policies: TenantPolicies, keyring: DigestKeyring, source: String, retention: Duration, pageSize: Int = 500,
            lease: Duration = .seconds(120)
        ) {
            self.policies = policies
            self.keyring = keyring
            self.source = source
            self.retention = retention
            self.pageSize = pageSize
            self.lease = lease
        }
    }

    let store: any OperationsStore
    private let publisher: any MessagePublisher
    let settings: Settings
    let observer: any SweepObserver
    let clock: @Sendable () -> Timestamp
    private let isStopped: @Sendable () -> Bool

    /// A sweep of a store.
    ///
    /// - Parameters:
    ///   - clock: the wall clock, injected so that it can be moved.
    ///   - isStopped: is asked between two pages whether to end here.
    public init(
        store: any OperationsStore, publisher: any MessagePublisher, settings: Settings,
        observer: any SweepObserver = SilentSweepObserver(), clock: @escaping @Sendable () -> Timestamp,
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.store = store
        self.publisher = publisher
        self.settings = settings
        self.observer = observer
        self.clock = clock
        self.isStopped = isStopped
    }

    /// Runs the parts in their order and tells what they came to. Blocks.
    public func run(
        _ parts: Set<SweepPart> = Set(SweepPart.allCases), isDry: Bool = false
    ) throws(SweepFailure) -> SweepReport {
        var report = SweepReport(isDry: isDry)
        // Whoever selects publishes first what an earlier selection has left: a crash must not leave it to others.
        if parts != [.purge] { try publishOwed(&report) }
        if parts.contains(.selection) { try select(&report) }
        // It may take long, so what is due does not wait for it.
        if parts.contains(.reconciliation) { try reconcile(&report) }
        if parts.contains(.purge) { try purge(&report) }
        if parts.contains(.owed) { report.owed = try asking { () throws(StoreError) in try store.owed() } }
        return report
    }

    private func publishOwed(_ report: inout SweepReport) throws(SweepFailure) {
        guard !report.isDry else {
            report.republished = try asking { () throws(StoreError) in try store.owed().messages }
            return
        }
        while !stops(&report) {
            let now = clock()
            let messages = try asking { () throws(StoreError) in
                try store.takeOwed(settings.pageSize, now: now, lease: now.adding(settings.lease))
            }
            guard !messages.isEmpty else { return }
            try publish(messages)
            report.republished += messages.count
            observer.progressed(.owed, report.republished)
        }
    }

    private func select(_ report: inout SweepReport) throws(SweepFailure) {
        let selection = DeletionSelection(
            decidedAt: clock(), policies: settings.policies, keyring: settings.keyring)
        var counts = SelectionCounts()
        defer { report.selection = counts }
        let starts: [SelectionPage.Start] =
            [.due(after: nil)] + (selection.schedules ? [.unscheduled(after: nil)] : [])
        for first in starts {
            var next: SelectionPage.Start? = first
            while let start = next, !stops(&report) {
                let isDry = report.isDry
                let page = try asking { () throws(StoreError) in
                    try store.select(
                        selection, SelectionPage(from: start, limit: settings.pageSize),
                        lease: clock().adding(settings.lease), isDry: isDry)
                }
                counts = counts + page.counts
                try publish(page.messages)
                observer.progressed(.selection, counts.total)
                next = page.next
            }
        }
    }

    /// Before it is settled a message is known to be in its topic.
    func publish(_ messages: [OwedMessage]) throws(SweepFailure) {
        guard !messages.isEmpty else { return }
        do throws(PublishFailure) {
            try publisher.publish(messages.flatMap { $0.messages(ceSource: settings.source) })
        } catch {
            throw .publishing(error)
        }
        try asking { () throws(StoreError) in try store.settleOwed(messages.map(\.id)) }
    }

    private func purge(_ report: inout SweepReport) throws(SweepFailure) {
        let before = clock().adding(.zero - settings.retention)
        guard !report.isDry else {
            report.purged = try asking { () throws(StoreError) in
                try store.purgeable(journalBefore: before, personsBefore: before)
            }
            return
        }
        var (rows, persons) = (0, 0)
        defer { report.purged = PurgeableCounts(journalRows: rows, persons: persons) }
        while !stops(&report) {
            let count = try asking { () throws(StoreError) in
                try store.purgeJournal(decidedBefore: before, limit: settings.pageSize)
            }
            rows += count
            observer.progressed(.purge, rows)
            if count < settings.pageSize { break }
        }
        var page: PersonPage? = PersonPage(learntBefore: before, limit: settings.pageSize)
        while let current = page, !stops(&report) {
            let purged = try asking { () throws(StoreError) in try store.purgePersons(current) }
            persons += purged.count
            observer.progressed(.purge, rows + persons)
            page = purged.next.map(current.next(from:))
        }
    }

    func stops(_ report: inout SweepReport) -> Bool {
        if isStopped() { report.isStopped = true }
        return report.isStopped
    }

    /// How often a page is tried that fails for a reason that may pass.
    private static let attempts = 5

    /// Asks the store, again where it may work next time. A page that was saved and whose reply was lost is not decided twice:
    /// its contacts are marked, and its messages stand as owed.
    func asking<Result>(_ body: () throws(StoreError) -> Result) throws(SweepFailure) -> Result {
        var attempt = 1
        while true {
            do throws(StoreError) {
                return try body()
            } catch .transient(let reason) {
                guard attempt < Self.attempts, !isStopped() else { throw .store(.transient(reason)) }
                Thread.sleep(forTimeInterval: 0.05 * Double(1 << attempt))
                attempt += 1
            } catch {
                throw .store(error)
            }
        }
    }
}

extension SelectionCounts {
    /// All contacts that were looked at.
    var total: Int { requested + scheduled + cancelled + unnotified + gone + left }
}
