import Foundation

/// The seeds that a test runs.
enum Seeds {
    /// As many as `SIMULATION_SEEDS` says, from the one that `SIMULATION_FIRST_SEED` names.
    static func configured(default count: Int) -> ClosedRange<UInt64> {
        let first = number("SIMULATION_FIRST_SEED").map(UInt64.init) ?? 1
        return first...(first + UInt64(max(number("SIMULATION_SEEDS") ?? count, 1)) - 1)
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init).flatMap { $0 >= 0 ? $0 : nil }
    }
}
