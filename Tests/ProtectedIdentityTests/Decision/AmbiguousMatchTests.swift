import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("Ten digits that fit two centuries")
struct AmbiguousMatchTests {
    /// Somebody of 122 whose stored ten digits may be those of somebody of 22.
    private static let number = "190312049802"
    private static let stored = "031204-9802"
    var registry: Registry

    init() throws {
        registry = try Registry()
        try registry.put("old", number: Self.stored)
    }

    @Test("are nobody's to guess")
    mutating func alone() throws {
        #expect(try registry.decide(.says(.protected, number: Self.number)).reason == .ambiguousMatch)
        #expect(try registry.state("old") == .untouched)
    }

    @Test("are told apart by the contact's id")
    mutating func withID() throws {
        #expect(try registry.outcome(.says(.protected, number: Self.number, contact: "old")).contacts == ["old"])
        #expect(try registry.outcome(.says(.notProtected, number: Self.number, at: "09:10")).contacts == ["old"])
    }

    @Test("are told apart by what an earlier event said of the contact")
    mutating func remembered() throws {
        _ = try registry.decide(.says(.notProtected, number: Self.number, contact: "old", at: "08:00"))
        #expect(try registry.outcome(.says(.protected, number: Self.number)).contacts == ["old"])
        #expect(try registry.state("old") == .redacted)
    }

    @Test("by its id alone the contact is meant all the same")
    mutating func idAlone() throws {
        #expect(try registry.outcome(.says(.protected, contact: "old")).contacts == ["old"])
    }
}
