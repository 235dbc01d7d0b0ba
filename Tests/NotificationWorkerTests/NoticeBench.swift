import BatchPipeline
import ContactStore
import Crypto
import Foundation
import KafkaClient
import Logging
import RegistryWorker
import Simulation
import Synchronization
import Testing

@testable import NotificationWorker
@testable import ProtectedIdentity

/// A notification worker's work on a store in memory, with a transport that answers as it is told.
struct NoticeBench {
    static let tenant = "nordic-sport"

    let registry = InMemoryContactStore()
    let transport = ScriptedTransport()
    let work: NotificationWork
    let keyring: DigestKeyring

    static let deleting = TenantPolicies(
        named: [:],
        fallback: .delete(
            noticePeriod: .seconds(30 * 86_400), termsUrl: "https://example.com/terms", supportContact: "support",
            language: "sv"))

    init(
        needsAddress: Bool = true, retryFor: Duration = .zero, concurrency: Int = 4,
        policies: TenantPolicies = deleting,
        now: Timestamp = Notices.now
    ) throws {
        let keyring = try DigestKeyring(parsing: "k1:\(Data(repeating: 1, count: 32).base64EncodedString())")
        self.keyring = keyring
        transport.state.withLock { $0.needsAddress = needsAddress }
        work = NotificationWork(
            store: registry, templates: try NoticeTemplates.load(folder: nil, tenants: [String?.none: "sv"]).get(),
            transport: transport,
            notifications: NotificationSettings(concurrency: concurrency, rate: 10_000, retryFor: retryFor),
            settings: RegistryWorkSettings(
                group: "notifiers", topics: OutgoingTopics(), source: "/protected-identity-worker", policies: policies,
                keyring: keyring, seal: nil),
            policies: { policies }, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }, clock: { now })
    }

    func key(_ id: String) throws -> ContactKey {
        ContactKey(tenant: try #require(TenantName(rawValue: Self.tenant)), id: try #require(ContactID(rawValue: id)))
    }

    /// A protected contact with a scheduled deletion.
    func put(
        _ id: String, email: String? = "asa@example.com", isProtected: Bool = true,
        schedule: Timestamp? = Notices.schedule
    ) throws {
        var details = RegistryContact.Details()
        details.email = email.map { Sensitive($0) }
        registry.put(
            RegistryContact(
                key: try key(id), country: CountryCode(.sweden), details: details, isProtected: isProtected,
                deletionNotBefore: schedule))
    }

    /// The command to notify of a contact's deletion, as the redaction worker writes it.
    func command(
        _ id: String, event: String = "e-1", schedule: Timestamp = Notices.schedule, redrives: Int = 0
    ) throws -> OutgoingRecord {
        let command = Command(
            contactID: try #require(ContactID(rawValue: id)),
            action: .requestNotification(
                template: Command.deletionNotice, termsUrl: "https://example.com/terms", supportContact: "support",
                deletionNotBefore: schedule))
        let message = CommandMessage(
            command: command, tenant: try #require(TenantName(rawValue: Self.tenant)),
            event: EventReference(source: "/registry/spar", id: event), cause: "redacted", decidedAt: Notices.now
        ).encoded(ceSource: "/protected-identity-worker")
        var record = OutgoingRecord(message, topic: "notifications")
        if redrives > 0 { record.headers.append(RecordHeader("quarantine-redrives", "\(redrives)")) }
        return record
    }

    /// Decodes and applies records, the first of them at an offset.
    func apply(_ records: [OutgoingRecord], at offset: Int64 = 0) throws(StoreFailure) -> [Told] {
        let partition = TopicPartition(topic: "notifications", partition: 0)
        let batch = RecordBatch(records.enumerated().map { (partition, offset + Int64($0), 1_795_426_200_123, $1) })
        return try work.apply(work.decode(batch), settling: []).flatMap(\.messages).map(Told.init)
    }
}

/// What was published, as tests look at it.
struct Told: Equatable, CustomStringConvertible {
    let type: String
    let reason: String?
    let value: String

    init(_ message: EncodedMessage) {
        func header(_ name: String) -> String? {
            message.headers.first { $0.0 == name }.map { String(decoding: $0.1, as: UTF8.self) }
        }
        let value = String(decoding: message.value ?? [], as: UTF8.self)
        self.value = value
        type = header("ce_type").map { $0.components(separatedBy: ".").dropLast().last ?? $0 } ?? "quarantined"
        let told = value.firstRange(of: "\"reason\":\"").map { String(value[$0.upperBound...].prefix { $0 != "\"" }) }
        reason = header("quarantine-reason") ?? told
    }

    var description: String { reason.map { "\(type): \($0)" } ?? type }
}

/// A transport that answers as it is told, and remembers whom it was to reach.
final class ScriptedTransport: NoticeTransport {
    struct State {
        var needsAddress = true
        /// What it answers for each contact, one after another; then that it is delivered.
        var replies: [String: [DeliveryReply]] = [:]
        /// The contacts to whom it has delivered.
        var delivered: [String] = []
        /// The contacts for whom it was asked.
        var asked: [String] = []
        /// What a probe finds.
        var way = DeliveryReply.delivered
        var atOnce = 0
        var mostAtOnce = 0
        /// How long it takes.
        var pause: Duration = .zero
    }

    let state = Mutex(State())
    var needsAddress: Bool { state.withLock { $0.needsAddress } }
    let timeout = Duration.seconds(1)

    func deliver(_ notice: OutgoingNotice) -> DeliveryReply {
        let id = notice.delivery.notice.contact.id.rawValue
        let pause = state.withLock { state in
            state.asked.append(id)
            state.atOnce += 1
            state.mostAtOnce = max(state.mostAtOnce, state.atOnce)
            return state.pause
        }
        Thread.sleep(forTimeInterval: pause / .seconds(1))
        return state.withLock { state in
            state.atOnce -= 1
            let reply =
                state.replies[id]?.isEmpty == false ? state.replies[id]?.removeFirst() ?? .delivered : .delivered
            if reply == .delivered { state.delivered.append(id) }
            return reply
        }
    }

    func probe() -> DeliveryReply { state.withLock { $0.way } }
    func close() {}

    var delivered: [String] { state.withLock { $0.delivered.sorted() } }
    var asked: [String] { state.withLock { $0.asked.sorted() } }

    func answer(_ id: String, _ replies: DeliveryReply...) {
        state.withLock { $0.replies[id] = replies }
    }
}
