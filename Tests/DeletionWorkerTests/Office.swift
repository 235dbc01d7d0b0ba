import BatchPipeline
import ContactStore
import DeletionWorker
import Foundation
import KafkaClient
import ProtectedIdentity
import RedactionWorker
import RegistryWorker
import Simulation
import Synchronization
import Testing

/// A registry with a redaction worker, sweeps and a deletion worker around it, and a clock that is moved by hand. Records go from
/// one to the other as the bytes that Kafka would carry.
final class Office {
    /// Thirty days.
    static let period = Duration.seconds(30 * 86_400)
    static let source = "/protected-identity-worker"

    let registry = InMemoryContactStore()
    private let redaction: RedactionWork
    private let deletion: DeletionWork
    private let shared: Shared
    private let keyring: DigestKeyring
    private var offsets: [String: Int64] = [:]

    /// What is changed while the works go on.
    private final class Shared: Sendable {
        let now = Mutex(Timestamp(milliseconds: 1_795_426_200_000))
        let policies: Mutex<TenantPolicies>
        let isReadable = Mutex(true)

        init(_ policies: TenantPolicies) {
            self.policies = Mutex(policies)
        }
    }

    /// - Parameters:
    ///   - requiresNotice: whether the tenants do.
    ///   - store: what stands between the deletion worker and the registry.
    init(requiresNotice: Bool = true, store: (InMemoryContactStore) -> any ContactStore = { $0 }) throws {
        let shared = Shared(Self.deleting(requiresNotice: requiresNotice))
        self.shared = shared
        let keyring = try DigestKeyring(parsing: "k1:\(Data(repeating: 1, count: 32).base64EncodedString())")
        self.keyring = keyring
        func settings(_ group: String) -> RegistryWorkSettings {
            RegistryWorkSettings(
                group: group, topics: OutgoingTopics(), source: Self.source,
                policies: Self.deleting(requiresNotice: requiresNotice), keyring: keyring, seal: nil)
        }
        let clock: @Sendable () -> Timestamp = { shared.now.withLock { $0 } }
        redaction = RedactionWork(store: registry, settings: settings("redaction"), clock: clock)
        deletion = DeletionWork(
            store: store(registry), settings: settings("deletions"),
            policies: {
                guard shared.isReadable.withLock({ $0 }) else { throw Unreadable() }
                return shared.policies.withLock { $0 }
            }, clock: clock)
    }

    struct Unreadable: Error {}

    static func deleting(requiresNotice: Bool) -> TenantPolicies {
        TenantPolicies(
            named: [:],
            fallback: .delete(
                noticePeriod: period, termsUrl: "https://example.com/terms", supportContact: "help@example.com",
                language: "sv", requiresNotice: requiresNotice))
    }

    // MARK: What happens

    var now: Timestamp { shared.now.withLock { $0 } }

    func pass(_ duration: Duration) { shared.now.withLock { $0 = $0.adding(duration) } }

    /// Changes what the tenants do.
    func decree(_ policies: TenantPolicies) { shared.policies.withLock { $0 = policies } }

    /// Whether the configuration can be read.
    func setReadable(_ isReadable: Bool) { shared.isReadable.withLock { $0 = isReadable } }

    func put(_ id: String, number: String?) throws {
        var details = RegistryContact.Details()
        details.number = number.map { Sensitive($0) }
        details.firstName = Sensitive("Alma")
        details.email = Sensitive("\(id)@example.com")
        registry.put(RegistryContact(key: try key(id), country: CountryCode(.sweden), details: details))
    }

    func key(_ id: String) throws -> ContactKey {
        ContactKey(
            tenant: try #require(TenantName(rawValue: "nordic-sport")), id: try #require(ContactID(rawValue: id)))
    }

    func exists(_ id: String) throws -> Bool { registry.contacts[try key(id)] != nil }

    /// What a register says, and what is published because of it.
    @discardableResult
    func say(_ status: String, contact id: String) throws -> [EncodedMessage] {
        let data =
            #"{"tenant":"nordic-sport","status":"\#(status)","origin":"manual","country":"SE","#
            + #""observedAt":"\#(now)","contactId":"\#(id)"}"#
        let offset = offsets["events", default: 0]
        let record = OutgoingRecord(
            topic: "events", value: Array(data.utf8),
            headers: [
                RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", "event-\(offset)"),
                RecordHeader("ce_source", "/by/hand"), RecordHeader("ce_type", StatusEvent.type),
            ])
        return try apply([record], to: "events", by: redaction).flatMap(\.messages)
    }

    /// Notes the notices of the schedules that stand, as the notification worker does when they have gone out.
    func notify() throws {
        try registry.noteNotices(
            registry.deletions.map { DeletionNotice(contact: $0.key, deletionNotBefore: $0.value) })
    }

    /// A sweep: the messages of the selection, what is due before what is to be scheduled.
    func sweep() throws -> [EncodedMessage] {
        let selection = DeletionSelection(
            decidedAt: now, policies: shared.policies.withLock { $0 }, keyring: keyring)
        let starts: [SelectionPage.Start] = [.due(after: nil), .unscheduled(after: nil)]
        return try starts.flatMap { start in
            try registry.select(
                selection, SelectionPage(from: start, limit: 1_000), lease: now.adding(.seconds(60)), isDry: false
            ).messages.flatMap { $0.messages(ceSource: Self.source) }
        }
    }

    /// A reconciliation: how many contacts it redacts.
    func reconcile() throws -> Int {
        let reconciliation = Reconciliation(
            decidedAt: now, policies: shared.policies.withLock { $0 }, keyring: keyring)
        let page = ReconciliationPage(from: .all(after: nil), limit: 1_000)
        let found = try registry.scan(reconciliation, page).candidates
        return try registry.reconcile(found, reconciliation, lease: now.adding(.seconds(60))).messages.count
    }

    /// Gives messages to the deletion worker, those that go to its topic: what it publishes.
    @discardableResult
    func carryOut(_ messages: [EncodedMessage]) throws -> [EncodedMessage] {
        try apply(records(messages), to: "deletions", by: deletion).flatMap(\.messages)
    }

    /// As the other, from an offset on, and slice by slice.
    func carryOut(_ messages: [EncodedMessage], from offset: Int64) throws -> [AppliedSlice<EncodedMessage>] {
        offsets["deletions"] = offset
        return try apply(records(messages), to: "deletions", by: deletion)
    }

    /// Records that are put together by hand.
    func carryOut(_ records: [OutgoingRecord]) throws -> [EncodedMessage] {
        try apply(records, to: "deletions", by: deletion).flatMap(\.messages)
    }

    private func records(_ messages: [EncodedMessage]) -> [OutgoingRecord] {
        messages.filter { $0.destination == .deletions }.map(deletion.encode)
    }

    private func apply(
        _ records: [OutgoingRecord], to topic: String, by work: some RegistryWork
    ) throws -> [AppliedSlice<EncodedMessage>] {
        let first = offsets[topic, default: 0]
        offsets[topic] = first + Int64(records.count)
        let batch = RecordBatch(
            records.enumerated().map { index, record in
                (TopicPartition(topic: topic, partition: 0), first + Int64(index), 1_795_426_200_123, record)
            })
        return try work.apply(work.decode(batch), settling: [])
    }
}

/// A store that refuses to delete some contacts, as a foreign key would.
final class ReferredStore: StoreWrapper {
    let wrapped: any ContactStore
    let referred: Set<String>
    let tries = Mutex(0)

    init(_ registry: InMemoryContactStore, referred: Set<String>) {
        wrapped = registry
        self.referred = referred
    }

    func apply(_ batch: StoreBatch) throws(StoreError) -> AppliedBatch {
        tries.withLock { $0 += 1 }
        let isRefused = batch.redaction.records.contains { record in
            guard case .command(let command) = record.content else { return false }
            return referred.contains(command.command.contactID.rawValue)
                && !batch.redaction.refusedByStore.contains(record.coordinates)
        }
        guard !isRefused else { throw .refused("23503") }
        return try wrapped.apply(batch)
    }
}

extension EncodedMessage {
    func header(_ name: String) -> String? {
        headers.first { $0.0 == name }.map { String(decoding: $0.1, as: UTF8.self) }
    }

    var text: String { String(decoding: value ?? [], as: UTF8.self) }

    /// The short name of an outcome with its reason, of another message the last part of its type.
    var told: String {
        if destination == .quarantine { return "quarantined: \(header("quarantine-reason") ?? "")" }
        let outcome = member("outcome") ?? header("ce_type") ?? ""
        return member("reason").map { destination == .outcomes ? "\(outcome): \($0)" : outcome } ?? outcome
    }

    private func member(_ name: String) -> String? {
        let object = try? JSONSerialization.jsonObject(with: Data(value ?? [])) as? [String: Any]
        return object?[name] as? String
    }
}
