import BatchPipeline
import KafkaClient
import Testing

@Suite("The end of what there is to be read")
struct FinishTests {
    @Test("what was read is applied, published and settled; then it ends by itself, and polls no more")
    func drains() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        #expect(bench.give(.polled([read(0, 1...1)])) == ["poll 9"])
        #expect(bench.give(.exhausted) == [])
        #expect(bench.give(.polled([])) == [])
        #expect(bench.give(.applied([applied(1, 0, last: 0)])) == ["publish [1]", "apply 0:1-1"])
        #expect(bench.give(.published) == [])
        #expect(bench.give(.applied([applied(2, 0, last: 1)])) == ["publish [2]"])
        #expect(bench.give(.published) == ["settle [1, 2]"])
        #expect(bench.give(.settled) == ["end, exhausted"])
    }

    @Test("with nothing to be read it ends once its partitions are admitted, and not before")
    func admitsFirst() {
        var bench = Bench()
        _ = bench.give(.tick)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        #expect(bench.give(.exhausted) == [])
        #expect(bench.give(.standingFailed("away")) == [])
        #expect(bench.pass(.seconds(10)) == ["look up 0"])
        #expect(bench.give(.standing([standing(0, committed: 5, end: 5)])) == ["admit 0"])
        #expect(bench.give(.admitted([])) == ["end, exhausted"])
    }

    @Test("a failing store and an aborted transaction are waited out")
    func retries() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.exhausted)
        _ = bench.give(.polled([]))
        _ = bench.give(.storeFailed(.transient("busy")))
        #expect(bench.pass(.seconds(20)) == ["apply 0:0-0"])
        #expect(bench.give(.applied([applied(1, 0, last: 0)])) == ["publish [1]"])
        _ = bench.give(.publishAborted("refused"))
        #expect(bench.pass(.seconds(20)) == ["publish [1]"])
        #expect(bench.give(.published) == ["settle [1]"])
    }

    @Test("a slice of which nothing is meant is applied and published as any other: the offsets move behind it")
    func withoutItems() {
        var bench = Bench.running(0)
        let slice = read(0, 0...3).filtered { _ in false }
        #expect(slice.items.isEmpty && slice.last == 3)
        #expect(bench.give(.polled([slice])) == ["apply 0:0-3", "poll 10"])
    }

    @Test("it can be stopped meanwhile")
    func stop() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.exhausted)
        #expect(bench.give(.stop) == [])
        #expect(bench.give(.applied([applied(1, 0, last: 0)])) == ["publish [1]"])
        #expect(bench.give(.published) == ["settle [1]"])
        #expect(bench.give(.settled) == ["end, drained"])
    }

    @Test("what is lost meanwhile is to be read again, and the end said again")
    func lostMeanwhile() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        #expect(bench.give(lost(0)) == ["answer lost 0", "poll 10"])
        #expect(bench.give(.exhausted) == [])
    }
}
