import ContactStore
import ProtectedIdentity

/// A store that refuses some records for good, as a constraint of a company's own table would.
struct PoisonedStore: StoreWrapper {
    let wrapped: any ContactStore
    /// The event identities that it refuses.
    let poison: Set<String>

    func apply(_ batch: StoreBatch) throws(StoreError) -> AppliedBatch {
        let isPoisoned = batch.redaction.records.contains { record in
            guard case .event(let event, _) = record.content else { return false }
            return poison.contains(event.identity.id) && !batch.redaction.refusedByStore.contains(record.coordinates)
        }
        if isPoisoned { throw .refused("poison") }
        return try wrapped.apply(batch)
    }
}
