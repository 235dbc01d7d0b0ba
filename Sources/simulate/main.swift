import Foundation
import Simulation

// Runs seeds of the simulation: `simulate SEED` runs one and tells its history, `simulate FIRST LAST` all in between.

let arguments = CommandLine.arguments.dropFirst()
let seeds = arguments.compactMap(UInt64.init)
guard let first = seeds.first, let last = seeds.last, seeds.count == arguments.count, seeds.count <= 2, first <= last
else {
    print("usage: simulate SEED | simulate FIRST LAST")
    exit(EX_USAGE)
}
var faults: [Fault: Int] = [:]
var failed = 0
for seed in first...last {
    let report = Simulation.run(seed: seed, recordsHistory: first == last)
    for line in report.history { print(line) }
    for violation in report.violations { print("seed \(seed): \(violation)") }
    if !report.violations.isEmpty { failed += 1 }
    faults.merge(report.faults, uniquingKeysWith: +)
}
let struck = Fault.allCases.map { "\($0.rawValue) \(faults[$0] ?? 0)" }.joined(separator: ", ")
print("\(last - first + 1) seeds, \(failed) with violations; faults: \(struck)")
exit(failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE)
