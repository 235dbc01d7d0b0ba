import BatchPipeline
import KafkaClient
import Testing

@Suite("When things fail")
struct FailureTests {
    @Test("the same batch is applied again after a back-off, and reading goes on")
    func store() throws {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...3)]))
        for failure in 1...5 {
            #expect(bench.give(.storeFailed(.transient("busy"))) == [])
            guard case .storeRetry(failure, let after, reason: "busy") = try #require(bench.notices.last) else {
                Issue.record("told otherwise: \(bench.notices)")
                return
            }
            #expect(after <= .milliseconds(50) * (1 << (failure - 1)))
            #expect(bench.wakes.contains(bench.now + after))
            #expect(bench.pass(after) == ["apply 0:0-3"])
        }
        #expect(bench.give(.polled([read(0, 4...4)])) == ["poll 9"])
        #expect(bench.give(.applied([applied(1, 0, last: 3)])) == ["publish [1]", "apply 0:4-4"])
    }

    @Test("a success ends the row of failures")
    func reset() throws {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.storeFailed(.transient("busy")))
        _ = bench.pass(.seconds(20))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.polled([read(0, 1...1)]))
        _ = bench.give(.storeFailed(.transient("busy")))
        guard case .storeRetry(failures: 1, _, _) = try #require(bench.notices.last) else {
            Issue.record("counted on: \(bench.notices)")
            return
        }
    }

    @Test("waits grow to their ceiling and never beyond")
    func ceiling() throws {
        var bench = Bench.running(0) { $0.storeBackoff = (.milliseconds(50), .seconds(2)) }
        _ = bench.give(.polled([read(0, 0...0)]))
        var longest = Duration.zero
        for _ in 1...60 {
            _ = bench.give(.storeFailed(.transient("busy")))
            if case .storeRetry(_, let after, _) = try #require(bench.notices.last) { longest = max(longest, after) }
            _ = bench.pass(.seconds(2))
        }
        #expect(longest <= .seconds(2))
        #expect(longest > .seconds(1))
    }

    @Test("a store that cannot be worked with ends the session")
    func permanent() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        #expect(bench.give(.storeFailed(.permanent("no table"))) == [#"end: store("no table")"#])
    }

    @Test("an aborted transaction is published again from memory after a back-off, and nothing before it")
    func aborted() throws {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.polled([read(0, 1...1)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        #expect(bench.give(.publishAborted("refused")) == [])
        guard case .kafkaRetry(failures: 1, let after, reason: "refused") = try #require(bench.notices.last) else {
            Issue.record("told otherwise: \(bench.notices)")
            return
        }
        #expect(bench.give(.applied([applied(2, 0, last: 1)])) == (after == .zero ? ["publish [1]"] : []))
        #expect(bench.pass(after) == ["publish [1]"])
        #expect(bench.give(.published) == ["publish [2]"])
    }

    @Test("nobody knows whether it was committed: the session ends, and memory with it")
    func unknownCommit() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        #expect(bench.give(.publishEnded(.unknownCommit("no reply"))) == [#"end: unknownCommit("no reply")"#])
    }

    @Test("offsets that the group does not take are sent again until a lost partition explains it")
    func refused() throws {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.publishRefused("unknown member"))
        #expect(bench.pass(.seconds(9)) == ["publish [1]"])
        _ = bench.give(.publishRefused("unknown member"))
        #expect(bench.give(lost(0)) == ["answer lost 0", "poll 10"])
        // Another batch has a patience of its own.
        bench.own([0])
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.applied([applied(2, 0, last: 0)]))
        _ = bench.give(.publishRefused("unknown member"))
        #expect(bench.pass(.seconds(9)) == ["publish [2]"])
    }

    @Test("a refusal that nothing explains ends the session, and is not repeated for ever")
    func refusedForEver() {
        var bench = Bench.running(0) { $0.kafkaBackoff.ceiling = .seconds(1) }
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.publishRefused("unknown member"))
        for _ in 1...9 {
            #expect(bench.pass(.seconds(1)) == ["publish [1]"])
            #expect(bench.give(.publishRefused("unknown member")) == [])
        }
        #expect(bench.pass(.seconds(1)) == ["publish [1]"])
        #expect(bench.give(.publishRefused("unknown member")) == [#"end: consumer("unknown member")"#])
    }

    @Test("a refusal is forgotten once the batch is published")
    func refusedOnce() {
        var bench = Bench.running(0)
        for batch in 0...1 {
            _ = bench.give(.polled([read(0, Int64(batch)...Int64(batch))]))
            _ = bench.give(.applied([applied(Int64(batch), 0, last: Int64(batch))]))
            _ = bench.give(.publishRefused("rebalancing"))
            #expect(bench.pass(.seconds(10)) == ["publish [\(batch)]"])
            _ = bench.give(.published)
        }
    }

    @Test("a place in the group that another process has taken is not fought for")
    func consumerFenced() {
        var bench = Bench.running(0)
        #expect(bench.give(.consumerFenced("another instance")) == [#"end: fenced("another instance")"#])
    }

    @Test("a fatal producer or consumer ends the session")
    func fatal() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        var other = bench
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        #expect(bench.give(.publishEnded(.fenced("gone"))) == [#"end: fenced("gone")"#])
        #expect(other.give(.consumerFailed("gone")) == [#"end: consumer("gone")"#])
    }

    @Test("nothing follows an end")
    func afterEnd() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.consumerFailed("gone"))
        let inputs: [Bench.Machine.Input] = [
            .tick, .polled([read(0, 1...1)]), .applied([applied(1, 0, last: 0)]), .published, .settled, .stop,
            revoked(0),
            .storeFailed(.permanent("no")), .consumerFailed("again"), .admitted([]), .standing([standing(0)]),
        ]
        for input in inputs { #expect(bench.give(input) == []) }
        #expect(bench.pass(.seconds(60)) == [])
    }
}
