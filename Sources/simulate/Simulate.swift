public import ArgumentParser
import Foundation
public import Simulation

@main
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Runs seeds of the simulation.",
        discussion: """
            One seed tells its history. Of several, those that break a promise are told, the first of them with its history \
            as short as it can be made.
            """)

    @Argument(help: "The seed, or the first one.")
    var first: UInt64

    @Argument(help: "The last seed.")
    var last: UInt64?

    @Option(help: "Where contacts are kept: memory, or sqlite for the shipped store.")
    var store = SimulatedStorage.memory

    @Flag(help: "Make the history of a seed that breaks a promise as short as it can be.")
    var shrink = false

    func validate() throws {
        if let last, last < first { throw ValidationError("the last seed is less than the first one") }
    }

    func run() async throws {
        let begin = ContinuousClock.now
        let reports: [Simulation.Report]
        if let last, last > first {
            reports = try await Campaign(first...last, storage: store).run()
        } else {
            reports = [try Simulation.run(seed: first, storage: store, recordsHistory: !shrink)]
        }
        let broken = reports.filter { !$0.violations.isEmpty }
        for report in reports { for line in report.history { print(line) } }
        for report in broken {
            for violation in report.violations { print("seed \(report.seed): \(violation)") }
        }
        if let seed = broken.first?.seed, shrink || reports.count > 1 { try tellShortest(of: seed) }
        for report in broken where reports.count > 1 { print("again: \(command(report.seed))") }
        print(reports.summary)
        let duration = (ContinuousClock.now - begin) / .seconds(1)
        print(String(format: "%.1f s, %.0f seeds/s", duration, Double(reports.count) / max(duration, 0.001)))
        if !broken.isEmpty { throw ExitCode.failure }
    }

    private func tellShortest(of seed: UInt64) throws {
        guard let (plan, report) = try Shrinking(seed: seed, storage: store).run() else { return }
        print("seed \(seed), as short as it can be made (\(command(seed)) SHRINK=1):")
        print("records: \((plan.records ?? []).sorted()); faults: \((plan.strikes ?? []).sorted())")
        for line in report.history { print("  \(line)") }
        for violation in report.violations { print("  \(violation)") }
    }

    private func command(_ seed: UInt64) -> String {
        "make simulate SEED=\(seed)" + (store == .memory ? "" : " STORE=\(store.rawValue)")
    }
}

extension SimulatedStorage: ExpressibleByArgument {}
