import Foundation

/// What a run measures; everything has a default that ends within five minutes.
struct Settings {
    /// The events of a backlog, each about another person.
    let events: Int
    /// The contacts in the registry of most measurements.
    let contacts: Int
    /// The registries whose costs are compared.
    let sizes: [Int]
    /// How many workers share a backlog, one measurement each.
    let workers: [Int]
    /// Events a second.
    let trickles: [Int]
    let trickleSeconds: Int
    /// Runs with and without watching, of each so many.
    let pairs: Int
    let partitions: Int
    /// `batch.maxRecords`, and the size of the stages' batches.
    let batch: Int
    /// Which measurements to make; all where none is named.
    let only: Set<String>
    /// A broker to measure on; nil: the embedded one.
    let bootstrapServers: String?
    /// Where the report is written.
    let report: URL
    let commit: String

    init(_ environment: [String: String]) {
        func number(_ name: String, _ fallback: Int) -> Int { environment[name].flatMap(Int.init) ?? fallback }
        func numbers(_ name: String, _ fallback: [Int]) -> [Int] {
            environment[name].map { $0.split(whereSeparator: { " ,".contains($0) }).compactMap { Int($0) } } ?? fallback
        }
        func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        events = number("EVENTS", 200_000)
        contacts = max(events, number("CONTACTS", 200_000))
        sizes = numbers("SIZES", [10_000, 200_000])
        workers = numbers("WORKERS", [1, 2, 4])
        trickles = numbers("TRICKLES", [200, 2_000])
        pairs = number("PAIRS", 5)
        trickleSeconds = number("TRICKLE_SECONDS", 10)
        partitions = number("PARTITIONS", 12)
        batch = number("BATCH", 1_000)
        only = Set((text("ONLY") ?? "").split(whereSeparator: { " ,".contains($0) }).map(String.init))
        bootstrapServers = text("KAFKA_BOOTSTRAP_SERVERS")
        report = URL(filePath: text("REPORT") ?? ".build/benchmark.json")
        commit = text("GIT_COMMIT") ?? "unknown"
    }

    func measures(_ name: String) -> Bool { only.isEmpty || only.contains(name) }
}
