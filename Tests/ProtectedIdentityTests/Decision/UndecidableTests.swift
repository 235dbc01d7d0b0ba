import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("What cannot be decided")
struct UndecidableTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
        try registry.put("a", number: Numbers.alma)
    }

    @Test(
        "a number that is none of its country",
        arguments: [("200001252387", "SE"), ("12", "SE"), ("320761-4285", "DK")])
    mutating func malformed(number: String, country: String) throws {
        #expect(
            try registry.decide(.says(.protected, number: number, country: country)).reason == .malformedNumber)
    }

    @Test("a number that is in no register", arguments: [("000101-T220", "SE"), ("670761-4285", "DK")])
    mutating func unsupported(number: String, country: String) throws {
        #expect(
            try registry.decide(.says(.protected, number: number, country: country)).reason == .unsupportedNumber)
    }

    @Test("one malformed number among good ones: it may be a slip of the one that the person bears elsewhere")
    mutating func oneOfSeveral() throws {
        let verdict = try registry.decide(.says(.protected, number: Numbers.alma, others: ["200001252387"]))
        #expect(verdict.reason == .malformedNumber)
        #expect(try registry.state("a") == .untouched)
    }

    @Test("but one that is in no register leads to nobody, and takes nothing from the good ones")
    mutating func unsupportedAmongOthers() throws {
        let outcome = try registry.outcome(.says(.protected, number: "000101-T220", others: [Numbers.alma]))
        #expect(outcome.type == .redacted)
        #expect(outcome.contacts == ["a"])
    }

    @Test("with a contact id the contact decides", arguments: ["200001252387", "000101-T220"])
    mutating func withID(number: String) throws {
        let outcome = try registry.outcome(.says(.protected, number: number, contact: "a"))
        #expect(outcome.type == .redacted)
        #expect(outcome.contacts == ["a"])
    }

    @Test("a tenant that is not among those configured")
    mutating func unknownTenant() throws {
        registry.policies = TenantPolicies(named: [try tenant("bokklubben"): .keep], fallback: nil)
        #expect(try registry.decide(.says(.protected, number: Numbers.alma)).reason == .unknownTenant)
        #expect(try registry.state("a") == .untouched)
    }

    @Test("a tenant that is not named is served by the default, where there is one")
    mutating func defaultPolicy() throws {
        registry.policies = TenantPolicies(named: [try tenant("bokklubben"): .keep], fallback: .keep)
        #expect(try registry.outcome(.says(.protected, number: Numbers.alma)).type == .redacted)
    }

    @Test("a record that the store has refused changes nothing but the journal")
    mutating func refusedByStore() throws {
        let record = try registry.record(.says(.protected, number: Numbers.alma))
        let verdict = try registry.apply([record], refused: [record.coordinates])
        #expect(verdict.first?.reason == .refusedByStore)
        #expect(try registry.state("a") == .untouched)
        #expect(registry.store.journalCount == 1)
    }

    @Test("keeps no other record of its batch up")
    mutating func othersGoOn() throws {
        try registry.put("b", number: Numbers.bo)
        let verdicts = try registry.decide([
            .says(.protected, number: "12"), .says(.protected, number: Numbers.bo),
        ])
        #expect(verdicts.map(\.reason) == [.malformedNumber, nil])
        #expect(try registry.state("b") == .redacted)
    }
}
