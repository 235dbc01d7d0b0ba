import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("Rotation of digest keys")
struct KeyRotationTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
    }

    private mutating func rotate() throws {
        registry.keyring = try testKeyring(("k2", 2), ("k1", 1))
    }

    @Test("who was remembered under an old key is found, and remembered under the new one")
    mutating func number() throws {
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        #expect(try registry.store.digestKeyUse() == ["k1": 2])
        try rotate()
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "08:00")).type == .superseded)
        #expect(try registry.store.digestKeyUse() == ["k1": 2, "k2": 2])
        registry.keyring = try testKeyring(("k2", 2))
        let lifted = try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:01"))
        #expect(lifted.type == .protectionLifted)
        #expect(lifted.contacts == ["a"])
    }

    @Test("so is the contact that is known by its id alone")
    mutating func contactID() throws {
        #expect(try registry.outcome(.says(.protected, contact: "x")).type == .unmatched)
        try rotate()
        #expect(try registry.outcome(.says(.protected, contact: "x", at: "09:01")).type == .unmatched)
        registry.keyring = try testKeyring(("k2", 2))
        try registry.put("x")
        #expect(try registry.outcome(.says(.notProtected, contact: "x", at: "08:00")).type == .redacted)
    }

    @Test("without the old key nobody is found under it")
    mutating func lostKey() throws {
        try registry.put("a", number: Numbers.alma)
        _ = try registry.decide(.says(.protected, number: Numbers.alma))
        registry.keyring = try testKeyring(("k2", 2))
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:01")).type == .unmatched)
        #expect(try registry.state("a") == .redacted)
    }

    @Test("an event that was journalled under an old key is still a duplicate, and other data still other data")
    mutating func journal() throws {
        let event = try StatusEvent.says(.protected, number: Numbers.alma, id: "one")
        _ = try registry.decide(event)
        try rotate()
        #expect(try registry.decide(event) == .duplicate)
        let other = try StatusEvent.says(.notProtected, number: Numbers.alma, id: "one")
        #expect(try registry.decide(other).reason == .identityReused)
    }

    @Test("also where its id holds the number, and its pseudonym changes with the key")
    mutating func pseudonymousIdentity() throws {
        let event = try StatusEvent.says(.protected, number: Numbers.alma, id: "spar-20000125-2386")
        let record = try registry.record(event)
        let first = try registry.apply([record], settles: false)
        try rotate()
        let again = try registry.record(event, offset: record.coordinates.offset)
        #expect(try registry.apply([again]) == first)
        #expect(try registry.apply([again]) == [.alreadyPublished])
        #expect(try registry.decide(event) == .duplicate)
    }

    @Test("where the key of a journal row is gone the identity has to do")
    mutating func journalWithoutKey() throws {
        _ = try registry.decide(.says(.protected, number: Numbers.alma, id: "one"))
        registry.keyring = try testKeyring(("k2", 2))
        #expect(try registry.decide(.says(.protected, number: Numbers.alma, id: "one")) == .duplicate)
    }
}
