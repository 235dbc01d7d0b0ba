internal import ContactStore
internal import Foundation
internal import ProtectedIdentity

extension Sweep {
    /// How long before the last reconciliation a change may have been made that it has not seen: in a transaction that was under
    /// way, or by a clock that goes after. What is clear already costs a look.
    private static let overlap = Duration.seconds(300)

    /// Redacts what belongs to a remembered protected person, page by page: what has changed since the last time, where the
    /// registry tells, or everything.
    func reconcile(_ report: inout SweepReport) throws(SweepFailure) {
        let begun = clock()
        guard let first = try firstPage() else {
            report.reconciliation = ReconciliationCounts(extent: .none)
            return
        }
        var isOfAll = false
        if case .all = first { isOfAll = true }
        var counts = ReconciliationCounts(extent: isOfAll ? .all : .changed)
        defer { report.reconciliation = counts }
        var pacing = settings.rate.map { Pacing(perSecond: $0) }
        var next: ReconciliationPage.Start? = first
        while let start = next, !stops(&report) {
            // A look at all may take an hour; what is scheduled counts from when it is decided.
            let reconciliation = Reconciliation(
                decidedAt: clock(), policies: settings.policies, keyring: settings.keyring)
            let page = try asking { () throws(StoreError) in
                try store.scan(reconciliation, ReconciliationPage(from: start, limit: settings.pageSize))
            }
            counts.scanned += page.count
            if report.isDry {
                counts.redacted += page.candidates.count
            } else {
                let done = try asking { () throws(StoreError) in
                    try store.reconcile(
                        page.candidates, reconciliation, lease: clock().adding(settings.lease))
                }
                counts.redacted += done.messages.reduce(0) { $0 + $1.contactIDs.count }
                counts.refused += done.refused
                try publish(done.messages)
            }
            observer.progressed(.reconciliation, counts.scanned)
            next = page.next
            if next != nil { pacing?.wait(for: page.count) }
        }
        guard !report.isDry, !report.isStopped else { return }
        try asking { () throws(StoreError) in try store.noteReconciliation(begunAt: begun) }
    }

    /// The first time everything is looked at; nil where only changes are to be, and the registry does not tell them.
    private func firstPage() throws(SweepFailure) -> ReconciliationPage.Start? {
        if settings.looksAtAll { return .all(after: nil) }
        guard store.tellsChanges else { return nil }
        let last = try asking { () throws(StoreError) in try store.lastReconciliation() }
        guard let last else { return .all(after: nil) }
        return .changed(since: last.adding(.zero - Self.overlap), after: nil)
    }
}
