import Logging
import Testing

@testable import protected_identity

@Suite("A flood of one line")
struct FloodGateTests {
    private let gate = FloodGate()
    private let begin = ContinuousClock.now

    @Test("the first lines pass, whatever numbers stand in them; the rest is counted, and told when the window is over")
    func flood() {
        var passed = 0
        for attempt in 1...50 where gate.lets("no answer after \(attempt) ms", .warning, "kafka", at: begin) {
            passed += 1
        }
        #expect(passed == FloodGate.most)
        #expect(gate.summaries(at: begin + .seconds(9)).isEmpty)
        #expect(
            gate.summaries(at: begin + .seconds(10)) == [
                .init(level: .warning, label: "kafka", message: "no answer after 1 ms", times: 30)
            ])
        #expect(gate.summaries(at: begin + .seconds(30)).isEmpty)
        #expect(gate.lets("no answer after 1 ms", .warning, "kafka", at: begin + .seconds(11)))
    }

    @Test("another line, another level and another part of the program are no part of it")
    func others() {
        for _ in 0..<100 { _ = gate.lets("a", .error, "store", at: begin) }
        #expect(gate.lets("b", .error, "store", at: begin))
        for _ in 0..<100 { #expect(gate.lets("a", .critical, "store", at: begin)) }
        #expect(gate.lets("a", .error, "kafka", at: begin))
    }

    @Test("what is no warning is never held back: a batch is a line")
    func ordinary() {
        for _ in 0..<1_000 { #expect(gate.lets("batch published", .info, "run", at: begin)) }
    }

    @Test("lines that are all different flood nothing either, and the memory least of all")
    func kinds() {
        var passed = 0
        for kind in 0..<10_000 where gate.lets(String(repeating: "x", count: kind % 997), .warning, "run", at: begin) {
            passed += 1
        }
        #expect(passed < 5_000)
        #expect(gate.summaries(at: begin + .seconds(11)).reduce(0) { $0 + $1.times } == 10_000 - passed)
    }

    @Test("at the end a flood under way is told as well")
    func end() {
        for _ in 0..<21 { _ = gate.lets("a", .error, "store", at: begin) }
        #expect(gate.summaries(at: begin, isEnd: true).map(\.times) == [1])
    }
}
