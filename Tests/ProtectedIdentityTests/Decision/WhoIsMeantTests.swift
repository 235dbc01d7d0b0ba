import ContactStore
import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("Who is meant")
struct WhoIsMeantTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
    }

    @Test(
        "a contact is found in whatever form register and registry write its number",
        arguments: ["200001252386", "20000125-2386", "000125-2386", "0001252386", "20000125 2386"],
        ["200001252386", "20000125-2386", "000125-2386", "0001252386", "000125 2386"])
    mutating func writtenForms(event: String, stored: String) throws {
        try registry.put("a", number: stored)
        let outcome = try registry.outcome(.says(.protected, number: event))
        #expect(outcome.type == .redacted)
        #expect(outcome.contacts == ["a"])
        #expect(try registry.state("a") == .redacted)
    }

    @Test(
        "a Danish contact is found in whatever form its number is written",
        arguments: ["070761-4285", "0707614285"], ["070761-4285", "0707614285", "070761 4285"])
    mutating func danishForms(event: String, stored: String) throws {
        try registry.put("a", number: stored, country: .denmark)
        #expect(try registry.outcome(.says(.protected, number: event, country: "DK")).contacts == ["a"])
    }

    @Test("the same digits in the other country are another person's")
    mutating func countries() throws {
        try registry.put("swede", number: "200101-2380")
        try registry.put("dane", number: "200101-2380", country: .denmark)
        #expect(try registry.outcome(.says(.protected, number: "200101-2380", country: "DK")).contacts == ["dane"])
        #expect(try registry.state("swede") == .untouched)
    }

    @Test("the same number at another tenant is another contact's")
    mutating func tenants() throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("a", number: Numbers.alma, in: "bokklubben")
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma)).contacts == ["a"])
        #expect(try registry.state("a", in: "bokklubben") == .untouched)
        // Nor is what one tenant's event said remembered for the other.
        let other = try registry.outcome(
            .says(.notProtected, number: Numbers.alma, at: "08:00", tenant: "bokklubben"))
        #expect(other.type == .unchanged)
        #expect(try registry.state("a", in: "bokklubben") == .untouched)
    }

    @Test("all contacts that bear the number are meant, and no other")
    mutating func severalContacts() throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: "000125-2386")
        try registry.put("c", number: Numbers.bo)
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma)).contacts == ["a", "b"])
        #expect(try registry.state("c") == .untouched)
    }

    @Test("a cleared contact is found by what is remembered of its number")
    mutating func memory() throws {
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        #expect(try registry.contactNow("a").details.number == nil)
        let lifted = try registry.outcome(.says(.notProtected, number: "000125-2386", at: "09:10"))
        #expect(lifted.type == .protectionLifted)
        #expect(lifted.contacts == ["a"])
    }

    @Test("one contact named by its id means all others with its number")
    mutating func naming() throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: "000125-2386")
        #expect(try registry.outcome(.says(.protected, contact: "a")).contacts == ["a", "b"])
    }

    @Test("one cleared contact named by its id means the others that were cleared with it")
    mutating func namingAfterClearing() throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: "000125-2386")
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        let lifted = try registry.outcome(.says(.notProtected, contact: "b", at: "09:10"))
        #expect(lifted.type == .protectionLifted)
        #expect(lifted.contacts == ["a", "b"])
    }

    @Test("a contact that appears with the number of a cleared one is the same person's")
    mutating func appearsLater() throws {
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        try registry.put("b", number: "20000125-2386")
        let outcome = try registry.outcome(.says(.notProtected, contact: "b", at: "08:00"))
        #expect(outcome.type == .redacted)
        #expect(outcome.contacts == ["b"])
    }

    @Test("any of several numbers finds its contacts")
    mutating func otherNumbers() throws {
        try registry.put("a", number: "197010632391")
        try registry.put("b", number: Numbers.alma)
        let event = try StatusEvent.says(.protected, number: Numbers.alma, others: ["701063-2391"])
        #expect(try registry.outcome(event).contacts == ["a", "b"])
    }

    @Test("numbers that came in one event mean one person from then on", arguments: [Numbers.alma, Numbers.bo])
    mutating func numbersBelongTogether(later: String) throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: Numbers.bo)
        _ = try registry.decide(.says(.notProtected, number: Numbers.alma, others: [Numbers.bo], at: "08:00"))
        let outcome = try registry.outcome(.says(.protected, number: later))
        #expect(outcome.contacts == ["a", "b"])
    }

    @Test("two persons that turn out to be one keep the words of both")
    mutating func merging() throws {
        try registry.put("b", number: Numbers.bo)
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma)).type == .unmatched)
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.bo, registry: "CPR")).type == .unchanged)
        let both = try StatusEvent.says(
            .notProtected, number: Numbers.bo, others: [Numbers.alma], at: "09:10", registry: "CPR")
        let outcome = try registry.outcome(both)
        #expect(outcome.type == .redacted)
        #expect(outcome.contacts == ["b"])
    }
}
