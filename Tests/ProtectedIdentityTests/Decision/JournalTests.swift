import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("The journal")
struct JournalTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
        try registry.put("a", number: Numbers.alma)
    }

    @Test("the same event at another place is a duplicate, and nothing is published")
    mutating func duplicate() throws {
        let event = try StatusEvent.says(.protected, number: Numbers.alma, id: "one")
        #expect(try registry.outcome(event).type == .redacted)
        #expect(try registry.decide(event) == .duplicate)
        #expect(registry.store.journalCount == 1)
    }

    @Test("so it is within a batch, and in another partition", arguments: [0, 1] as [Int32])
    mutating func duplicateWithinBatch(partition: Int32) throws {
        let event = try StatusEvent.says(.protected, number: Numbers.alma, id: "one")
        let first = try registry.record(event)
        let second = try registry.record(event, partition: partition)
        let verdicts = try registry.apply([first, second])
        #expect(verdicts.first?.outcome?.type == .redacted)
        #expect(verdicts.last == .duplicate)
    }

    @Test("and where the group that reads it is another one")
    mutating func otherGroup() throws {
        let record = try registry.record(.says(.protected, number: Numbers.alma, id: "one"))
        _ = try registry.apply([record], settles: false)
        registry.group = "others"
        #expect(try registry.apply([record]) == [.duplicate])
    }

    @Test(
        "so it is whatever the id holds: other data under an id with a number in it is set aside, and tells nobody's number"
    )
    mutating func reusedWithNumber() throws {
        try registry.put("b", number: Numbers.bo)
        let first = try StatusEvent.says(.protected, number: Numbers.alma, id: "x-\(Numbers.alma)")
        let second = try StatusEvent.says(.protected, number: Numbers.bo, id: "x-\(Numbers.alma)")
        let third = try StatusEvent.says(.protected, contact: "b", id: "x-\(Numbers.alma)")
        #expect(try registry.outcome(first).type == .redacted)
        #expect(try registry.decide(second).reason == .identityReused)
        #expect(try registry.decide(third).reason == .identityReused)
        #expect(try registry.state("b") == .untouched)
    }

    @Test("a duplicate does not act a second time")
    mutating func duplicateDoesNothing() throws {
        let protection = try StatusEvent.says(.protected, number: Numbers.alma, id: "one")
        _ = try registry.decide(protection)
        _ = try registry.decide(.says(.notProtected, number: Numbers.alma, at: "09:01"))
        #expect(try registry.decide(protection) == .duplicate)
        #expect(try registry.state("a") == .lifted)
    }

    @Test("an id is its source's own")
    mutating func sources() throws {
        _ = try registry.decide(.says(.protected, number: Numbers.alma, id: "one", source: "/registry/spar"))
        let other = try StatusEvent.says(.protected, number: Numbers.alma, id: "one", source: "/registry/cpr")
        #expect(try registry.outcome(other).type == .unchanged)
    }

    @Test("the same record again, before its outcome is known to be in Kafka, has the same outcome again")
    mutating func againBeforePublished() throws {
        let record = try registry.record(.says(.protected, number: Numbers.alma, id: "one"))
        let first = try registry.apply([record], settles: false)
        registry.now = try moment("2026-11-23T10:00:00Z")
        let second = try registry.apply([record], settles: false)
        #expect(first.first?.outcome != nil)
        #expect(first == second)
    }

    @Test("after that it publishes nothing")
    mutating func againAfterPublished() throws {
        let record = try registry.record(.says(.protected, number: Numbers.alma, id: "one"))
        _ = try registry.apply([record])
        #expect(try registry.apply([record]) == [.alreadyPublished])
    }

    @Test("a row that is published again goes with the slice that does so")
    mutating func moved() throws {
        let record = try registry.record(.says(.protected, number: Numbers.alma, id: "one"))
        let behind = try registry.record(.says(.protected, number: Numbers.alma, id: "two"))
        _ = try registry.apply([record, behind], settles: false)
        // This apply moves the row to its own slice, and that slice is settled. The first one reaches further, and stands.
        _ = try registry.apply([record], settles: true)
        #expect(try registry.store.unpublishedSlices().count == 1)
        #expect(try registry.apply([record]) == [.alreadyPublished])
    }

    @Test("the same identity with other data is set aside, and what was decided stays")
    mutating func reused() throws {
        _ = try registry.decide(.says(.protected, number: Numbers.alma, id: "one"))
        let reusing = try registry.record(.says(.notProtected, number: Numbers.alma, at: "09:01", id: "one"))
        let verdicts = try registry.apply([reusing], settles: false)
        #expect(verdicts.map(\.reason) == [.identityReused])
        #expect(try registry.state("a") == .redacted)
        // The record is home under its place: it is published again, or not, as any other.
        #expect(try registry.apply([reusing]) == verdicts)
        #expect(try registry.apply([reusing]) == [.alreadyPublished])
        // And the first content's duplicates are still duplicates.
        #expect(try registry.decide(.says(.protected, number: Numbers.alma, id: "one")) == .duplicate)
    }

    @Test("each record that reuses an identity is set aside")
    mutating func reusedTwice() throws {
        _ = try registry.decide(.says(.protected, number: Numbers.alma, id: "one"))
        let reusing = try StatusEvent.says(.notProtected, number: Numbers.alma, at: "09:01", id: "one")
        #expect(try registry.decide([reusing, reusing]).map(\.reason) == [.identityReused, .identityReused])
    }
}
