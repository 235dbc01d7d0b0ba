import Simulation
import Testing

@Suite("The simulation")
struct SeedTests {
    /// `SIMULATION_SEEDS` and `SIMULATION_FIRST_SEED` choose others; `make simulate` runs many more, built for release.
    @Test(
        "whatever goes wrong, each event has one outcome, who is protected is clear, and nothing is left over",
        arguments: [(SimulatedStorage.memory, 300), (.sqlite, 100)])
    func seeds(on storage: SimulatedStorage, count: Int) async throws {
        let reports = try await Campaign(Seeds.configured(default: count), storage: storage).run()
        for report in reports where !report.violations.isEmpty {
            let store = storage == .memory ? "" : " STORE=\(storage.rawValue)"
            Issue.record(
                """
                seed \(report.seed): \(report.violations.joined(separator: "; "))
                its history: make simulate SEED=\(report.seed)\(store)
                """)
        }
        print("on \(storage.rawValue): \(reports.summary)")
        // So few seeds may be asked for that not every fault has had its turn.
        guard reports.count >= 100 else { return }
        let faults = reports.reduce(into: [Fault: Int]()) { $0.merge($1.faults, uniquingKeysWith: +) }
        // One writer at a time: in SQLite no transaction runs in the middle of another one.
        let impossible: Set<Fault> = storage == .memory ? [] : [.storeOverlap, .lockMet]
        for fault in Fault.allCases where !impossible.contains(fault) {
            #expect(faults[fault, default: 0] > 0, "\(fault) never struck")
        }
    }

    @Test(
        "the same seed gives the same history, to the last step", arguments: [1, 17, 4_711] as [UInt64],
        SimulatedStorage.allCases)
    func reproducible(seed: UInt64, on storage: SimulatedStorage) throws {
        let first = try Simulation.run(seed: seed, storage: storage, recordsHistory: true)
        let second = try Simulation.run(seed: seed, storage: storage, recordsHistory: true)
        #expect(first.history.count > 100)
        let firstDifference = zip(first.history, second.history).first { $0 != $1 }
        #expect(first.history == second.history, "seed \(seed): \(String(describing: firstDifference))")
        #expect(first.faults == second.faults)
    }

    @Test("the faults that have struck, named as a plan, give the same history again")
    func planned() throws {
        let first = try Simulation.run(seed: 5, recordsHistory: true)
        var plan = FaultPlan()
        plan.strikes = Set(first.strikes)
        #expect(try Simulation.run(seed: 5, plan: plan, recordsHistory: true).history == first.history)
    }

    @Test("a plan without faults sees none, and all is well")
    func calm() throws {
        var plan = FaultPlan()
        plan.strikes = []
        let report = try Simulation.run(seed: 5, plan: plan)
        #expect(report.strikes.isEmpty)
        #expect(report.violations.isEmpty)
        #expect(report.records > 0)
    }

    @Test("another seed gives another history")
    func different() throws {
        #expect(
            try Simulation.run(seed: 1, recordsHistory: true).history
                != Simulation.run(seed: 2, recordsHistory: true).history)
    }

    @Test("a history is recorded only where it is asked for")
    func silent() throws {
        #expect(try Simulation.run(seed: 1).history.isEmpty)
    }
}
