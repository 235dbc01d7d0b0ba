import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("Who is meant by a contact id")
struct ContactIDTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
    }

    @Test("a contact without a number is remembered for the event's number")
    mutating func withoutNumber() throws {
        try registry.put("x")
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma, contact: "x")).contacts == ["x"])
        let lifted = try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:10"))
        #expect(lifted.type == .protectionLifted)
        #expect(lifted.contacts == ["x"])
    }

    @Test("a contact without a number and the bearers of the event's number are one person's")
    mutating func withoutNumberBesideBearer() throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("x")
        _ = try registry.decide(.says(.notProtected, number: Numbers.alma, contact: "x", at: "08:00"))
        let outcome = try registry.outcome(.says(.protected, contact: "x"))
        #expect(outcome.contacts == ["a", "x"])
    }

    @Test("a contact that is found by its number joins those remembered for it")
    mutating func foundBesideRemembered() throws {
        try registry.put("x")
        _ = try registry.decide(.says(.notProtected, number: Numbers.alma, contact: "x", at: "08:00"))
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.notProtected, number: Numbers.alma, at: "08:10"))
        #expect(try registry.outcome(.says(.protected, contact: "x")).contacts == ["a", "x"])
    }

    @Test(
        "a contact whose number is nobody else's is linked, and remembered for both numbers",
        arguments: [Numbers.alma, Numbers.bo])
    mutating func linked(later: String) throws {
        try registry.put("b", number: Numbers.bo)
        let redacted = try registry.outcome(.says(.protected, number: Numbers.alma, contact: "b"))
        #expect(redacted.contacts == ["b"])
        let lifted = try registry.outcome(.says(.notProtected, number: later, at: "09:10"))
        #expect(lifted.type == .protectionLifted)
        #expect(lifted.contacts == ["b"])
    }

    @Test("the other bearers of a linked contact's number are the same person's")
    mutating func linkedWithOthers() throws {
        try registry.put("b", number: Numbers.bo)
        try registry.put("c", number: Numbers.bo)
        _ = try registry.decide(.says(.notProtected, number: Numbers.alma, contact: "b", at: "08:00"))
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma)).contacts == ["b", "c"])
    }

    @Test("what was known of the event's number holds for the contact that is linked to it")
    mutating func linkedToKnown() throws {
        try registry.put("b", number: Numbers.bo)
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma)).type == .unmatched)
        let linking = try StatusEvent.says(.notProtected, number: Numbers.alma, contact: "b", registry: "OTHER")
        #expect(try registry.outcome(linking).type == .redacted)
        #expect(try registry.state("b") == .redacted)
    }

    @Test("an id that the tenant does not have leaves it to the numbers")
    mutating func unknownID() throws {
        try registry.put("a", number: Numbers.alma)
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma, contact: "nobody")).contacts == ["a"])
    }

    @Test("an id of another tenant is unknown")
    mutating func otherTenantsID() throws {
        try registry.put("x", number: Numbers.bo, in: "bokklubben")
        #expect(try registry.outcome(.says(.protected, contact: "x")).type == .unmatched)
        #expect(try registry.state("x", in: "bokklubben") == .untouched)
    }

    @Test("what is said of an unknown id holds for the contact that appears under it", arguments: [nil, Numbers.alma])
    mutating func unknownIDAppears(number: String?) throws {
        #expect(try registry.outcome(.says(.protected, contact: "x")).type == .unmatched)
        try registry.put("x", number: number)
        let outcome = try registry.outcome(.says(.notProtected, contact: "x", at: "08:00"))
        #expect(outcome.type == .redacted)
        #expect(outcome.contacts == ["x"])
    }

    @Test("what is said of an unknown id and a number holds for the contact that appears under it without one")
    mutating func unknownIDWithNumberAppears() throws {
        _ = try registry.decide(.says(.protected, number: Numbers.alma, contact: "x"))
        try registry.put("x")
        #expect(try registry.outcome(.says(.notProtected, contact: "x", at: "08:00")).type == .redacted)
    }

    @Test("an id and a number of two contacts with different numbers: nobody can tell")
    mutating func ambiguous() throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: Numbers.bo)
        #expect(try registry.decide(.says(.protected, number: Numbers.bo, contact: "a")).reason == .ambiguousIdentity)
        #expect(try registry.state("a") == .untouched)
        #expect(try registry.state("b") == .untouched)
        // Nothing of it is remembered either.
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.bo, at: "08:00")).type == .unchanged)
    }

    @Test(
        "they stay two when one of them, or both, are cleared",
        arguments: [[Numbers.alma], [Numbers.alma, Numbers.bo]])
    mutating func ambiguousAfterClearing(cleared: [String]) throws {
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: Numbers.bo)
        for number in cleared { _ = try registry.decide(.says(.protected, number: number)) }
        #expect(try registry.decide(.says(.protected, number: Numbers.bo, contact: "a")).reason == .ambiguousIdentity)
        #expect(try registry.decide(.says(.protected, number: Numbers.alma, contact: "b")).reason == .ambiguousIdentity)
    }

    @Test(
        "what was said of an unknown id alone, and then of the id with a number, is one person's: the contact that appears is cleared"
    )
    mutating func unknownIDThenNumber() throws {
        _ = try registry.outcome(.says(.notProtected, contact: "x", at: "09:00"))
        _ = try registry.outcome(.says(.protected, number: Numbers.alma, contact: "x", at: "09:05"))
        try registry.put("x", number: nil)
        #expect(try registry.outcome(.says(.notProtected, contact: "x", at: "08:00")).type == .redacted)
    }
}
