import Foundation

/// Everything that one run has found, under which conditions.
struct Report: Codable {
    struct Stage: Codable {
        var name: String
        var eventsPerSecond: Double
        /// Processor time of an event in the benchmark's own process: of servers it is not told.
        var microseconds: Double
    }

    struct Backlog: Codable {
        var registry: String
        var workers: Int
        var events: Int
        var contacts: Int
        var eventsPerSecond: Double
        /// Processor time of an event, by process; of all workers together.
        var workerMicroseconds: Double
        var brokerMicroseconds: Double?
        var databaseMicroseconds: Double?
        /// Of the largest worker, ten times a second.
        var residentMiB: [Double]
    }

    struct Trickle: Codable {
        var eventsPerSecond: Int
        var seconds: Int
        /// Milliseconds from `ce_time` to visible under `read_committed`.
        var visible: Percentiles
        /// Milliseconds from `ce_time` to the commit that cleared the person.
        var exposed: Percentiles?
        var workerMicroseconds: Double
        var residentMiB: Double
    }

    struct Watching: Codable {
        var events: Int
        /// Processor time of the worker for an event: with log, metrics and page, and with none of it.
        var watched: [Double]
        var silent: [Double]
        var scrapes = 0

        /// How much more a watched run takes, in the middle of the pairs: 0.01 is a hundredth.
        var cost: Double {
            let ratios = zip(watched, silent).map { $0 / $1 }.sorted()
            return ratios.isEmpty ? 0 : (ratios[(ratios.count - 1) / 2] + ratios[ratios.count / 2]) / 2 - 1
        }
    }

    var conditions: [String: String]
    var stages: [Stage] = []
    var backlogs: [Backlog] = []
    var trickles: [Trickle] = []
    var watching: Watching?
}

struct Percentiles: Codable {
    var p50: Double
    var p99: Double
    var most: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        func at(_ part: Double) -> Double {
            sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
        }
        (p50, p99, most) = (at(0.5), at(0.99), sorted.last ?? 0)
    }
}

// Lines for people, as each measurement ends.
extension Report.Stage {
    var line: String {
        "  " + name.padded(30) + column(eventsPerSecond, 10) + column(microseconds, 12, digits: 1)
    }
    static let heading = "  " + "stage alone".padded(30) + "  events/s" + "   own CPU µs"
}

extension Report.Backlog {
    var line: String {
        "  " + "\(registry), \(workers) workers, \(contacts) contacts".padded(40) + column(events, 9)
            + column(eventsPerSecond, 10) + column(workerMicroseconds, 8, digits: 1)
            + column(brokerMicroseconds, 8, digits: 1) + column(databaseMicroseconds, 10, digits: 1)
            + "   " + memory
    }
    static let heading =
        "  " + "whole, from a backlog".padded(40) + "   events" + "  events/s" + "  worker" + "  broker" + "  database"
        + "   MiB at 10 %, 50 %, the end; most"

    private var memory: String {
        guard let last = residentMiB.last, let most = residentMiB.max() else { return "" }
        let (early, middle) = (residentMiB[residentMiB.count / 10], residentMiB[residentMiB.count / 2])
        return [early, middle, last].map { column($0, 1) }.joined(separator: ", ") + "; " + column(most, 1)
    }
}

extension Report.Trickle {
    var line: String {
        "  " + "\(eventsPerSecond) events/s for \(seconds) s".padded(30) + "  " + visible.text
            + "     " + (exposed?.text ?? "not known") + column(workerMicroseconds, 10) + column(residentMiB, 6)
    }
    static let heading =
        "  " + "trickle, ms: p50, p99, most".padded(30) + "  visible                  cleared           "
        + "  worker µs   MiB"
}

extension Report.Watching {
    var lines: [String] {
        func text(_ values: [Double]) -> String { values.map { column($0, 7, digits: 1) }.joined() }
        return [
            "worker µs an event, pair by pair, \(events) events each, \(scrapes) scrapes",
            "  with log, metrics and page  " + text(watched), "  with none of it             " + text(silent),
            "  more, in the middle of the pairs: \(String(format: "%+.1f", cost * 100)) %",
        ]
    }
}

extension Percentiles {
    var text: String { [p50, p99, most].map { column($0, 7, digits: 1) }.joined() }
}

extension String {
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}

func column(_ value: Double?, _ width: Int, digits: Int = 0) -> String {
    guard let value else { return String(repeating: " ", count: max(0, width - 1)) + "-" }
    let text = String(format: "%.\(digits)f", value)
    return String(repeating: " ", count: max(0, width - text.count)) + text
}

func column(_ value: Int, _ width: Int) -> String { column(Double(value), width) }
