import BatchPipeline
import KafkaClient
import Testing

/// A store that was set back, and another topic under the old name: both may happen while a session goes on.
@Suite("What the store and the log contradict")
struct ContradictionTests {
    private func admitted(_ standing: PartitionStanding) -> Bench {
        var bench = Bench()
        _ = bench.give(.tick)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        _ = bench.give(.standing([standing]))
        _ = bench.give(.admitted([]))
        return bench
    }

    @Test("the first batch follows what the group has committed, each further one the batch before")
    func follows() {
        var bench = admitted(standing(0, committed: 7, end: 20))
        #expect(bench.give(.polled([read(0, 7...8)])) == ["apply 0:7-8", "poll 10"])
        #expect(bench.follows == [7])
        _ = bench.give(.applied([applied(1, 0, last: 8)]))
        #expect(bench.give(.polled([read(0, 12...12)])) == ["apply 0:12-12", "poll 10"])
        #expect(bench.follows == [9])
    }

    @Test("a batch of a group that has committed nothing follows nothing")
    func followsNothing() {
        var bench = admitted(standing(0))
        _ = bench.give(.polled([read(0, 0...0)]))
        #expect(bench.follows == [nil])
    }

    @Test("behind an alarm the first batch follows nothing: what is missing was told")
    func followsAlarm() {
        var bench = Bench()
        _ = bench.give(.tick)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        _ = bench.give(.standing([standing(0, committed: 9, end: 20)]))
        _ = bench.give(.admitted([.storeBehindGroup(standing(0, committed: 9, end: 20), missing: 3..<9)]))
        _ = bench.give(.polled([read(0, 9...9)]))
        #expect(bench.follows == [nil])
    }

    @Test("a partition that has left and come back follows what is committed then")
    func followsAnew() {
        var bench = admitted(standing(0, committed: 7, end: 20))
        _ = bench.give(.polled([read(0, 7...8)]))
        _ = bench.give(.applied([applied(1, 0, last: 8)]))
        _ = bench.give(.published)
        _ = bench.give(lost(0))
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        _ = bench.give(.standing([standing(0, committed: 8, end: 20)]))
        _ = bench.give(.admitted([]))
        _ = bench.give(.polled([read(0, 8...8)]))
        #expect(bench.follows == [8])
    }

    @Test("a store that was set back ends the session: the next one's admission tells by how much")
    func setBack() {
        var bench = admitted(standing(0, committed: 7, end: 20))
        _ = bench.give(.polled([read(0, 7...8)]))
        #expect(bench.give(.storeFailed(.setBack("an older copy"))) == [#"end: storeSetBack("an older copy")"#])
    }

    @Test("a log that begins anew ends the session")
    func begunAnew() {
        var bench = admitted(standing(0, committed: 7, end: 20))
        _ = bench.give(.polled([read(0, 7...8)]))
        let end = bench.give(.polled([read(0, 0...0)]))
        #expect(end.count == 1)
        #expect(end.first?.hasPrefix("end: logBegunAnew") == true, "\(end)")
    }

    @Test("so does a partition that is read from below the committed offset, though nothing was read of it before")
    func readFromBefore() {
        var bench = admitted(standing(0, committed: 7, end: 20))
        let end = bench.give(.polled([read(0, 0...0)]))
        #expect(end.count == 1)
        #expect(end.first?.hasPrefix("end: readFromBefore") == true, "\(end)")
    }

    @Test("records left out by the log itself are no new beginning")
    func gaps() {
        var bench = admitted(standing(0, committed: 7, end: 20))
        _ = bench.give(.polled([read(0, 7...8)]))
        #expect(bench.give(.polled([read(0, 15...15)])) == ["poll 9"])
    }

    @Test("a log that seems to end before what was applied is looked at once more, before anything of it is applied")
    func secondLook() {
        var bench = Bench()
        _ = bench.give(.tick)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        _ = bench.give(.standing([standing(0, committed: 5, end: 5)]))
        let alarm = StandingAlarm.logBehindStore(standing(0, committed: 5, end: 5), applied: 6)
        _ = bench.give(.admitted([alarm]))
        #expect(bench.give(.polled([read(0, 5...5)])) == ["look up 0"])
        // Somebody else had applied a record that was written after the first look.
        #expect(bench.give(.standing([standing(0, committed: 5, end: 6)])) == ["admit 0", "poll 9"])
        #expect(bench.give(.admitted([])) == ["apply 0:5-5"])
        #expect(bench.notices == [.assigned([t(0)])])
    }

    @Test("a log that ends before what was applied at the second look, too, is another topic's")
    func otherTopic() {
        var bench = Bench()
        _ = bench.give(.tick)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        _ = bench.give(.standing([standing(0, end: 5)]))
        let alarm = StandingAlarm.logBehindStore(standing(0, end: 5), applied: 9)
        _ = bench.give(.admitted([alarm]))
        _ = bench.give(.polled([]))
        _ = bench.give(.standing([standing(0, end: 6)]))
        let confirmed = StandingAlarm.logBehindStore(standing(0, end: 6), applied: 9)
        _ = bench.give(.admitted([confirmed]))
        #expect(bench.notices == [.assigned([t(0)]), .alarm(confirmed)])
        _ = bench.give(.polled([read(0, 0...0)]))
        #expect(bench.follows == [nil])
    }
}
