import BatchPipeline
import KafkaClient
import Testing

@Suite("Admission of fresh partitions")
struct AdmissionTests {
    @Test("a partition is looked up and admitted before anything of it is applied")
    func admission() {
        var bench = Bench()
        _ = bench.give(.tick)
        let gained = Rebalance(kind: .assigned, partitions: [t(0), t(1)])
        #expect(bench.give(.rebalance(gained)) == ["answer assigned 0 1", "look up 0 1"])
        #expect(bench.notices == [.assigned([t(0), t(1)])])
        #expect(bench.give(.standing([standing(0), standing(1)])) == ["admit 0 1", "poll 10"])
        #expect(bench.give(.polled([read(0, 0...4)])) == ["poll 5"])
        #expect(bench.give(.admitted([])) == ["apply 0:0-4"])
    }

    @Test("partitions admitted before go on meanwhile")
    func others() {
        var bench = Bench.running(0)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(1)])))
        _ = bench.give(.standingFailed("not yet"))
        let next = bench.give(.polled([read(0, 0...1), read(1, 0...1)]))
        #expect(next == ["apply 0:0-1", "poll 8"])
    }

    @Test("where Kafka and the store contradict each other people are told, and work goes on")
    func alarms() {
        var bench = Bench()
        _ = bench.give(.tick)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        _ = bench.give(.standing([standing(0)]))
        let alarm = StandingAlarm.storeBehindGroup(standing(0), missing: 3..<9)
        _ = bench.give(.admitted([alarm]))
        #expect(bench.notices.contains(.alarm(alarm)))
        #expect(bench.give(.polled([read(0, 0...0)])) == ["apply 0:0-0", "poll 10"])
    }

    @Test("a failed look-up is repeated after a while, with polls between")
    func lookUpFails() throws {
        var bench = Bench()
        _ = bench.give(.tick)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        #expect(bench.give(.standingFailed("no broker")) == ["poll 10"])
        guard case .lookUpRetry(failures: 1, let after, reason: "no broker") = try #require(bench.notices.last) else {
            Issue.record("told otherwise: \(bench.notices)")
            return
        }
        #expect(bench.wakes.contains(bench.now + after))
        #expect(bench.pass(after) == [])
        #expect(bench.give(.polled([])) == ["look up 0"])
    }

    @Test("a failed admission is repeated after a while")
    func admissionFails() {
        var bench = Bench()
        _ = bench.give(.tick)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        _ = bench.give(.standing([standing(0)]))
        #expect(bench.give(.storeFailed(.transient("busy"))) == [])
        #expect(bench.pass(.seconds(20)) == ["admit 0"])
    }

    @Test("a partition that left while it was admitted, and came back, is looked up anew")
    func leftAndCameBack() {
        var bench = Bench()
        _ = bench.give(.tick)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)])))
        _ = bench.give(.standing([standing(0)]))
        _ = bench.give(lost(0))
        #expect(
            bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0)]))) == [
                "answer assigned 0", "look up 0",
            ])
        #expect(bench.give(.admitted([])) == [])
        #expect(bench.give(.standingFailed("not yet")) == ["poll 10"])
        #expect(bench.give(.polled([read(0, 0...0)])) == ["poll 9"])
        _ = bench.pass(.seconds(20))
        #expect(bench.give(.polled([])) == ["look up 0"])
        #expect(bench.give(.standing([standing(0)])) == ["admit 0", "poll 9"])
        #expect(bench.give(.admitted([])) == ["apply 0:0-0"])
    }

    @Test("a partition that left while it was looked up is not admitted")
    func leftBeforeAdmission() {
        var bench = Bench()
        _ = bench.give(.tick)
        _ = bench.give(.rebalance(Rebalance(kind: .assigned, partitions: [t(0), t(1)])))
        _ = bench.give(.standingFailed("not yet"))
        _ = bench.give(revoked(0))
        _ = bench.pass(.seconds(20))
        #expect(bench.give(.polled([])) == ["look up 1"])
    }
}
