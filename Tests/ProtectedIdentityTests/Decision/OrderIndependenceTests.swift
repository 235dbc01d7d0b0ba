import Simulation
import Testing

@testable import ProtectedIdentity

/// Whatever order the events of one person arrive in, in whatever batches, all orders end alike.
@Suite("Order of arrival")
struct OrderIndependenceTests {
    /// The ways to name a person of two numbers: contacts `a` and `b` bear the first, `c` the second, `x` none.
    private static let names: [(number: String?, others: [String], contact: String?)] = [
        (Numbers.alma, [], nil), (Numbers.bo, [], nil), (Numbers.alma, [Numbers.bo], nil), (nil, [], "a"),
        (nil, [], "c"), ("000125-2386", [], "b"), (nil, [], "x"), (Numbers.alma, [], "x"),
        (Numbers.bo, [Numbers.alma], "x"), (Numbers.alma, [], "unknown"),
    ]

    @Test(
        "consistent events end in the same marks in any order and any batches",
        arguments: 1...300 as ClosedRange<UInt64>)
    func anyOrder(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let events = try (0..<Int.random(in: 2...7, using: &random)).map { index in
            let name = Self.names[Int.random(in: 0..<Self.names.count, using: &random)]
            return try StatusEvent.says(
                Bool.random(using: &random) ? .protected : .notProtected, number: name.number, others: name.others,
                contact: name.contact, at: "08:0\(Int.random(in: 0...5, using: &random))",
                registry: ["", "SPAR", "CPR"][Int.random(in: 0...2, using: &random)], id: "event-\(index)")
        }
        var expected: [String: Bool]?
        for round in 0..<6 {
            let marks = try marks(after: round == 0 ? events : events.shuffled(using: &random), using: &random)
            #expect(marks == expected ?? marks, "seed \(seed), round \(round)")
            expected = expected ?? marks
        }
    }

    private func marks(after events: [StatusEvent], using random: inout SeededGenerator) throws -> [String: Bool] {
        var registry = try Registry()
        try registry.put("a", number: Numbers.alma)
        try registry.put("b", number: "000125-2386")
        try registry.put("c", number: Numbers.bo)
        try registry.put("x")
        try registry.put("stranger", number: Numbers.cia)
        var rest = events[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Int.random(in: 1...rest.count, using: &random))
            rest = rest.dropFirst(batch.count)
            for verdict in try registry.decide(Array(batch)) { #expect(verdict.reason == nil) }
        }
        var marks: [String: Bool] = [:]
        for id in ["a", "b", "c", "x"] {
            let state = try registry.state(id)
            #expect(state != .exposed)
            marks[id] = state == .redacted
        }
        #expect(try registry.state("stranger") == .untouched)
        return marks
    }
}
