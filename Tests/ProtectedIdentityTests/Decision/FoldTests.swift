import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("Fold")
struct FoldTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
        try registry.put("a", number: Numbers.alma)
    }

    private mutating func hear(
        _ status: ProtectionStatus, at time: String, from register: String = "SPAR"
    ) throws -> OutcomeType {
        try registry.outcome(.says(status, number: Numbers.alma, at: time, registry: register)).type
    }

    @Test("a register's later word stands")
    mutating func later() throws {
        #expect(try hear(.protected, at: "08:00") == .redacted)
        #expect(try hear(.notProtected, at: "08:01") == .protectionLifted)
        #expect(try hear(.protected, at: "08:02") == .redacted)
        #expect(try registry.state("a") == .redacted)
    }

    @Test("a late word does not lift a protection")
    mutating func lateLift() throws {
        #expect(try hear(.protected, at: "08:01") == .redacted)
        #expect(try hear(.notProtected, at: "08:00") == .superseded)
        #expect(try registry.state("a") == .redacted)
    }

    @Test("a late word does not protect whom the register has since let go")
    mutating func lateProtection() throws {
        #expect(try hear(.notProtected, at: "08:01") == .unchanged)
        #expect(try hear(.protected, at: "08:00") == .superseded)
        #expect(try registry.state("a") == .untouched)
    }

    @Test("of two words of the same moment protection stands, whichever came first", arguments: [true, false])
    mutating func sameMoment(protectedFirst: Bool) throws {
        _ = try hear(protectedFirst ? .protected : .notProtected, at: "08:00")
        _ = try hear(protectedFirst ? .notProtected : .protected, at: "08:00")
        #expect(try registry.state("a") == .redacted)
    }

    @Test("the order of words is told to the microsecond")
    mutating func microseconds() throws {
        #expect(try hear(.protected, at: "2026-11-23T08:00:00.000001Z") == .redacted)
        #expect(try hear(.notProtected, at: "2026-11-23T08:00:00.000002Z") == .protectionLifted)
        #expect(try hear(.protected, at: "2026-11-23T08:00:00.0000015Z") == .superseded)
    }

    @Test("a person is protected while any register says so")
    mutating func registers() throws {
        #expect(try hear(.protected, at: "08:00", from: "SPAR") == .redacted)
        #expect(try hear(.protected, at: "08:00", from: "CPR") == .unchanged)
        #expect(try hear(.notProtected, at: "08:30", from: "SPAR") == .unchanged)
        #expect(try registry.state("a") == .redacted)
        #expect(try hear(.notProtected, at: "08:10", from: "CPR") == .protectionLifted)
        #expect(try registry.state("a") == .lifted)
    }

    @Test("an event without a register counts as one of its own", arguments: [("", "SPAR"), ("SPAR", "")])
    mutating func absentRegister(protecting: String, lifting: String) throws {
        #expect(try hear(.protected, at: "08:00", from: protecting) == .redacted)
        #expect(try hear(.notProtected, at: "08:30", from: lifting) == .unchanged)
        #expect(try registry.state("a") == .redacted)
        #expect(try hear(.notProtected, at: "08:30", from: protecting) == .protectionLifted)
    }

    @Test("whether an event is late is told by its own register's words alone")
    mutating func lateness() throws {
        #expect(try hear(.protected, at: "08:30", from: "SPAR") == .redacted)
        #expect(try hear(.protected, at: "08:00", from: "CPR") == .unchanged)
        #expect(try hear(.protected, at: "08:00", from: "SPAR") == .superseded)
    }
}

@Suite("Fold without a contact")
struct FoldWithoutContactTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
    }

    @Test("a protection is remembered for the contact that appears later, against a late word")
    mutating func protectionRemembered() throws {
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma, at: "08:01")).type == .unmatched)
        try registry.put("a", number: "000125-2386")
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "08:00")).type == .redacted)
        #expect(try registry.state("a") == .redacted)
    }

    @Test("not protected is remembered too, against a late protection")
    mutating func notProtectedRemembered() throws {
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "08:01")).type == .unmatched)
        try registry.put("a", number: Numbers.alma)
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma, at: "08:00")).type == .superseded)
        #expect(try registry.state("a") == .untouched)
    }
}

@Suite("Times ahead of the clock")
struct ImplausibleTimeTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
        try registry.put("a", number: Numbers.alma)
    }

    @Test("a protection from the far future acts, and is remembered as of now")
    mutating func futureProtection() throws {
        let far = try StatusEvent.says(.protected, number: Numbers.alma, at: "2031-01-01T00:00:00Z")
        #expect(try registry.outcome(far).type == .redacted)
        registry.now = try moment("2026-11-23T12:00:00Z")
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:29")).type == .superseded)
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:31")).type == .protectionLifted)
    }

    @Test("ten minutes ahead are taken at their word")
    mutating func withinTolerance() throws {
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma, at: "09:40")).type == .redacted)
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:39")).type == .superseded)
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:40")).type == .unchanged)
        #expect(try registry.state("a") == .redacted)
    }

    @Test("a microsecond more is not")
    mutating func beyondTolerance() throws {
        let ahead = "2026-11-23T09:40:00.000001Z"
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma, at: ahead)).type == .redacted)
        #expect(try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:31")).type == .protectionLifted)
    }

    @Test("not protected from the far future is quarantined, and nothing of it is remembered")
    mutating func futureLift() throws {
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma, at: "08:00")).type == .redacted)
        let ahead = "2026-11-23T09:40:00.000001Z"
        #expect(try registry.decide(.says(.notProtected, number: Numbers.alma, at: ahead)).reason == .implausibleTime)
        #expect(try registry.state("a") == .redacted)
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma, at: "08:01")).type == .unchanged)
    }

    @Test("a protection that is too far ahead outranks even a word that lies a little ahead")
    mutating func aheadOfAhead() throws {
        _ = try registry.outcome(.says(.notProtected, number: Numbers.alma, at: "09:35"))
        let outcome = try registry.outcome(.says(.protected, number: Numbers.alma, at: "2026-11-23T12:00:00Z"))
        #expect(outcome.type == .redacted)
    }
}
