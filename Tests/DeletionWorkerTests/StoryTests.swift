import BatchPipeline
import ContactStore
import KafkaClient
import ProtectedIdentity
import Simulation
import Testing

@Suite("The story of a deletion, and each way out")
struct StoryTests {
    private let office: Office

    init() throws {
        office = try Office()
        try office.put("c-1", number: nil)
    }

    /// Protected, told, and asked to be deleted when the period is over.
    private func request() throws -> [EncodedMessage] {
        try office.say("protected", contact: "c-1")
        try office.notify()
        office.pass(Office.period)
        return try office.sweep()
    }

    @Test("flagged, redacted, told, selected, deleted, and told downstream")
    func whole() throws {
        let redacted = try office.say("protected", contact: "c-1")
        #expect(redacted.map(\.destination) == [.outcomes, .notifications])
        try office.notify()
        office.pass(Office.period - .seconds(1))
        #expect(try office.sweep().isEmpty)
        office.pass(.seconds(1))
        let requests = try office.sweep()
        #expect(requests.map(\.told) == ["protected-identity.deletion.requested.v1"])
        office.pass(.seconds(5))
        let outcome = try #require(try office.carryOut(requests).first)
        #expect(outcome.told == "deleted")
        #expect(outcome.key == Array("c-1".utf8))
        #expect(outcome.header("ce_type") == "protected-identity.contact.deleted.v1")
        #expect(
            outcome.text == """
                {"tenant":"nordic-sport","contactIds":["c-1"],"outcome":"deleted","event":{"source":"\(Office.source)",\
                "id":"\(requests[0].header("ce_id") ?? "")"},"decidedAt":"\(office.now)"}
                """)
        #expect(try !office.exists("c-1"))
        #expect(try office.sweep().isEmpty)
    }

    @Test("lifted before the notice: nothing is ever asked")
    func liftedBeforeNotice() throws {
        try office.say("protected", contact: "c-1")
        office.pass(.seconds(60))
        let lifted = try office.say("not-protected", contact: "c-1")
        #expect(try office.carryOut(lifted).map(\.told) == ["withheld: cancelled"])
        office.pass(Office.period)
        #expect(try office.sweep().isEmpty)
        #expect(try office.exists("c-1"))
    }

    @Test("lifted after the request, whichever of the two stands first in the topic", arguments: [false, true])
    func liftedAfterRequest(_ cancellationFirst: Bool) throws {
        let requests = try request()
        let lifted = try office.say("not-protected", contact: "c-1")
        let told = try office.carryOut(cancellationFirst ? lifted + requests : requests + lifted).map(\.told)
        let expected = ["withheld: not-protected", "withheld: cancelled"]
        #expect(told == (cancellationFirst ? expected.reversed() : expected))
        #expect(try office.exists("c-1"))
    }

    @Test("flagged again: the old request has lapsed, and the new period ends with a notice of its own")
    func flaggedAgain() throws {
        let requests = try request()
        try office.say("not-protected", contact: "c-1")
        office.pass(.seconds(1))
        let again = try office.say("protected", contact: "c-1")
        #expect(again.map(\.destination) == [.outcomes, .notifications])
        #expect(try office.carryOut(requests).map(\.told) == ["withheld: lapsed"])
        office.pass(Office.period)
        #expect(try office.sweep().isEmpty, "the earlier notice told another time")
        try office.notify()
        #expect(try office.carryOut(office.sweep()).map(\.told) == ["deleted"])
    }

    @Test("the contact is gone by then")
    func gone() throws {
        let requests = try request()
        office.registry.remove(try office.key("c-1"))
        #expect(try office.carryOut(requests).map(\.told) == ["withheld: gone"])
        #expect(try office.sweep().isEmpty)
    }

    @Test("the policy has changed to keep, and back: a notice, and the full period")
    func policyChanged() throws {
        let requests = try request()
        office.decree(.keepEverywhere)
        #expect(try office.carryOut(requests).map(\.told) == ["withheld: policy-keep"])
        #expect(try office.sweep().isEmpty)
        office.decree(Office.deleting(requiresNotice: true))
        #expect(try office.sweep().map(\.destination) == [.notifications])
        #expect(try office.sweep().isEmpty)
        try office.notify()
        office.pass(Office.period)
        #expect(try office.carryOut(office.sweep()).map(\.told) == ["deleted"])
    }

    @Test("under keep nothing is scheduled, asked or deleted")
    func keep() throws {
        office.decree(.keepEverywhere)
        try office.say("protected", contact: "c-1")
        office.pass(Office.period)
        let cancelled = try office.sweep()
        #expect(try office.carryOut(cancelled).map(\.told) == ["withheld: cancelled"])
        #expect(try office.exists("c-1"))
        #expect(office.registry.deletions.isEmpty)
    }

    @Test("who was deleted and is imported again is cleared, told, and deleted in their turn")
    func importedAgain() throws {
        try office.carryOut(request())
        try office.put("c-1", number: nil)
        #expect(try office.reconcile() == 1)
        #expect(office.registry.contacts[try office.key("c-1")]?.details.holding.isEmpty == true)
        try office.notify()
        office.pass(Office.period)
        #expect(try office.carryOut(office.sweep()).map(\.told) == ["deleted"])
    }
}
