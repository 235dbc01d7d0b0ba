import BatchPipeline
import KafkaClient
import Testing

@Suite("The way of a batch")
struct FlowTests {
    @Test("a machine without partitions polls, since that is how it gets some")
    func beginning() {
        var bench = Bench()
        #expect(bench.give(.tick) == ["poll 10"])
        #expect(bench.give(.tick) == [])
        #expect(bench.give(.polled([])) == ["poll 10"])
    }

    @Test("a trickle goes at once")
    func trickle() {
        var bench = Bench.running(0)
        #expect(bench.give(.polled([read(0, 0...0)])) == ["apply 0:0-0", "poll 10"])
        #expect(bench.give(.applied([applied(1, 0, last: 0)])) == ["publish [1]"])
        #expect(bench.give(.published) == [])
    }

    @Test("while one batch publishes the next is applied and the one behind it is read")
    func overlap() {
        var bench = Bench.running(0)
        #expect(bench.give(.polled([read(0, 0...3)])) == ["apply 0:0-3", "poll 10"])
        #expect(bench.give(.polled([read(0, 4...5)])) == ["poll 8"])
        #expect(bench.give(.applied([applied(1, 0, last: 3)])) == ["publish [1]", "apply 0:4-5"])
        #expect(bench.give(.polled([read(0, 6...6)])) == ["poll 9"])
    }

    @Test("no batch is applied while one that is applied waits for its turn to be published")
    func depth() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.polled([read(0, 1...1)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.polled([read(0, 2...2)]))
        #expect(bench.give(.applied([applied(2, 0, last: 1)])) == [])
        #expect(bench.give(.published) == ["publish [2]", "apply 0:2-2 settling [1]"])
    }

    @Test("no more is read than fits into the next batch")
    func bound() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        #expect(bench.give(.polled([read(0, 1...6)])) == ["poll 4"])
        #expect(bench.give(.polled([read(0, 7...10)])) == ["poll 0"])
        #expect(bench.give(.polled([])) == ["poll 0"])
        #expect(bench.give(.applied([applied(1, 0, last: 0)])) == ["publish [1]", "apply 0:1-10"])
    }

    @Test("what several polls bring of a partition becomes one slice")
    func gathering() {
        var bench = Bench.running(0, 1)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.polled([read(1, 0...1), read(0, 1...1)]))
        _ = bench.give(.polled([read(0, 2...4)]))
        let next = bench.give(.applied([applied(1, 0, last: 0)]))
        #expect(next == ["publish [1]", "apply 1:0-1 0:1-4"])
    }

    @Test("records of a partition that is not ours are not taken")
    func foreign() {
        var bench = Bench.running(0)
        #expect(bench.give(.polled([read(7, 0...3)])) == ["poll 10"])
    }

    @Test("published slices are settled with the next batch")
    func settlingWithBatch() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.published)
        #expect(bench.give(.polled([read(0, 1...1)])) == ["apply 0:1-1 settling [1]", "poll 10"])
        _ = bench.give(.applied([applied(2, 0, last: 1)]))
        _ = bench.give(.published)
        // Slice 1 is settled, and not a second time.
        #expect(bench.give(.polled([read(0, 2...2)])) == ["apply 0:2-2 settling [2]", "poll 10"])
    }

    @Test("after an idle second they are settled by themselves")
    func idleSettling() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.published)
        #expect(bench.wakes.contains(bench.now + .seconds(1)))
        #expect(bench.pass(.milliseconds(999)) == [])
        #expect(bench.pass(.milliseconds(1)) == ["settle [1]"])
        #expect(bench.give(.settled) == [])
        #expect(bench.pass(.seconds(10)) == [])
    }

    @Test("what is published while others are being settled waits for the next time")
    func settlingMeanwhile() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.polled([read(0, 1...1)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        _ = bench.give(.applied([applied(2, 0, last: 1)]))
        _ = bench.give(.published)
        #expect(bench.pass(.seconds(1)) == ["settle [1]"])
        _ = bench.give(.published)
        #expect(bench.give(.settled) == [])
        #expect(bench.pass(.seconds(1)) == ["settle [2]"])
    }

    @Test("with a least interval a batch that is not full waits for it")
    func minimumInterval() {
        var bench = Bench.running(0) { $0.minimumInterval = .milliseconds(100) }
        let begin = bench.now
        #expect(bench.give(.polled([read(0, 0...0)])) == ["apply 0:0-0", "poll 10"])
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        #expect(bench.give(.polled([read(0, 1...1)])) == ["poll 9"])
        #expect(bench.wakes.contains(begin + .milliseconds(100)))
        #expect(bench.pass(.milliseconds(99)) == [])
        #expect(bench.pass(.milliseconds(1)) == ["apply 0:1-1"])
    }

    @Test("and a full one does not")
    func minimumIntervalFull() {
        var bench = Bench.running(0) { $0.minimumInterval = .seconds(60) }
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0)]))
        #expect(bench.give(.polled([read(0, 1...10)])) == ["apply 0:1-10", "poll 10"])
    }
}
