import BatchPipeline
import ContactStore
import DeletionWorker
import Foundation
import KafkaClient
import Logging
import NotificationWorker
import Operations
import ProtectedIdentity
import RegistryWorker
import SQLiteContactStore

/// What the redactions lead to where a tenant deletes: scheduled, told, the notice over, selected, deleted. The clock is moved;
/// everything else is what `run --with sweep,deletions,notifications` does.
struct DeletionDemo {
    let world: DemoWorld
    /// The tenant that deletes.
    let tenant: TenantName
    let language: String
    let noticePeriod: Duration
    let logger: Logger

    private static let patience = Duration.seconds(60)

    /// Tells the story, a line a step.
    ///
    /// - Returns: what is not as the contract says.
    func run() async throws -> [String] {
        print("\nFrom redacted to deleted (\(tenant.rawValue) has its contacts deleted, once they were told)")
        let scheduled = try contacts().filter { $0.isProtected && $0.deletionNotBefore != nil }.map(\.key.id)
        let expected = scheduled.map(\.rawValue).sorted()
        let setAside = world.reader.counts[world.topics.quarantine, default: 0]
        print("  scheduled: \(Self.list(expected))")

        let ledger = DemoLedger(keepsVerdicts: false)
        let transport = PrintedNotices()
        let notifications = try world.driver(
            of: notificationWork(transport, ledger), reading: world.topics.notifications, ledger: ledger)
        let deletions = try world.driver(of: deletionWork(ledger), reading: world.topics.deletions, ledger: ledger)
        async let areNotified = notifications.run()
        async let areDeleted = deletions.run()
        // Whatever ends this function would else wait for both of them without end.
        defer {
            notifications.stop()
            deletions.stop()
        }

        var mistakes: [String] = []
        func hold(_ what: String, _ found: [String], against expected: [String]) {
            guard found != expected else { return }
            mistakes.append("\(what): expected \(Self.list(expected)), came out as \(Self.list(found))")
        }
        await wait { try read(.notified).count >= expected.count }
        hold("notices handed over", transport.contacts.map(\.rawValue).sorted(), against: expected)

        let early = try await sweep()
        print("  sweep before the notice is over: \(early.requested) requested")
        if early.requested != 0 { mistakes.append("\(early.requested) deletions were asked for before their time") }
        world.clock.move(ahead: noticePeriod)
        print("  clock moved by \(DurationText.describe(noticePeriod)): it is \(world.clock.now().date)")
        let due = try await sweep()
        await wait { try read(.deleted).count >= expected.count }
        // Whatever should not be there would have come by now.
        try await Task.sleep(for: .milliseconds(200))
        notifications.stop()
        deletions.stop()
        let areDrained = try await (areNotified, areDeleted)
        if areDrained != (true, true) { mistakes.append("the workers did not drain in time") }

        let (told, requested, deleted) = (try read(.notified), try readRequests(), try read(.deleted))
        let left = Set(try contacts().map(\.key.id))
        let gone = scheduled.filter { !left.contains($0) }.map(\.rawValue).sorted()
        print("  sweep: \(due.requested) requested, \(gone.count) deleted: \(Self.list(gone))")
        print(
            "  read downstream: contact.notified \(told.count), deletion.requested \(requested.count), "
                + "contact.deleted \(deleted.count)")
        for trouble in ledger.snapshot.troubles { print("  on the way: \(trouble)") }

        if expected.isEmpty { mistakes.append("no contact was scheduled for deletion") }
        if due.requested != expected.count {
            mistakes.append("the sweep asked for \(due.requested) deletions, not \(expected.count)")
        }
        hold("contact.notified", told, against: expected)
        hold("deletion.requested", requested, against: expected)
        hold("contact.deleted", deleted, against: expected)
        hold("contacts that are gone", gone, against: expected)
        let more = world.reader.counts[world.topics.quarantine, default: 0] - setAside
        if more != 0 { mistakes.append("\(more) commands were set aside") }
        return mistakes
    }

    // MARK: Those who do it

    private func notificationWork(_ transport: PrintedNotices, _ ledger: DemoLedger) throws -> NotificationWork {
        NotificationWork(
            store: world.store,
            templates: try NoticeTemplates.load(folder: nil, tenants: [tenant.rawValue: language]).get(),
            transport: transport,
            notifications: NotificationSettings(concurrency: 1, rate: 1_000, retryFor: Self.patience),
            settings: world.workSettings(of: "protected-identity-demo-notifications"), observer: ledger,
            policies: { [policies = world.policies] in policies }, logger: logger, clock: world.clock.now)
    }

    private func deletionWork(_ ledger: DemoLedger) -> DeletionWork {
        DeletionWork(
            store: world.store, settings: world.workSettings(of: "protected-identity-demo-deletions"), observer: ledger,
            policies: { [policies = world.policies] in policies }, clock: world.clock.now)
    }

    /// Selects what is due, as a sweep does.
    private func sweep() async throws -> SelectionCounts {
        let publisher = try KafkaMessagePublisher(
            ProducerConfiguration(bootstrapServers: world.broker.bootstrapServers),
            topic: { [topics = world.topics] in topics[$0] }, logger: logger)
        let settings = world.workSettings(of: "")
        let sweep = Sweep(
            store: world.store, publisher: publisher,
            settings: Sweep.Settings(
                policies: settings.policies, keyring: settings.keyring, source: settings.source,
                retention: .seconds(400 * 86_400)),
            clock: world.clock.now)
        let call = BlockingCall { () throws(SweepFailure) in
            defer { publisher.close() }
            return try sweep.run([.selection])
        }
        return try await call.result().selection ?? SelectionCounts()
    }

    // MARK: What came of it

    private func contacts() throws -> [RegistryContact] {
        try world.store.contacts(of: tenant, after: nil, limit: 10_000)
    }

    /// Waits until it is so, or for long enough that it will not be: what was read is judged afterwards.
    private func wait(until isSo: () throws -> Bool) async {
        let deadline = ContinuousClock.now + Self.patience
        while .now < deadline, (try? isSo()) == false { try? await Task.sleep(for: .milliseconds(20)) }
    }

    /// Whose outcomes of this type stand on their topic.
    private func read(_ type: OutcomeType) throws -> [String] {
        try contactIDs(of: type.rawValue, on: world.topics.outcomes)
    }

    /// Whose deletion was asked for, as it stands on the topic.
    private func readRequests() throws -> [String] {
        try contactIDs(of: CommandType.deletionRequested.rawValue, on: world.topics.deletions)
    }

    private func contactIDs(of type: String, on topic: String) throws -> [String] {
        let records = world.reader.records(of: topic).filter {
            $0.header("ce_type").map(Array.init) == Array(type.utf8)
        }
        return try records.flatMap { record in
            let named = try JSONDecoder().decode(Named.self, from: Data(record.value ?? []))
            return named.contactIds ?? [named.contactId].compactMap { $0 }
        }.sorted()
    }

    /// Of a message, whom it is about.
    private struct Named: Decodable {
        let contactId: String?
        let contactIds: [String]?
    }

    private static func list(_ ids: [String]) -> String { ids.isEmpty ? "nobody" : ids.joined(separator: ", ") }
}
