import BatchPipeline
import KafkaClient
import Testing

@Suite("Records of departed partitions are struck")
struct StrikingTests {
    @Test("where they are gathered")
    func gathered() {
        var bench = Bench.running(0, 1)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.polled([read(0, 1...3), read(1, 0...0)]))
        _ = bench.give(revoked(0))
        let next = bench.give(.applied([applied(1, 0, last: 0)]))
        #expect(next == ["answer revoked 0", "apply 1:0-0", "poll 10"])
    }

    @Test("where they are being applied")
    func applying() {
        var bench = Bench.running(0, 1)
        _ = bench.give(.polled([read(0, 0...0), read(1, 0...0)]))
        _ = bench.give(lost(0))
        #expect(bench.give(.applied([applied(1, 0, last: 0), applied(2, 1, last: 0)])) == ["publish [2]"])
    }

    @Test("where the store has failed and is to be asked again")
    func applyingBackingOff() {
        var bench = Bench.running(0, 1)
        _ = bench.give(.polled([read(0, 0...0), read(1, 0...0)]))
        _ = bench.give(.storeFailed(.transient("busy")))
        _ = bench.give(revoked(0))
        #expect(bench.pass(.seconds(20)) == ["apply 1:0-0"])
    }

    @Test("where they left while the store was failing")
    func leftWhileApplying() {
        var bench = Bench.running(0, 1)
        _ = bench.give(.polled([read(0, 0...0), read(1, 0...0)]))
        _ = bench.give(lost(0))
        _ = bench.give(.storeFailed(.transient("busy")))
        #expect(bench.pass(.seconds(20)) == ["apply 1:0-0"])
    }

    @Test("where nothing else is left the work is dropped")
    func nothingLeft() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(.storeFailed(.transient("busy")))
        _ = bench.give(revoked(0))
        #expect(bench.pass(.seconds(20)) == [])
    }

    @Test("where they wait to be published")
    func ready() {
        var bench = Bench.running(0, 1)
        _ = bench.give(.polled([read(1, 0...0)]))
        _ = bench.give(.polled([read(0, 0...0), read(1, 1...1)]))
        _ = bench.give(.applied([applied(1, 1, last: 0)]))
        _ = bench.give(.applied([applied(2, 0, last: 0), applied(3, 1, last: 1)]))
        #expect(bench.give(revoked(0)) == [])
        #expect(bench.give(.published) == ["answer revoked 0", "publish [3]", "poll 10"])
    }

    @Test("where their transaction is aborted")
    func aborted() {
        var bench = Bench.running(0, 1)
        _ = bench.give(.polled([read(0, 0...0), read(1, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0), applied(2, 1, last: 0)]))
        _ = bench.give(revoked(0))
        #expect(bench.give(.publishAborted("refused")) == ["answer revoked 0", "poll 10"])
        #expect(bench.pass(.seconds(20)) == ["publish [2]"])
    }

    @Test("where it was aborted and is to be published again")
    func abortedBefore() {
        var bench = Bench.running(0, 1)
        _ = bench.give(.polled([read(0, 0...0), read(1, 0...0)]))
        _ = bench.give(.applied([applied(1, 0, last: 0), applied(2, 1, last: 0)]))
        _ = bench.give(.publishAborted("refused"))
        #expect(bench.give(revoked(0)) == ["answer revoked 0", "poll 10"])
        #expect(bench.pass(.seconds(20)) == ["publish [2]"])
    }

    @Test("also when the partition has come back: it is read again from where the group stands")
    func comeBack() {
        var bench = Bench.running(0)
        _ = bench.give(.polled([read(0, 0...0)]))
        _ = bench.give(lost(0))
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        #expect(bench.give(.applied([applied(1, 0, last: 0)])) == [])
        #expect(bench.give(.standing([standing(0)])) == ["admit 0", "poll 10"])
        _ = bench.give(.admitted([]))
        #expect(bench.give(.polled([read(0, 0...0)])) == ["apply 0:0-0", "poll 10"])
    }
}
