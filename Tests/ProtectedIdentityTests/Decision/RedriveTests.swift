import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("The journal and the quarantine")
struct RedriveTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
        try registry.put("a", number: Numbers.alma)
        registry.policies = TenantPolicies(named: [try tenant("bokklubben"): .keep], fallback: nil)
    }

    private func event(redrives: Int) throws -> StatusEvent {
        try .says(.protected, number: Numbers.alma, id: "one", redrives: redrives)
    }

    @Test("a record that was set aside and comes again by itself is a duplicate")
    mutating func duplicate() throws {
        #expect(try registry.decide(event(redrives: 0)).reason == .unknownTenant)
        registry.policies = .keepEverywhere
        #expect(try registry.decide(event(redrives: 0)) == .duplicate)
        #expect(try registry.state("a") == .untouched)
    }

    @Test("put back, it is tried again: what succeeds now has its outcome")
    mutating func succeeds() throws {
        #expect(try registry.decide(event(redrives: 0)).reason == .unknownTenant)
        registry.policies = .keepEverywhere
        let redriven = try registry.record(event(redrives: 1))
        let verdicts = try registry.apply([redriven], settles: false)
        #expect(verdicts.first?.outcome?.type == .redacted)
        #expect(registry.store.journalCount == 1)
        // Its row's home is where it stands now.
        #expect(try registry.apply([redriven]) == verdicts)
        #expect(try registry.apply([redriven]) == [.alreadyPublished])
        #expect(try registry.decide(event(redrives: 2)) == .duplicate)
    }

    @Test("what fails again is set aside again, counting the attempts")
    mutating func failsAgain() throws {
        for redrives in 0...3 {
            let verdict = try registry.decide(event(redrives: redrives))
            #expect(verdict.reason == .unknownTenant)
            #expect(verdict.attempts == redrives + 1)
        }
        #expect(try registry.decide(event(redrives: 3)) == .duplicate)
        #expect(try registry.decide(event(redrives: 2)) == .duplicate)
    }

    @Test("what was decided is not decided again, put back or not")
    mutating func decided() throws {
        registry.policies = .keepEverywhere
        #expect(try registry.outcome(event(redrives: 0)).type == .redacted)
        #expect(try registry.decide(event(redrives: 1)) == .duplicate)
    }

    @Test("a record without an identity is known by its place")
    mutating func withoutIdentity() throws {
        let record = registry.refused(.invalidEnvelope, says: "{}")
        let first = try registry.apply([record], settles: false)
        #expect(first.map(\.reason) == [.invalidEnvelope])
        #expect(try registry.apply([record]) == first)
        #expect(try registry.apply([record]) == [.alreadyPublished])
        let same = registry.refused(.invalidEnvelope, says: "{}", redrives: 1)
        #expect(try registry.apply([same]).first?.attempts == 2)
    }

    @Test("a record of which only the identity is readable is known by it")
    mutating func withIdentity() throws {
        let identity = try #require(EventIdentity(source: "/registry/spar", id: "one"))
        let record = registry.refused(.invalidData, says: "{}", identity: identity)
        #expect(try registry.apply([record]).map(\.reason) == [.invalidData])
        #expect(try registry.apply([registry.refused(.invalidData, says: "{}", identity: identity)]) == [.duplicate])
        // A mended event under the same identity says other things: the feed has to give it another.
        registry.policies = .keepEverywhere
        #expect(try registry.decide(event(redrives: 0)).reason == .identityReused)
    }

    @Test(
        "a record that could not be read has its outcome when a version that can read it meets it again, put back or not"
    )
    mutating func understoodLater() throws {
        registry.policies = .keepEverywhere
        let identity = try event(redrives: 0).identity
        let refused = registry.refused(.unknownType, says: "its bytes", identity: identity)
        #expect(try registry.apply([refused]).map(\.reason) == [.unknownType])
        #expect(try registry.apply([registry.record(event(redrives: 0), raw: "its bytes")]) == [.duplicate])
        let putBack = try registry.record(event(redrives: 1), raw: "its bytes")
        #expect(try registry.apply([putBack]).map { $0.outcome?.type } == [.redacted])
        let other = try registry.record(event(redrives: 2), raw: "other bytes")
        #expect(try registry.apply([other]) == [.duplicate])
    }
}
