import BatchPipeline
import Crypto
import KafkaClient
import ProtectedIdentity
import RedactionWorker
import RegistryWorker

/// A piece of what the worker does for each event, done for a thousand of them.
public struct Workload: Sendable {
    /// What it is called in tables.
    public let name: String
    /// Makes what the work is done on, and returns the work.
    public let prepare: @Sendable () -> () -> Void

    /// In the order of an event's way through the worker. The parts of a stage stand indented below it.
    public static let all: [Workload] = [
        Workload("decode") { stage in
            let batch = stage.events.records.batch
            return { keep(stage.work.decode(batch)) }
        },
        Workload("decode/binary") { stage in
            let records = stage.events.records.map(\.raw)
            return { for record in records { keep(stage.decoder.decode(record)) } }
        },
        Workload("decode/structured") { stage in
            let records = stage.events.structured.map(\.raw)
            return { for record in records { keep(stage.decoder.decode(record)) } }
        },
        Workload("decode/numbers") { stage in
            let events = stage.decoded.map(\.event)
            return {
                for event in events { keep(EventNumbers(of: event, today: Events.today, keyring: stage.keyring)) }
            }
        },
        Workload("decode/journal-key") { stage in
            let identities = stage.decoded.map(\.event.identity)
            return { for identity in identities { keep(stage.keyring.eventKeys(of: identity)) } }
        },
        Workload("decode/content-digest") { stage in
            let contents = stage.decoded.map(\.content)
            return { for content in contents { keep(stage.keyring.contentDigest(of: content)) } }
        },
        Workload("decide/look-up") { stage in
            let records = stage.incoming
            return { keep(stage.batch(of: records).lookup()) }
        },
        Workload("decide") { stage in
            let batch = stage.batch(of: stage.incoming)
            return { keep(stage.store.decide(batch)) }
        },
        Workload("journal") { stage in
            let outcomes = stage.outcomes
            return { for outcome in outcomes { keep(outcome.encoded()) } }
        },
        Workload("publish/messages") { stage in
            let outcomes = stage.outcomes
            return { for outcome in outcomes { keep(outcome.messages(ceSource: "/worker")) } }
        },
        Workload("publish/records") { stage in
            let messages = stage.outcomes.flatMap { $0.messages(ceSource: "/worker") }
            return { for message in messages { keep(stage.work.encode(message)) } }
        },
    ]

    private init(_ name: String, _ prepare: @escaping @Sendable (Stage) -> () -> Void) {
        self.name = name
        self.prepare = { prepare(Stage()) }
    }
}

/// Holds a result until here, so that nothing is optimised away.
@inline(never)
private func keep<Value>(_ value: Value) {}

/// What the pieces stand on.
private struct Stage {
    let events = Events()
    let decoder = EventDecoder()
    let keyring: DigestKeyring
    let store: PreparedStore
    let work: RedactionWork

    init() {
        let key = DigestKey(id: "bench", key: SymmetricKey(data: Array(repeating: 7 as UInt8, count: 32)))
        guard let key, let keyring = DigestKeyring(writing: key) else { preconditionFailure("the key is well formed") }
        self.keyring = keyring
        store = PreparedStore()
        work = RedactionWork(
            store: store,
            settings: RegistryWorkSettings(
                group: "workers", topics: OutgoingTopics(), source: "/worker", policies: .keepEverywhere,
                keyring: keyring, seal: nil), clock: { Events.decidedAt })
    }

    var decoded: [(event: StatusEvent, content: ContentDigestInput)] {
        let decoded = events.records.compactMap { record -> (event: StatusEvent, content: ContentDigestInput)? in
            guard case .event(let event, let content) = decoder.decode(record.raw) else { return nil }
            return (event, content)
        }
        precondition(decoded.count == Events.count, "every event is well formed")
        return decoded
    }

    var incoming: [IncomingRecord] {
        work.decode(events.records.batch).flatMap { $0.items.map(\.incoming) }
    }

    func batch(of records: [IncomingRecord]) -> RedactionBatch {
        RedactionBatch(
            group: "workers", records: records, decidedAt: Events.decidedAt, policies: .keepEverywhere,
            keyring: keyring)
    }

    /// All of them redacted: else it is not what is to be measured.
    var outcomes: [StoredOutcome] {
        let outcomes = store.decide(batch(of: incoming)).verdicts.compactMap { verdict -> StoredOutcome? in
            guard case .publish(let outcome) = verdict, case .decided(let message, _) = outcome,
                message.type == .redacted
            else { return nil }
            return outcome
        }
        precondition(outcomes.count == Events.count, "every event finds its contact")
        return outcomes
    }
}
