import BatchPipeline
import ContactStore
import Foundation
import KafkaClient
import RegistryWorker
import Simulation
import Synchronization
import Testing

@testable import NotificationWorker
@testable import ProtectedIdentity

@Suite("The notification worker's work")
struct NotificationWorkTests {
    @Test("tells the person, marks the contact, and says so in an outcome without anything personal")
    func told() throws {
        let bench = try NoticeBench()
        try bench.put("c-1")
        let told = try bench.apply([try bench.command("c-1")])
        #expect(bench.transport.delivered == ["c-1"])
        let id = CommandMessage(
            command: Command(
                contactID: try bench.key("c-1").id,
                action: .requestNotification(
                    template: "", termsUrl: "", supportContact: "", deletionNotBefore: Notices.schedule)),
            tenant: try bench.key("c-1").tenant, event: EventReference(source: "/registry/spar", id: "e-1"),
            cause: "redacted", decidedAt: Notices.now
        ).id
        #expect(
            told.map(\.value) == [
                #"{"tenant":"nordic-sport","contactIds":["c-1"],"outcome":"notified","#
                    + #""event":{"source":"/protected-identity-worker","id":"\#(id)"},"decidedAt":"\#(Notices.now)"}"#
            ])
        let snapshot = try bench.registry.notices(NoticeLookup(contacts: [try bench.key("c-1")]))
        #expect(snapshot.recipients[try bench.key("c-1")]?.noticeSentFor == Notices.schedule)
    }

    @Test("sends nothing again: not for a copy, not for the same record, not where only the mark has survived")
    func once() throws {
        let bench = try NoticeBench()
        try bench.put("c-1")
        let command = try bench.command("c-1")
        #expect(try bench.apply([command, command]).map(\.type) == ["notified"])
        #expect(try bench.apply([command], at: 7).isEmpty)
        // The same record again while its slice stands: the outcome is published again, and nothing is sent.
        #expect(try bench.apply([command]).map(\.type) == ["notified"])
        #expect(bench.transport.delivered == ["c-1"])

        // Killed between the mark and the batch: there is no row in the journal.
        let other = try NoticeBench()
        try other.put("c-1")
        try other.registry.noteNotices([
            DeletionNotice(contact: try other.key("c-1"), deletionNotBefore: Notices.schedule)
        ])
        #expect(try other.apply([command]).map(\.type) == ["notified"])
        #expect(other.transport.asked.isEmpty)
    }

    @Test("sends one notice for a schedule, whichever commands ask for it")
    func oneSchedule() throws {
        let bench = try NoticeBench()
        try bench.put("c-1")
        let told = try bench.apply([try bench.command("c-1"), try bench.command("c-1", event: "e-2")])
        #expect(told.map(\.type) == ["notified", "notified"])
        #expect(bench.transport.delivered == ["c-1"])
    }

    @Test("reads the truth again: whoever is gone, lifted, off the schedule or kept is told nothing")
    func truth() throws {
        let bench = try NoticeBench()
        try bench.put("lifted", isProtected: false, schedule: nil)
        try bench.put("unscheduled", schedule: nil)
        try bench.put("rescheduled", schedule: Notices.schedule.adding(.seconds(86_400)))
        try bench.put("silent", email: nil)
        try bench.put("blank", email: " ")
        let ids = ["gone", "lifted", "unscheduled", "rescheduled", "silent", "blank"]
        let told = try bench.apply(try ids.map { try bench.command($0, event: $0) })
        #expect(
            told.map(\.description) == [
                "notification-skipped: gone", "notification-skipped: not-protected", "notification-skipped: lapsed",
                "notification-skipped: lapsed", "notification-skipped: no-address", "notification-skipped: no-address",
            ])
        #expect(bench.transport.asked.isEmpty)

        let keeping = try NoticeBench(policies: .keepEverywhere)
        try keeping.put("c-1")
        #expect(try keeping.apply([try keeping.command("c-1")]).map(\.reason) == ["policy-keep"])
        // Or a policy that deletes again would delete without a notice.
        #expect(keeping.registry.deletions.isEmpty)
        let others = try NoticeBench(
            policies: TenantPolicies(named: [try #require(TenantName(rawValue: "other")): .keep], fallback: nil))
        try others.put("c-1")
        #expect(try others.apply([try others.command("c-1")]).map(\.reason) == ["unknown-tenant"])
    }

    @Test("a transport that needs no address asks for none")
    func withoutAddress() throws {
        let bench = try NoticeBench(needsAddress: false)
        try bench.put("c-1", email: nil)
        #expect(try bench.apply([try bench.command("c-1")]).map(\.type) == ["notified"])
    }

    @Test("a time that is over is not told: the schedule goes, so that a sweep begins anew")
    func late() throws {
        let bench = try NoticeBench(now: Notices.schedule.adding(.seconds(3_600)))
        try bench.put("c-1")
        #expect(try bench.apply([try bench.command("c-1")]).map(\.reason) == ["late"])
        #expect(bench.registry.deletions.isEmpty)
        #expect(bench.transport.asked.isEmpty)
    }

    @Test("a contact whose key holds a number is found by the pseudonym that commands call it by")
    func pseudonym() throws {
        let bench = try NoticeBench()
        try bench.put("200001252386")
        let published = Pseudonymiser(keyring: bench.keyring).published(
            try bench.key("200001252386").id, traces: NumberTraces(numbers: []))
        #expect(published.rawValue.hasPrefix("pseudonym-"))
        let told = try bench.apply([try bench.command(published.rawValue)])
        #expect(told.map(\.type) == ["notified"])
        #expect(told.first?.value.contains("200001252386") == false)
        #expect(bench.transport.delivered == ["200001252386"])
    }

    @Test("refusals and what is no address are set aside by reason, the others go out; a redrive tries again")
    func refused() throws {
        let bench = try NoticeBench()
        for id in ["a", "b", "c"] { try bench.put(id) }
        bench.transport.answer("a", .refused("RCPT 550"))
        bench.transport.answer("b", .invalidAddress)
        let commands = try ["a", "b", "c"].map { try bench.command($0, event: $0) }
        #expect(
            try bench.apply(commands).map(\.description) == [
                "quarantined: undeliverable", "quarantined: invalid-address", "notified",
            ])
        // A copy elsewhere is not tried again.
        #expect(try bench.apply([commands[0]], at: 9).isEmpty)
        #expect(bench.transport.asked == ["a", "b", "c"])
        #expect(try bench.apply([try bench.command("a", event: "a", redrives: 1)], at: 10).map(\.type) == ["notified"])
        #expect(bench.transport.delivered == ["a", "c"])
    }

    @Test("a transport that is away stops the batch; it comes again, and nothing goes out twice")
    func unavailable() throws {
        let bench = try NoticeBench(concurrency: 1)
        for id in ["a", "b", "c"] { try bench.put(id) }
        bench.transport.answer("b", .unavailable("connect (curl 7)"))
        let commands = try ["a", "b", "c"].map { try bench.command($0, event: $0) }
        #expect(throws: StoreFailure.transient("not every notice is out: connect (curl 7)")) {
            try bench.apply(commands)
        }
        #expect(bench.transport.delivered == ["a"])
        #expect(try bench.apply(commands).map(\.type) == ["notified", "notified", "notified"])
        #expect(bench.transport.delivered == ["a", "b", "c"])
    }

    @Test("one that is put off holds up no other; once others get through it is set aside, not before its time")
    func deferred() throws {
        let bench = try NoticeBench(retryFor: .seconds(3_600))
        for id in ["a", "b"] { try bench.put(id) }
        bench.transport.answer("a", .deferred("RCPT 451", isAlive: true), .refused("RCPT 550"))
        let commands = try ["a", "b"].map { try bench.command($0, event: $0) }
        #expect(throws: StoreFailure.self) { try bench.apply(commands) }
        #expect(bench.transport.delivered == ["b"])
        #expect(try bench.apply(commands).map(\.description) == ["quarantined: undeliverable", "notified"])

        let impatient = try NoticeBench(retryFor: .zero, concurrency: 1)
        for id in ["a", "b"] { try impatient.put(id) }
        let timeout = DeliveryReply.deferred("RCPT 250 (curl 28)", isAlive: false)
        impatient.transport.answer("a", timeout, timeout)
        impatient.transport.state.withLock { $0.way = .unavailable("connect") }
        // Nobody has got through yet, so it is not this one's fault.
        #expect(throws: StoreFailure.self) { try impatient.apply(commands) }
        #expect(try impatient.apply(commands).map(\.description) == ["quarantined: undelivered", "notified"])
    }

    @Test("one that is alone and put off for too long is set aside where the way is open")
    func alone() throws {
        let bench = try NoticeBench(retryFor: .zero)
        for id in ["a", "b"] { try bench.put(id) }
        let timeout = DeliveryReply.deferred("RCPT 250 (curl 28)", isAlive: false)
        bench.transport.answer("a", timeout)
        bench.transport.answer("b", timeout)
        #expect(try bench.apply([try bench.command("a")]).map(\.description) == ["quarantined: undelivered"])
        bench.transport.state.withLock { $0.way = .unavailable("connect") }
        #expect(throws: StoreFailure.self) { try bench.apply([try bench.command("b", event: "b")]) }
    }

    @Test("a notice that may be out is handed over once more, and then set aside")
    func uncertain() throws {
        let bench = try NoticeBench(retryFor: .seconds(3_600))
        try bench.put("a")
        let silence = DeliveryReply.uncertain("DATA 354 (curl 28)")
        bench.transport.answer("a", silence, silence)
        let command = try bench.command("a")
        #expect(throws: StoreFailure.self) { try bench.apply([command]) }
        #expect(try bench.apply([command]).map(\.description) == ["quarantined: undelivered"])
        #expect(bench.transport.asked == ["a", "a"])
    }

    @Test("a refusal is remembered while its batch waits for another one")
    func remembered() throws {
        let bench = try NoticeBench(retryFor: .seconds(3_600), concurrency: 1)
        for id in ["a", "b"] { try bench.put(id) }
        bench.transport.answer("a", .refused("RCPT 550"))
        bench.transport.answer("b", .unavailable("connect"))
        let commands = try ["a", "b"].map { try bench.command($0, event: $0) }
        #expect(throws: StoreFailure.self) { try bench.apply(commands) }
        #expect(try bench.apply(commands).map(\.description) == ["quarantined: undeliverable", "notified"])
        #expect(bench.transport.asked == ["a", "b", "b"])
    }

    @Test("so many at once, and no more")
    func concurrency() throws {
        let bench = try NoticeBench(concurrency: 3)
        bench.transport.state.withLock { $0.pause = .milliseconds(30) }
        let ids = (0..<12).map { "c-\($0)" }
        for id in ids { try bench.put(id) }
        #expect(try bench.apply(try ids.map { try bench.command($0, event: $0) }).count == 12)
        #expect(bench.transport.state.withLock { $0.mostAtOnce } == 3)
    }

    @Test("a notice that another worker has waits, and one that is asked to stop begins none")
    func taken() throws {
        let bench = try NoticeBench()
        try bench.put("c-1")
        let notice = DeletionNotice(contact: try bench.key("c-1"), deletionNotBefore: Notices.schedule)
        #expect(try bench.registry.takeNotice(notice, for: .seconds(60)))
        #expect(throws: StoreFailure.self) { try bench.apply([try bench.command("c-1")]) }
        try bench.registry.giveBackNotice(notice)
        bench.work.stop()
        #expect(throws: StoreFailure.transient("not every notice is out: the worker is asked to stop")) {
            try bench.apply([try bench.command("c-1")])
        }
        #expect(bench.transport.asked.isEmpty)
    }

    @Test("whatever else stands in the topic is set aside")
    func others() throws {
        let bench = try NoticeBench()
        let deletion = CommandMessage(
            command: Command(contactID: try bench.key("c-1").id, action: .requestDeletion),
            tenant: try bench.key("c-1").tenant, event: EventReference(source: "s", id: "i"), cause: "c",
            decidedAt: Notices.now
        ).encoded(ceSource: "/w")
        let record = OutgoingRecord(deletion, topic: "notifications")
        let garbage = OutgoingRecord(topic: "notifications", key: nil, value: Array("x".utf8))
        #expect(try bench.apply([record, garbage]).map(\.reason) == ["unknown-type", "invalid-envelope"])
    }
}
