import Foundation

/// Many seeds, as many at a time as there are cores.
public struct Campaign: Sendable {
    /// The seeds.
    public let seeds: ClosedRange<UInt64>
    let storage: SimulatedStorage

    /// Seeds on a storage.
    public init(_ seeds: ClosedRange<UInt64>, storage: SimulatedStorage = .memory) {
        self.seeds = seeds
        self.storage = storage
    }

    /// Runs all seeds; reports come in the seeds' order.
    ///
    /// - Parameter alterations: makes the broken parts of each run.
    public func run(
        _ alterations: @escaping @Sendable () -> Alterations = { Alterations() }
    ) async throws -> [Simulation.Report] {
        let storage = storage
        return try await withThrowingTaskGroup(of: Simulation.Report.self) { group in
            var left = seeds.makeIterator()
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                guard let seed = left.next() else { break }
                group.addTask { try Simulation.run(seed: seed, storage: storage, alterations: alterations()) }
            }
            var reports: [Simulation.Report] = []
            for try await report in group {
                reports.append(report)
                guard let seed = left.next() else { continue }
                group.addTask { try Simulation.run(seed: seed, storage: storage, alterations: alterations()) }
            }
            return reports.sorted { $0.seed < $1.seed }
        }
    }
}

extension [Simulation.Report] {
    /// Seeds, records, faults by kind and violations, in a few lines.
    public var summary: String {
        let faults = reduce(into: [Fault: Int]()) { $0.merge($1.faults, uniquingKeysWith: +) }
        let struck = Fault.allCases.map { "\($0.rawValue) \(faults[$0] ?? 0)" }.joined(separator: ", ")
        let broken = count { !$0.violations.isEmpty }
        return """
            \(count) seeds, \(reduce(0) { $0 + $1.records }) records, \(faults.values.reduce(0, +)) faults: \(struck)
            \(broken) seeds with violations
            """
    }
}
