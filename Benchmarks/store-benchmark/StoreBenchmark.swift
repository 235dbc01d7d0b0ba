import ContactStore
import Foundation
import PostgresContactStore
import ProtectedIdentity

/// The store's step alone, as events a second at several batch sizes, next to hand-written statements that clear the same rows
/// on the same data in the same run.
///
/// Each measurement works on people of its own, so that every event finds a contact to clear; the two take turns, so that
/// both meet the tables as large as the other does.
@main
struct StoreBenchmark {
    static func main() {
        do {
            try run()
        } catch {
            print("store-benchmark: \(error)")
            exit(70)
        }
    }

    private static func run() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let url = arguments.first else {
            print(
                """
                store-benchmark URL [EVENTS [store]]: URL is a superuser's, EVENTS are those of each measurement (default \
                40000); with `store` the store alone is measured, for a profiler
                """)
            exit(64)
        }
        let events = arguments.dropFirst().first.flatMap(Int.init) ?? 40_000
        let variants = arguments.count > 2 ? [Variant.store] : Variant.allCases
        let sizes = [100, 1_000, 5_000]
        // Two variants and two rounds for each size, and a first round that nobody counts.
        let registry = try Registry(url: url, people: events * sizes.count * Variant.allCases.count * 2 + 20_000)
        defer { try? registry.remove() }
        try registry.warmUp()
        print("events/s; \(events) events a measurement, the better of two rounds")
        print("batch    store  same rows by hand  ratio  clearing by hand  ratio  store with guard")
        for size in sizes {
            var best: [Variant: Double] = [:]
            for _ in 0..<2 {
                for variant in variants {
                    let rate = try registry.measure(variant, events: events, batch: size)
                    best[variant] = max(best[variant] ?? 0, rate)
                }
            }
            let store = best[.store] ?? 0
            let (same, clearing) = (best[.sameRowsByHand] ?? 0, best[.clearingByHand] ?? 0)
            print(
                String(
                    format: "%5d %8.0f %18.0f %6.2f %17.0f %6.2f %17.0f", size, store, same, store / same, clearing,
                    store / clearing, best[.guarded] ?? 0))
        }
    }
}

/// What is measured.
enum Variant: CaseIterable {
    /// The store as the worker uses it.
    case store
    /// One statement by hand that leaves every table as the store leaves it, and a commit.
    case sameRowsByHand
    /// One statement by hand that clears and journals, and a commit.
    case clearingByHand
    /// The store, with the guard's triggers on the tables.
    case guarded
}
