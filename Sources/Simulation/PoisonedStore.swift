import ContactStore
import ProtectedIdentity

/// A store that refuses some records for good, as a constraint of a company's own table would.
struct PoisonedStore: ContactStore {
    let store: any ContactStore
    /// The event identities that it refuses.
    let poison: Set<String>

    func admit(_ positions: [PartitionPosition], of group: String) throws(StoreError) -> [PartitionName: Int64] {
        try store.admit(positions, of: group)
    }

    func apply(_ batch: StoreBatch) throws(StoreError) -> AppliedBatch {
        let isPoisoned = batch.redaction.records.contains { record in
            guard case .event(let event, _) = record.content else { return false }
            return poison.contains(event.identity.id) && !batch.redaction.refusedByStore.contains(record.coordinates)
        }
        if isPoisoned { throw .refused("poison") }
        return try store.apply(batch)
    }

    func settle(_ slices: [SettledSlice], of group: String) throws(StoreError) {
        try store.settle(slices, of: group)
    }

    func unpublishedSlices() throws(StoreError) -> [UnpublishedSlice] {
        try store.unpublishedSlices()
    }

    func digestKeyUse() throws(StoreError) -> [String: Int] {
        try store.digestKeyUse()
    }
}
