import ContactStore
import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("Enforce, and the outcome that tells of it")
struct OutcomeTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
    }

    @Test("redacted: name, address and number are gone, the mark is set, the rest stays")
    mutating func redacted() throws {
        try registry.put("a", number: Numbers.alma)
        let outcome = try registry.outcome(.says(.protected, number: Numbers.alma))
        #expect(outcome.type == .redacted)
        #expect(outcome.cleared == [.name, .address, .personalIdentityNumber])
        #expect(outcome.deletion == .keep)
        #expect(outcome.decidedAt == registry.now)
        let contact = try registry.contactNow("a")
        #expect(contact.details.holding.isEmpty)
        #expect(contact.isProtected)
        #expect(contact.details.email?.reveal() == "mail@example.com")
    }

    @Test("redacted: only what held something is told as cleared")
    mutating func clearedFields() throws {
        try registry.put("a", name: nil)
        try registry.put("b", number: Numbers.alma, address: nil)
        #expect(try registry.outcome(.says(.protected, contact: "a")).cleared == [.address])
        #expect(try registry.outcome(.says(.protected, contact: "b")).cleared == [.name, .personalIdentityNumber])
    }

    @Test("redacted: what any of several contacts held is told")
    mutating func clearedOfSeveral() throws {
        try registry.put("a", number: Numbers.alma, name: nil, address: nil)
        try registry.put("b", number: Numbers.alma, name: nil)
        #expect(
            try registry.outcome(.says(.protected, number: Numbers.alma)).cleared == [
                .address, .personalIdentityNumber,
            ])
    }

    @Test("redacted: an empty contact gets the mark, and nothing was cleared")
    mutating func markOnly() throws {
        try registry.put("a", name: nil, address: nil)
        let outcome = try registry.outcome(.says(.protected, contact: "a"))
        #expect(outcome.type == .redacted)
        #expect(outcome.cleared == [])
        #expect(try registry.state("a") == .redacted)
    }

    @Test("redacted: a marked contact that holds something again is cleared again")
    mutating func filledAgain() throws {
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        var contact = try registry.contactNow("a")
        contact.details.firstName = Sensitive("Alma")
        registry.store.put(contact)
        let outcome = try registry.outcome(.says(.protected, number: Numbers.alma, at: "09:01"))
        #expect(outcome.type == .redacted)
        #expect(outcome.cleared == [.name])
    }

    @Test("redacted names the contacts that were changed, not those that were clear already")
    mutating func changedOnly() throws {
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        try registry.put("b", number: Numbers.alma)
        let outcome = try registry.outcome(.says(.protected, number: Numbers.alma, at: "09:01"))
        #expect(outcome.contacts == ["b"])
    }

    @Test("protection lifted: the mark goes, what was cleared is not restored")
    mutating func lifted() throws {
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        let outcome = try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:01"))
        #expect(outcome.type == .protectionLifted)
        #expect(outcome.contacts == ["a"])
        #expect(outcome.cleared == [])
        #expect(try registry.state("a") == .lifted)
    }

    @Test("protection lifted: a mark that somebody else has set goes too")
    mutating func foreignMark() throws {
        try registry.put("a", number: Numbers.alma, isMarked: true)
        try registry.put("b", number: Numbers.alma)
        let outcome = try registry.outcome(.says(.notProtected, number: Numbers.alma))
        #expect(outcome.type == .protectionLifted)
        #expect(outcome.contacts == ["a"])
        #expect(try registry.contactNow("a").details.firstName?.reveal() == "Alma")
    }

    @Test("unchanged: nothing to do, and the event is the latest; the person's contacts are named")
    mutating func unchanged() throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        let outcome = try registry.outcome(.says(.protected, number: Numbers.alma, at: "09:01"))
        #expect(outcome.type == .unchanged)
        #expect(outcome.contacts == ["a", "b"])
    }

    @Test("superseded: nothing to do, and the event was older than what is known")
    mutating func superseded() throws {
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        let outcome = try registry.outcome(.says(.protected, number: Numbers.alma, at: "08:00"))
        #expect(outcome.type == .superseded)
        #expect(outcome.contacts == ["a"])
    }

    @Test("a late event still enforces what stands")
    mutating func lateEnforces() throws {
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        try registry.put("b", number: Numbers.alma)
        let outcome = try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "08:00"))
        #expect(outcome.type == .redacted)
        #expect(outcome.contacts == ["b"])
    }

    @Test("unmatched: no contact, however old the event is")
    mutating func unmatched() throws {
        for time in ["09:00", "08:00"] {
            let outcome = try registry.outcome(.says(.protected, number: Numbers.alma, at: time))
            #expect(outcome.type == .unmatched)
            #expect(outcome.contacts == [])
        }
    }

    @Test("not applicable: another country, and no contact id")
    mutating func notApplicable() throws {
        try registry.put("a", number: Numbers.alma)
        let outcome = try registry.outcome(.says(.protected, number: Numbers.alma, country: "NO"))
        #expect(outcome.type == .notApplicable)
        #expect(outcome.contacts == [])
        #expect(try registry.state("a") == .untouched)
    }

    @Test("with a contact id the contact decides, and the other country's number is ignored")
    mutating func otherCountryWithID() throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: Numbers.bo)
        let event = try StatusEvent.says(.protected, number: Numbers.alma, contact: "b", country: "NO")
        #expect(try registry.outcome(event).contacts == ["b"])
        #expect(try registry.state("a") == .untouched)
        // Nor is it remembered for the contact.
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:01")).type == .unchanged)
    }

    @Test("everything in a batch is decided behind what stands before it")
    mutating func withinBatch() throws {
        try registry.put("a", number: Numbers.alma)
        let verdicts = try registry.decide([
            .says(.protected, number: Numbers.alma), .says(.notProtected, number: Numbers.alma, at: "09:02"),
            .says(.protected, number: Numbers.alma, at: "09:01"), .says(.protected, contact: "a", at: "09:03"),
        ])
        #expect(verdicts.map(\.outcome?.type) == [.redacted, .protectionLifted, .superseded, .redacted])
        #expect(verdicts.last?.outcome?.cleared == [])
        #expect(try registry.state("a") == .redacted)
    }

    @Test("of one person under several names in one batch as well")
    mutating func mergedWithinBatch() throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: Numbers.bo)
        try registry.put("x")
        let verdicts = try registry.decide([
            .says(.notProtected, number: Numbers.alma, contact: "x", at: "08:00"),
            .says(.notProtected, number: Numbers.bo, at: "08:00", registry: "CPR"),
            .says(.notProtected, number: Numbers.alma, others: [Numbers.bo], at: "08:30"),
            .says(.protected, contact: "x"),
        ])
        #expect(verdicts.map(\.outcome?.type) == [.unchanged, .unchanged, .unchanged, .redacted])
        #expect(verdicts.last?.outcome?.contacts == ["a", "b", "x"])
        #expect(
            try registry.outcome(.says(.notProtected, number: Numbers.bo, at: "09:01")).contacts == ["a", "b", "x"])
    }
}
