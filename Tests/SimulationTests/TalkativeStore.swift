import ContactStore
import ProtectedIdentity
import Simulation
import Synchronization

/// A breakage: records publish an outcome that is not theirs to publish, because they are not its home or because they have
/// published it already.
final class TalkativeStore: StoreWrapper {
    let wrapped: any ContactStore
    /// What such a record is told, and says all the same.
    private let ignored: Verdict
    private let outcomes = Mutex<[EventKey: StoredOutcome]>([:])

    init(_ store: any ContactStore, ignoring ignored: Verdict) {
        wrapped = store
        self.ignored = ignored
    }

    func apply(_ batch: StoreBatch) throws(StoreError) -> AppliedBatch {
        let applied = try wrapped.apply(batch)
        let verdicts = zip(batch.redaction.records, applied.verdicts).map { record, verdict in
            outcomes.withLock { outcomes in
                let key = record.journalKeys[0]
                if case .publish(let outcome) = verdict { outcomes[key] = outcome }
                guard verdict == ignored, let outcome = outcomes[key] else { return verdict }
                return .publish(outcome)
            }
        }
        return AppliedBatch(verdicts: verdicts, sliceIDs: applied.sliceIDs)
    }
}
