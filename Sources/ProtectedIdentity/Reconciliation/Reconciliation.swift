/// Enforcement without an event: contacts that appeared or changed since and belong to a remembered protected person, and
/// protected contacts that hold data again, are redacted. The same decision for every store.
public struct Reconciliation: Sendable {
    /// When it is decided.
    public let decidedAt: Timestamp
    private let policies: TenantPolicies
    private let keyring: DigestKeyring

    /// The `source` of the event that an outcome of the reconciliation names.
    public static let source = "/reconciliation"

    /// A reconciliation at `decidedAt` under policies that were just read.
    public init(decidedAt: Timestamp, policies: TenantPolicies, keyring: DigestKeyring) {
        self.decidedAt = decidedAt
        self.policies = policies
        self.keyring = keyring
    }

    /// A batch without events: what follows for these contacts from what is remembered.
    public func batch(of contacts: [ContactKey]) -> RedactionBatch {
        RedactionBatch(
            group: "", records: [], decidedAt: decidedAt, policies: policies, keyring: keyring, reconciled: contacts)
    }
}

extension RedactionBatch {
    /// Those of the contacts to be reconciled for which there is something to do, as far as a look without locks can tell. Only
    /// these are worth locks.
    public func candidates(in snapshot: Snapshot) -> [ContactKey] {
        var state = DecisionState(batch: self, snapshot: snapshot)
        return reconciled.filter { state.reconcile($0) != nil }
    }
}
