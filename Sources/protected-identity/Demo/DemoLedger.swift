import BatchPipeline
import KafkaClient
import ProtectedIdentity
import RegistryWorker
import Synchronization

/// What the worker says of itself during the demo, to be held against what can be read from the topics.
final class DemoLedger: DecisionObserver, PipelineObserver {
    struct State {
        /// What became of each record; kept for the example feed only.
        var verdicts: [RecordCoordinates: Verdict] = [:]
        /// How many records had which outcome.
        var counts: [String: Int] = [:]
        var decided = 0
        var batches = 0
        var applied = Duration.zero
        var published = Duration.zero
        var troubles: [String] = []
    }

    private let state = Mutex(State())
    private let keepsVerdicts: Bool

    init(keepsVerdicts: Bool) {
        self.keepsVerdicts = keepsVerdicts
    }

    var snapshot: State { state.withLock { $0 } }

    func decided(_ record: IncomingRecord, _ verdict: Verdict) {
        state.withLock { state in
            state.decided += 1
            state.counts[verdict.shortName, default: 0] += 1
            if keepsVerdicts { state.verdicts[record.coordinates] = verdict }
        }
    }

    func published(_ report: BatchReport) {
        state.withLock { state in
            state.batches += 1
            state.applied += report.applied
            state.published += report.published
        }
    }

    func noticed(_ notice: Notice) {
        switch notice {
        case .alarm, .storeRetry, .kafkaRetry, .lookUpRetry: note("\(notice)")
        case .assigned, .departed: break
        }
    }

    func clientFailed(_ error: KafkaError) { note("\(error)") }
    func sessionBegan(_ number: Int) {}

    func sessionEnded(_ end: SessionEnd) {
        if case .failed(let failure) = end { note("\(failure)") }
    }

    private func note(_ trouble: String) {
        state.withLock { state in
            // A handful tells the story; the rest would be the same again.
            if state.troubles.count < 20 { state.troubles.append(trouble) }
        }
    }
}

extension Verdict {
    /// The outcome's short name, the quarantine reason, or `duplicate`.
    var shortName: String {
        switch self {
        case .publish(.decided(let outcome, _)): outcome.type.shortName
        case .publish(.quarantined(let reason, _, _)): reason.rawValue
        case .duplicate: "duplicate"
        case .alreadyPublished: "already-published"
        }
    }
}
