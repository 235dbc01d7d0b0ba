import ContactStore
import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("A deletion that was asked for")
struct DeletionTests {
    var registry: Registry
    private let due: Timestamp
    private static let policy = policy(requiresNotice: false)

    init() throws {
        registry = try Registry()
        due = try moment("2026-12-23T09:30:00Z")
        registry.policies = try Self.policies(Self.policy)
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
    }

    private static func policy(requiresNotice: Bool) -> TenantPolicy {
        .delete(
            noticePeriod: .seconds(30 * 86_400), termsUrl: "https://example.com/terms",
            supportContact: "help@example.com", language: "sv", requiresNotice: requiresNotice)
    }

    private static func policies(_ policy: TenantPolicy) throws -> TenantPolicies {
        TenantPolicies(named: [try tenant(): policy], fallback: .keep)
    }

    // MARK: What happens in the tests

    /// Sweeps when the notice period is over, and returns the commands that it publishes.
    private mutating func sweep(at time: Timestamp? = nil) throws -> [CommandMessage] {
        registry.now = time ?? due
        let selection = DeletionSelection(
            decidedAt: registry.now, policies: registry.policies, keyring: registry.keyring)
        let page = try registry.store.select(
            selection, SelectionPage(limit: 100), lease: registry.now.adding(.seconds(60)), isDry: false)
        return page.messages.compactMap { message in
            if case .command(let command) = message.content { command } else { nil }
        }
    }

    private mutating func decide(_ message: CommandMessage, redrives: Int = 0) throws -> Verdict {
        let identity = try #require(EventIdentity(source: "/protected-identity-worker", id: message.id.description))
        let command = ReceivedCommand(
            identity: identity, traceparent: message.event.traceparent, tenant: message.tenant,
            command: message.command, redrives: redrives)
        return try #require(try registry.apply([try registry.record(command)]).first)
    }

    private func withheld(_ verdict: Verdict) -> WithheldReason? {
        verdict.outcome?.type == .withheld ? verdict.outcome?.withheld : nil
    }

    private func exists(_ id: String) throws -> Bool { registry.store.contacts[try registry.key(id)] != nil }

    // MARK: Deleted

    @Test("deletes the contact, and tells whose command that was")
    mutating func deleted() throws {
        let request = try #require(try sweep().first)
        let outcome = try #require(try decide(request).outcome)
        #expect(outcome.type == .deleted)
        #expect(outcome.contacts == ["a"])
        #expect(outcome.event.id == request.id.description)
        #expect(outcome.event.source == "/protected-identity-worker")
        #expect(outcome.decidedAt == due)
        #expect(try !exists("a"))
        #expect(registry.store.deletions.isEmpty)
    }

    @Test("happens once: a copy is a duplicate, and another request for the same contact has lapsed")
    mutating func once() throws {
        let request = try #require(try sweep().first)
        #expect(try decide(request).outcome?.type == .deleted)
        #expect(try decide(request) == .duplicate)
        var other = request
        other.cause = "something else"
        #expect(withheld(try decide(other)) == .lapsed)
    }

    @Test("a person's other contacts stay until they are asked for")
    mutating func others() throws {
        try registry.put("b", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma, at: "09:01"))
        let requests = try sweep()
        #expect(requests.count == 2)
        _ = try decide(requests[0])
        #expect(registry.store.contacts.count == 1)
        _ = try decide(requests[1])
        #expect(registry.store.contacts.isEmpty)
    }

    // MARK: Remembered

    @Test("who comes back by number is recognised")
    mutating func comesBackByNumber() throws {
        _ = try decide(try #require(try sweep().first))
        try registry.put("z", number: Numbers.alma)
        #expect(try reconciled("z"))
    }

    @Test("who comes back under the same id, without a number, is recognised by the digest of it")
    mutating func comesBackByID() throws {
        _ = try decide(try #require(try sweep().first))
        try registry.put("a", number: nil)
        #expect(try reconciled("a"))
    }

    @Test("somebody else who gets the id is not taken for the person")
    mutating func anotherUnderTheID() throws {
        _ = try decide(try #require(try sweep().first))
        try registry.put("a", number: Numbers.bo)
        #expect(try !reconciled("a"))
        #expect(try registry.state("a") == .untouched)
    }

    private mutating func reconciled(_ id: String) throws -> Bool {
        let reconciliation = Reconciliation(
            decidedAt: registry.now, policies: registry.policies, keyring: registry.keyring)
        let page = ReconciliationPage(from: .all(after: nil), limit: 100)
        let found = try registry.store.scan(reconciliation, page).candidates
        _ = try registry.store.reconcile(found, reconciliation, lease: registry.now)
        return try registry.state(id) == .redacted
    }

    // MARK: Withheld

    @Test("whose protection was lifted is not deleted")
    mutating func lifted() throws {
        let request = try #require(try sweep().first)
        _ = try registry.decide(.says(.notProtected, number: Numbers.alma, at: "2026-12-23T09:29:00Z"))
        #expect(withheld(try decide(request)) == .notProtected)
        #expect(try exists("a"))
    }

    @Test("who was protected anew has a period of their own: the old request has lapsed, the new one counts")
    mutating func protectedAnew() throws {
        let request = try #require(try sweep().first)
        _ = try registry.decide(.says(.notProtected, number: Numbers.alma, at: "2026-12-23T09:28:00Z"))
        _ = try registry.decide(.says(.protected, number: Numbers.alma, at: "2026-12-23T09:29:00Z"))
        // Its number is gone, so its id has to be said.
        _ = try registry.decide(.says(.protected, contact: "a", at: "2026-12-23T09:29:30Z"))
        #expect(try registry.contactNow("a").isProtected)
        #expect(withheld(try decide(request)) == .lapsed)
        #expect(try exists("a"))
        let later = try #require(try sweep(at: due.adding(.seconds(31 * 86_400))).first)
        #expect(later.id != request.id)
        #expect(try decide(later).outcome?.type == .deleted)
    }

    @Test("a contact that the registry no longer has is gone, and forgotten but for its digest")
    mutating func gone() throws {
        let request = try #require(try sweep().first)
        registry.store.remove(try registry.key("a"))
        #expect(withheld(try decide(request)) == .gone)
        #expect(registry.store.deletions.isEmpty)
        try registry.put("a", number: nil)
        #expect(try reconciled("a"))
    }

    @Test("under a policy that has become keep nothing is deleted, and nothing is scheduled any more")
    mutating func keep() throws {
        let request = try #require(try sweep().first)
        registry.policies = try Self.policies(.keep)
        #expect(withheld(try decide(request)) == .policyKeep)
        #expect(try exists("a"))
        #expect(registry.store.deletions.isEmpty)
    }

    @Test("under a policy that now requires a notice it begins anew; one that is known to have gone out will do")
    mutating func requiresNotice() throws {
        let request = try #require(try sweep().first)
        registry.policies = try Self.policies(Self.policy(requiresNotice: true))
        var told = self
        #expect(withheld(try decide(request)) == .notNotified)
        #expect(registry.store.deletions.isEmpty)

        told.registry = try Self().registry
        let other = try #require(try told.sweep().first)
        told.registry.policies = registry.policies
        try told.registry.store.noteNotices([DeletionNotice(contact: try registry.key("a"), deletionNotBefore: due)])
        #expect(try told.decide(other).outcome?.type == .deleted)
    }

    @Test("a clock that is a little behind the sweeper's does no harm; one that is far behind deletes nothing")
    mutating func clocks() throws {
        var other = try Self()
        let request = try #require(try sweep().first)
        registry.now = due.adding(.seconds(-9 * 60))
        #expect(try decide(request).outcome?.type == .deleted)
        _ = try other.sweep()
        other.registry.now = due.adding(.seconds(-11 * 60))
        #expect(other.withheld(try other.decide(request)) == .notDue)
        #expect(other.registry.store.deletions.isEmpty)
    }

    @Test("a cancellation is answered, and changes nothing: what counts is what the registry says")
    mutating func cancellation() throws {
        var request = try #require(try sweep().first)
        let asked = request
        request.command.action = .cancelDeletion
        #expect(withheld(try decide(request)) == .cancelled)
        #expect(try exists("a"))
        #expect(try decide(asked).outcome?.type == .deleted)
    }

    @Test(
        "a request that nobody here has made leads to nothing",
        arguments: ["c9a5…", "4f9f4976-2803-5a25-91e3-5d5630d31028"])
    mutating func strange(_ id: String) throws {
        _ = try sweep()
        let command = ReceivedCommand(
            identity: try #require(EventIdentity(source: "/elsewhere", id: id)), tenant: try tenant(),
            command: Command(contactID: try contact("a"), action: .requestDeletion))
        let verdict = try #require(try registry.apply([try registry.record(command)]).first)
        #expect(withheld(verdict) == .lapsed)
        #expect(try exists("a"))
    }

    @Test("another tenant's request does not reach the contact")
    mutating func otherTenant() throws {
        var request = try #require(try sweep().first)
        let identity = try #require(EventIdentity(source: "/w", id: request.id.description))
        request.tenant = try tenant("kaffe-klubben")
        let command = ReceivedCommand(identity: identity, tenant: request.tenant, command: request.command)
        #expect(withheld(try #require(try registry.apply([try registry.record(command)]).first)) == .lapsed)
        #expect(try exists("a"))
    }

    // MARK: Set aside

    @Test("where the tenant is unknown it is set aside, and a redrive decides it anew")
    mutating func unknownTenant() throws {
        let request = try #require(try sweep().first)
        let policies = registry.policies
        registry.policies = TenantPolicies(named: [try tenant("kaffe-klubben"): .keep], fallback: nil)
        #expect(try decide(request).reason == .unknownTenant)
        #expect(try exists("a"))
        registry.policies = policies
        #expect(try decide(request, redrives: 1).outcome?.type == .deleted)
    }

    @Test("what a stranger's command quotes is published as a pseudonym where it is plainly somebody's number")
    mutating func pseudonym() throws {
        let command = ReceivedCommand(
            identity: try #require(EventIdentity(source: "/w/\(Numbers.bo)", id: Numbers.bo)), tenant: try tenant(),
            command: Command(contactID: try contact(Numbers.bo), action: .requestDeletion))
        let messages = try #require(try registry.apply([try registry.record(command)]).first).messages
        #expect(!messages.isEmpty)
        for message in messages {
            let bytes = [message.key, message.value ?? []] + message.headers.map(\.1)
            #expect(bytes.allSatisfy { !String(decoding: $0, as: UTF8.self).contains(Numbers.bo) })
        }
    }
}
