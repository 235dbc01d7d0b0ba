import BatchPipeline
import KafkaClient
import Testing

@Suite("An end that was asked for")
struct StopTests {
    @Test("an idle worker ends at once")
    func idle() {
        var bench = Bench.running(0)
        #expect(bench.give(.stop) == ["end, drained"])
    }

    @Test("what is in flight is applied, published and settled; nothing else is read or begun")
    func drains() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.polled([read(0, 1...1)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.polled([read(0, 2...2)]))
        #expect(bench.give(.stop) == [])
        #expect(bench.give(.polled([read(0, 3...3)])) == [])
        #expect(bench.give(.published) == [])
        #expect(bench.give(.applied([applied(2, 0, last: 1)])) == ["publish [2]"])
        #expect(bench.give(.published) == ["settle [1, 2]"])
        #expect(bench.give(.settled) == ["end, drained"])
    }

    @Test("a batch that the store has not taken comes again, and is not waited for")
    func dropsUnapplied() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.storeFailed(.transient("busy")))
        #expect(bench.give(.stop) == ["end, drained"])
    }

    @Test("one that fails meanwhile is tried again within the deadline")
    func retriesWithinDeadline() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.stop)
        _ = bench.give(.storeFailed(.transient("busy")))
        #expect(bench.pass(.seconds(5)) == ["apply 0:0-0"])
    }

    @Test("an aborted transaction is published again")
    func retriesPublish() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.stop)
        #expect(bench.give(.publishAborted("refused")) == [])
        #expect(bench.pass(.seconds(5)) == ["publish [1]"])
    }

    @Test("at the deadline it ends undrained, and nothing new begins")
    func deadline() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.stop)
        #expect(bench.wakes.contains(bench.now + .seconds(10)))
        #expect(bench.pass(.milliseconds(9_999)) == [])
        _ = bench.give(.publishAborted("refused"))
        #expect(bench.pass(.seconds(10)) == ["end, not drained"])
    }

    @Test("said a second time it ends at once")
    func second() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        #expect(bench.give(.stop) == [])
        #expect(bench.give(.stop) == ["end, not drained"])
    }

    @Test("a revoke that comes in the last poll is still answered, behind the transaction")
    func revokeWhileStopping() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.stop)
        #expect(bench.give(revoked(0)) == [])
        #expect(bench.give(.published) == ["settle [1]"])
        #expect(bench.give(.settled) == ["answer revoked 0", "end, drained"])
    }
}
