public import ContactStore
public import ProtectedIdentity
import Synchronization

extension InMemoryContactStore {
    /// Nobody keeps the times of changes here.
    public var tellsChanges: Bool { false }

    /// Looks through a page of contacts.
    public func scan(
        _ reconciliation: Reconciliation, _ page: ReconciliationPage
    ) throws(StoreError) -> ScannedPage {
        guard case .all(let after) = page.start else { throw .unusable("the store in memory does not tell changes") }
        return state.withLock { state in
            let keys = state.contacts.keys.filter { key in
                after.map { ($0.tenant, $0.id) < (key.tenant.rawValue, key.id.rawValue) } ?? true
            }.sorted()
            let found = Array(keys.prefix(page.limit))
            let last = found.last.map {
                ReconciliationPage.ContactPlace(tenant: $0.tenant.rawValue, id: $0.id.rawValue)
            }
            let batch = reconciliation.batch(of: found)
            return ScannedPage(
                count: found.count, candidates: batch.candidates(in: Self.snapshot(for: batch, of: state)),
                next: page.next(behind: last, changedAt: nil, found: found.count))
        }
    }

    /// When the last reconciliation that came to its end began.
    public func lastReconciliation() throws(StoreError) -> Timestamp? {
        state.withLock { $0.operations.lastReconciliation }
    }

    /// Notes that a reconciliation has come to its end.
    public func noteReconciliation(begunAt moment: Timestamp) throws(StoreError) {
        try transaction { state throws(StoreError) in state.operations.lastReconciliation = moment }
    }
}
