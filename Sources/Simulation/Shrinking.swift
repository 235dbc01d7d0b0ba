/// Makes a history that breaks a promise as short as it can: fewer faults, fewer records, and the promise still broken.
public struct Shrinking: Sendable {
    let seed: UInt64
    let storage: SimulatedStorage
    let alterations: Alterations
    /// How many runs it may cost.
    let budget: Int

    /// The shrinking of a seed's history, in at most `budget` runs.
    public init(
        seed: UInt64, storage: SimulatedStorage = .memory, alterations: Alterations = Alterations(), budget: Int = 1_500
    ) {
        self.seed = seed
        self.storage = storage
        self.alterations = alterations
        self.budget = budget
    }

    /// The shortest plan found and its report with the history, or nil where the seed breaks no promise.
    ///
    /// The same each time. Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing Input* (2002), for faults and
    /// records in turn, until neither gets less.
    public func run() throws -> (plan: FaultPlan, report: Simulation.Report)? {
        let first = try report(FaultPlan())
        guard !first.violations.isEmpty else { return nil }
        var runs = 0
        func stillFails(_ plan: FaultPlan) throws -> Bool {
            runs += 1
            return try runs <= budget && !report(plan).violations.isEmpty
        }
        var plan = FaultPlan()
        var strikes = first.strikes
        var records = Array(0..<first.arrivals)
        plan.strikes = Set(strikes)
        plan.records = Set(records)
        var before = Int.max
        while strikes.count + records.count < before {
            before = strikes.count + records.count
            strikes = try Self.least(strikes) { kept in
                var candidate = plan
                candidate.strikes = Set(kept)
                return try stillFails(candidate)
            }
            plan.strikes = Set(strikes)
            records = try Self.least(records) { kept in
                var candidate = plan
                candidate.records = Set(kept)
                return try stillFails(candidate)
            }
            plan.records = Set(records)
        }
        return (plan, try report(plan, recordsHistory: true))
    }

    private func report(_ plan: FaultPlan, recordsHistory: Bool = false) throws -> Simulation.Report {
        try Simulation.run(
            seed: seed, plan: plan, storage: storage, recordsHistory: recordsHistory, alterations: alterations)
    }

    /// Takes parts out, large ones first, as long as `isEnough` holds for what is left.
    private static func least<Element>(
        _ elements: [Element], _ isEnough: ([Element]) throws -> Bool
    ) throws -> [Element] {
        var elements = elements
        var size = max(1, elements.count / 2)
        while true {
            var start = 0
            while start < elements.count {
                var rest = elements
                rest.removeSubrange(start..<min(start + size, elements.count))
                if try isEnough(rest) { elements = rest } else { start += size }
            }
            if size == 1 { return elements }
            size = max(1, size / 2)
        }
    }
}
