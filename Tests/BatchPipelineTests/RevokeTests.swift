import BatchPipeline
import KafkaClient
import Testing

@Suite("A revoke is a barrier")
struct RevokeTests {
    /// A machine that publishes slice 1 of partition 0 and slice 2 of partition 1; a poll is under way.
    private func publishing() -> Bench {
        var bench = Bench.running(0, 1)
        _ = bench.give(.polled([read(0, 0...0), read(1, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0), applied(2, 1, last: 0)]))
        return bench
    }

    @Test("with nothing in flight it is answered at once")
    func idle() {
        var bench = Bench.running(0, 1)
        #expect(bench.give(revoked(0)) == ["answer revoked 0", "poll 10"])
        #expect(bench.notices.last == .departed([t(0)], lost: false))
    }

    @Test("a revoke of nothing wants its answer too")
    func nothing() {
        var bench = Bench.running(0)
        #expect(bench.give(revoked()) == ["answer revoked ", "poll 10"])
    }

    @Test("it waits for the open transaction, then settles what was published, then answers")
    func waits() {
        var bench = publishing()
        #expect(bench.give(revoked(0)) == [])
        #expect(bench.give(.published) == ["settle [1, 2]"])
        #expect(bench.give(.settled) == ["answer revoked 0", "poll 10"])
    }

    @Test("what was published of other partitions need not be settled first")
    func settlesOwnOnly() {
        var bench = publishing()
        _ = bench.give(.published)
        _ = bench.give(.polled([]))
        _ = bench.pass(.seconds(1))
        _ = bench.give(.settled)
        _ = bench.give(.polled([read(1, 1...1)]))
        _ = bench.give(.applied([applied(3, 1, last: 1)]))
        _ = bench.give(.published)
        #expect(bench.give(revoked(0)) == ["answer revoked 0", "poll 10"])
    }

    @Test("a store operation under way is waited for as well")
    func waitsForStore() {
        var bench = Bench.running(0, 1)
        _ = bench.give(.polled([read(0, 0...0), read(1, 0...0)]))
        #expect(bench.give(revoked(0)) == [])
        #expect(
            bench.give(.applied([applied(1, 0, last: 0), applied(2, 1, last: 0)]))
                == ["answer revoked 0", "publish [2]", "poll 10"])
    }

    @Test("but no longer than a transaction is")
    func storePatience() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        #expect(bench.give(revoked(0)) == [])
        #expect(bench.pass(.milliseconds(1_999)) == [])
        #expect(bench.pass(.milliseconds(1)) == ["answer revoked 0", "poll 10"])
        // What the store says of it later is struck.
        #expect(bench.give(.applied([applied(1, 0, last: 0)])) == [])
    }

    @Test("nothing new begins before the answer")
    func nothingBegins() {
        var bench = publishing()
        _ = bench.give(.polled([read(1, 1...1)]))
        _ = bench.give(revoked(0))
        #expect(bench.give(.applied([applied(3, 1, last: 1)])) == [])
        #expect(bench.pass(.seconds(1)) == [])
    }

    @Test("no transaction begins while what was published is settled")
    func noTransactionWhileSettling() {
        var bench = publishing()
        _ = bench.give(.polled([read(1, 1...1)]))
        _ = bench.give(.applied([applied(3, 1, last: 1)]))
        _ = bench.give(revoked(0))
        #expect(bench.give(.published) == ["settle [1, 2]"])
        #expect(bench.give(.settled) == ["answer revoked 0", "publish [3]", "poll 10"])
    }

    @Test("nothing is applied while the transaction is waited for")
    func nothingAppliedMeanwhile() {
        var bench = publishing()
        _ = bench.give(.polled([read(0, 1...1)]))
        _ = bench.give(.applied([applied(3, 0, last: 1)]))
        _ = bench.give(.polled([read(1, 1...1)]))
        // Slice 3 is struck, and the store is free.
        #expect(bench.give(revoked(0)) == [])
        _ = bench.give(.published)
        #expect(bench.give(.settled) == ["answer revoked 0", "apply 1:1-1", "poll 10"])
    }

    @Test("a transaction that outlasts our patience is abandoned, once")
    func abandon() {
        var bench = publishing()
        _ = bench.give(revoked(0))
        #expect(bench.pass(.milliseconds(1_999)) == [])
        #expect(bench.pass(.milliseconds(1)) == ["abandon"])
        #expect(bench.pass(.milliseconds(1)) == [])
        #expect(bench.give(.publishAborted("given up")) == ["answer revoked 0", "publish [2]", "poll 10"])
    }

    @Test("committed after all, it is as good as if in time")
    func abandonedTooLate() {
        var bench = publishing()
        _ = bench.give(revoked(0))
        _ = bench.pass(.seconds(2))
        #expect(bench.give(.published) == ["answer revoked 0", "poll 10"])
        #expect(bench.pass(.seconds(1)) == ["settle [1, 2]"])
    }

    @Test("one that cannot even be aborted ends the session")
    func stuck() {
        var bench = publishing()
        _ = bench.give(revoked(0))
        _ = bench.pass(.seconds(2))
        #expect(bench.pass(.milliseconds(1_999)) == [])
        #expect(bench.pass(.milliseconds(1)) == ["end: stuck"])
        #expect(bench.give(.published) == [])
    }

    @Test("wake-up calls are asked for at both ends of its patience")
    func wakes() {
        var bench = publishing()
        _ = bench.give(revoked(0))
        #expect(bench.wakes.contains(bench.now + .seconds(2)))
        #expect(bench.wakes.contains(bench.now + .seconds(4)))
    }

    @Test("a settling that fails does not hold the answer up")
    func settlingFails() {
        var bench = publishing()
        _ = bench.give(revoked(0))
        _ = bench.give(.published)
        #expect(bench.give(.storeFailed(.transient("busy"))) == ["answer revoked 0", "poll 10"])
        #expect(bench.pass(.seconds(20)) == ["settle [1, 2]"])
    }

    @Test("a settling that takes too long does not either")
    func settlingIsSlow() {
        var bench = publishing()
        _ = bench.give(revoked(0))
        _ = bench.give(.published)
        #expect(bench.pass(.seconds(2)) == ["answer revoked 0", "poll 10"])
    }

    @Test("of lost partitions the transaction is abandoned at once")
    func lostAtOnce() {
        var bench = publishing()
        #expect(bench.give(lost(0, 1)) == ["abandon"])
        #expect(bench.notices.last == .departed([t(0), t(1)], lost: true))
        #expect(bench.give(.publishAborted("given up")) == ["answer lost 0 1", "poll 10"])
    }

    @Test("and nothing is waited for where none is open")
    func lostWithoutTransaction() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        #expect(bench.give(lost(0)) == ["answer lost 0", "poll 10"])
        #expect(bench.give(.applied([applied(1, 0, last: 0)])) == [])
    }

    @Test("a loss that cannot be aborted ends the session as well")
    func lostStuck() {
        var bench = publishing()
        _ = bench.give(lost(0, 1))
        #expect(bench.pass(.seconds(2)) == ["end: stuck"])
    }
}
