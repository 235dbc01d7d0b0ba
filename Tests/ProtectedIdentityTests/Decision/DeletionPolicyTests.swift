import ContactStore
import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("Under a policy that deletes")
struct DeletionPolicyTests {
    var registry: Registry
    /// Thirty days behind the registry's clock.
    let due: Timestamp

    init() throws {
        registry = try Registry()
        due = try moment("2026-12-23T09:30:00Z")
        let policy = TenantPolicy.delete(
            noticePeriod: .seconds(30 * 86_400), termsUrl: "https://example.com/terms",
            supportContact: "help@example.com", language: "sv")
        registry.policies = TenantPolicies(named: [try tenant(): policy], fallback: .keep)
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: Numbers.alma)
    }

    private func notice(_ id: String) throws -> Command {
        Command(
            contactID: try contact(id),
            action: .requestNotification(
                template: "deletion-notice", termsUrl: "https://example.com/terms", supportContact: "help@example.com",
                deletionNotBefore: due))
    }

    @Test("each redacted contact gets a notice, and a deletion when the notice period is over")
    mutating func scheduled() throws {
        let verdict = try registry.decide(.says(.protected, number: Numbers.alma))
        #expect(verdict.outcome?.deletion == .delete(notBefore: due))
        #expect(verdict.commands == [try notice("a"), try notice("b")])
        #expect(registry.store.deletions == [try registry.key("a"): due, try registry.key("b"): due])
    }

    @Test("the notice comes once, however often the register repeats itself")
    mutating func once() throws {
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        let again = try registry.decide(.says(.protected, number: Numbers.alma, at: "09:01"))
        #expect(again.outcome?.type == .unchanged)
        #expect(again.commands == [])
    }

    @Test("a contact that is filled and cleared again keeps its time, without another notice")
    mutating func filledAgain() throws {
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        var contact = try registry.contactNow("a")
        contact.details.street = Sensitive("Gata 2")
        registry.store.put(contact)
        registry.now = try moment("2026-11-25T09:30:00Z")
        let again = try registry.decide(.says(.protected, number: Numbers.alma, at: "09:01"))
        #expect(again.outcome?.deletion == .delete(notBefore: due))
        #expect(again.commands == [])
        #expect(registry.store.deletions[try registry.key("a")] == due)
    }

    @Test("a lifted protection cancels the pending deletions")
    mutating func cancelled() throws {
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        let lifted = try registry.decide(.says(.notProtected, number: Numbers.alma, at: "09:01"))
        #expect(lifted.outcome?.type == .protectionLifted)
        #expect(
            lifted.commands == [
                Command(contactID: try contact("a"), action: .cancelDeletion),
                Command(contactID: try contact("b"), action: .cancelDeletion),
            ])
        #expect(registry.store.deletions.isEmpty)
    }

    @Test("a protection after that is noticed and scheduled anew")
    mutating func scheduledAnew() throws {
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        _ = try registry.decide(.says(.notProtected, number: Numbers.alma, at: "09:01"))
        registry.now = try moment("2026-11-24T09:30:00Z")
        let again = try registry.decide(.says(.protected, number: Numbers.alma, at: "09:02"))
        let later = try moment("2026-12-24T09:30:00Z")
        #expect(again.outcome?.deletion == .delete(notBefore: later))
        #expect(again.commands.count == 2)
        #expect(registry.store.deletions[try registry.key("a")] == later)
    }

    @Test("scheduled, cancelled and scheduled again within a batch, the last one stands")
    mutating func withinBatch() throws {
        let verdicts = try registry.decide([
            .says(.protected, number: Numbers.alma), .says(.notProtected, number: Numbers.alma, at: "09:01"),
            .says(.protected, number: Numbers.alma, at: "09:02"),
            .says(.notProtected, number: Numbers.alma, at: "09:03"),
        ])
        #expect(verdicts.map(\.commands.count) == [2, 2, 2, 2])
        #expect(registry.store.deletions.isEmpty)
    }

    @Test("a foreign mark that goes has no deletion to cancel")
    mutating func nothingToCancel() throws {
        try registry.put("c", number: Numbers.bo, isMarked: true)
        let lifted = try registry.decide(.says(.notProtected, number: Numbers.bo))
        #expect(lifted.outcome?.type == .protectionLifted)
        #expect(lifted.commands == [])
    }

    @Test("another tenant's policy is its own")
    mutating func otherTenant() throws {
        try registry.put("a", number: Numbers.alma, in: "bokklubben")
        let verdict = try registry.decide(.says(.protected, number: Numbers.alma, tenant: "bokklubben"))
        #expect(verdict.outcome?.deletion == .keep)
        #expect(verdict.commands == [])
        #expect(registry.store.deletions.isEmpty)
    }

    @Test("outcome and commands go to their topics, keyed by the contact")
    mutating func messages() throws {
        let redacted = try registry.decide(.says(.protected, number: Numbers.alma))
        #expect(redacted.messages.map(\.destination) == [.outcomes, .notifications, .notifications])
        #expect(redacted.messages.map(\.key) == [Array("a".utf8), Array("a".utf8), Array("b".utf8)])
        let lifted = try registry.decide(.says(.notProtected, number: Numbers.alma, at: "09:01"))
        #expect(lifted.messages.map(\.destination) == [.outcomes, .deletions, .deletions])
    }
}
