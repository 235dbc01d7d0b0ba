import Foundation
import Simulation

/// Many seeds at once, as many as there are cores.
struct Campaign {
    let seeds: ClosedRange<UInt64>

    /// `count` seeds from the first one on, which `SIMULATION_FIRST_SEED` moves: 1 by default.
    init(_ count: Int) {
        let first = Self.number("SIMULATION_FIRST_SEED").map(UInt64.init) ?? 1
        seeds = first...(first + UInt64(max(count, 1)) - 1)
    }

    /// As many seeds as `SIMULATION_SEEDS` says.
    static func configured(default count: Int) -> Campaign {
        Campaign(number("SIMULATION_SEEDS") ?? count)
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// Runs all seeds; reports come in the seeds' order.
    func run(_ alterations: @escaping @Sendable () -> Alterations = { Alterations() }) async -> [Simulation.Report] {
        await withTaskGroup(of: Simulation.Report.self) { group in
            var left = seeds.makeIterator()
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                guard let seed = left.next() else { break }
                group.addTask { Simulation.run(seed: seed, alterations: alterations()) }
            }
            var reports: [Simulation.Report] = []
            for await report in group {
                reports.append(report)
                guard let seed = left.next() else { continue }
                group.addTask { Simulation.run(seed: seed, alterations: alterations()) }
            }
            return reports.sorted { $0.seed < $1.seed }
        }
    }
}
