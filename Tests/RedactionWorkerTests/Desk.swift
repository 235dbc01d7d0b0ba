import BatchPipeline
import ContactStore
import Crypto
import Foundation
import KafkaClient
import ProtectedIdentity
import RegistryWorker
import Simulation
import Synchronization
import Testing

@testable import RedactionWorker

/// A redaction worker's work on a store in memory.
struct Desk {
    static let now = "2026-11-23T09:30:00Z"
    static let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    let registry = InMemoryContactStore()
    let store: PickyStore
    let observer = Watcher()
    let operatorKey = Curve25519.KeyAgreement.PrivateKey()
    let work: RedactionWork

    init(seals: Bool = true, policies: TenantPolicies = .keepEverywhere) throws {
        store = PickyStore(registry)
        let keyring = try DigestKeyring(parsing: "k1:\(Data(repeating: 1, count: 32).base64EncodedString())")
        let clock = try #require(Timestamp(rfc3339: Self.now))
        let settings = RegistryWorkSettings(
            group: "workers", topics: OutgoingTopics(), source: "/protected-identity-worker", policies: policies,
            keyring: keyring, seal: seals ? QuarantineSeal(to: operatorKey.publicKey) : nil)
        work = RedactionWork(store: store, settings: settings, observer: observer) { clock }
    }

    func put(_ id: String, number: String) throws {
        let key = ContactKey(
            tenant: try #require(TenantName(rawValue: "nordic-sport")), id: try #require(ContactID(rawValue: id)))
        var details = RegistryContact.Details()
        details.number = Sensitive(number)
        details.firstName = Sensitive("Alma")
        details.street = Sensitive("Gata 1")
        registry.put(RegistryContact(key: key, country: CountryCode(.sweden), details: details))
    }

    var clearContacts: [String] {
        registry.contacts.filter { $0.value.details.holding.isEmpty && $0.value.isProtected }
            .map(\.key.id.rawValue).sorted()
    }

    /// Decodes and applies records, each partition from offset 0 on.
    func apply(_ records: [Fed]) throws -> [AppliedSlice<EncodedMessage>] {
        try work.apply(work.decode(batch(records)), settling: [])
    }

    func batch(_ records: [Fed]) -> RecordBatch {
        var next: [Int32: Int64] = [:]
        return RecordBatch(
            records.map { record in
                let offset = next[record.partition, default: 0]
                next[record.partition] = offset + 1
                let partition = TopicPartition(topic: "events", partition: record.partition)
                return (partition, offset, 1_795_426_200_123, record.content)
            })
    }
}

/// A record of the events topic.
struct Fed {
    var partition: Int32 = 0
    var content: OutgoingRecord

    static func protection(
        _ number: String, id: String = "event-1", partition: Int32 = 0, headers: [RecordHeader] = [],
        padding: Int = 0
    ) -> Fed {
        let data =
            #"{"tenant":"nordic-sport","status":"protected","origin":"monitoring","country":"SE","#
            + #""observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"\#(number)"}"#
        return Fed(
            partition: partition,
            content: OutgoingRecord(
                topic: "events", key: Array("feed-key".utf8),
                value: Array((data + String(repeating: " ", count: padding)).utf8),
                headers: [
                    RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", id),
                    RecordHeader("ce_source", "/registry/spar"),
                    RecordHeader("ce_type", "protected-identity.status.v1"),
                    RecordHeader("content-type", "application/json"),
                ] + headers))
    }

    static func garbage(_ text: String = "garbage", headers: [RecordHeader] = []) -> Fed {
        Fed(content: OutgoingRecord(topic: "events", value: Array(text.utf8), headers: headers))
    }
}

/// A store that refuses what it is told to refuse, and remembers what it was asked.
final class PickyStore: StoreWrapper {
    struct Asked {
        /// The offsets of each batch that came, and whether it was taken.
        var batches: [(offsets: [Int64], settling: [Int64], isTaken: Bool)] = []
        /// Records that are refused for good, until they are only to be set aside.
        var refused: Set<Int64> = []
        /// Whether they are refused even then.
        var refusesSettingAside = false
        /// What goes wrong in the batch of this number, counted from 0.
        var failures: [Int: StoreError] = [:]
        /// Whether the answer has too few verdicts.
        var forgetsVerdicts = false
    }

    let asked = Mutex(Asked())
    let wrapped: any ContactStore

    init(_ registry: InMemoryContactStore) {
        wrapped = registry
    }

    func apply(_ batch: StoreBatch) throws(StoreError) -> AppliedBatch {
        let failure = asked.withLock { asked -> StoreError? in
            let records = batch.redaction.records.map(\.coordinates)
            let refusedHere = records.filter { record in
                asked.refused.contains(record.offset)
                    && (asked.refusesSettingAside || !batch.redaction.refusedByStore.contains(record))
            }
            let failure = asked.failures[asked.batches.count] ?? (refusedHere.isEmpty ? nil : .refused("check"))
            asked.batches.append((records.map(\.offset), batch.settling.map(\.id), failure == nil))
            return failure
        }
        if let failure { throw failure }
        let applied = try wrapped.apply(batch)
        guard asked.withLock({ $0.forgetsVerdicts }) else { return applied }
        return AppliedBatch(verdicts: applied.verdicts.dropLast(), sliceIDs: applied.sliceIDs)
    }
}

/// Remembers what it was told.
final class Watcher: DecisionObserver {
    let decided = Mutex<[(offset: Int64, verdict: Verdict)]>([])

    func decided(_ record: IncomingRecord, _ verdict: Verdict) {
        decided.withLock { $0.append((record.coordinates.offset, verdict)) }
    }
}

extension [AppliedSlice<EncodedMessage>] {
    var allMessages: [EncodedMessage] { flatMap(\.messages) }

    func messages(to destination: EncodedMessage.Destination) -> [EncodedMessage] {
        allMessages.filter { $0.destination == destination }
    }
}

extension EncodedMessage {
    func header(_ name: String) -> String? {
        headers.first { $0.0 == name }.map { String(decoding: $0.1, as: UTF8.self) }
    }

    var keyText: String { String(decoding: key, as: UTF8.self) }
    var valueText: String { String(decoding: value ?? [], as: UTF8.self) }
}

/// Published test numbers of invented people, each born on another day of January 2000.
let testNumbers = [
    "200001022383", "200001072388", "200001082387", "200001102383", "200001152388", "200001202381", "200001212380",
    "200001252386", "200001262385", "200001272384", "200001292382", "200001302389",
]
