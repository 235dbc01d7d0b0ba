import Foundation

/// The whole worker as it is shipped, next to each of its stages alone, in one run.
@main
struct WorkerBenchmark {
    static func main() {
        guard let url = CommandLine.arguments.dropFirst().first else {
            print("worker-benchmark URL: a superuser's, of a PostgreSQL on this machine; the rest stands in variables")
            exit(64)
        }
        do {
            try run(Workplace(Settings(ProcessInfo.processInfo.environment), url: url))
        } catch {
            print("worker-benchmark: \(error)")
            exit(70)
        }
    }

    private static func run(_ place: Workplace) throws {
        let settings = place.settings
        var report = Report(conditions: conditions(place))
        for (name, value) in report.conditions.sorted(by: { $0.key < $1.key }) { say("\(name): \(value)") }
        defer { try? write(report, to: settings.report) }

        if settings.measures("stages") {
            report.stages = try Ceilings(place: place).measure()
            say("\n" + Report.Stage.heading)
            for stage in report.stages { say(stage.line) }
        }
        let backlog = Backlog(place: place)
        say("\n" + Report.Backlog.heading)
        func add(_ measured: Report.Backlog) {
            report.backlogs.append(measured)
            say(measured.line)
        }
        if settings.measures("whole") { add(try backlog.measure(events: settings.events, contacts: settings.contacts)) }
        if settings.measures("sqlite") {
            add(try backlog.measure(.sqlite, events: settings.events / 4, contacts: settings.contacts))
        }
        if settings.measures("workers") {
            for count in settings.workers {
                let events = settings.events / 2
                add(try backlog.measure(events: events, contacts: settings.contacts, workers: count))
            }
        }
        if settings.measures("sizes") {
            for size in settings.sizes { add(try backlog.measure(events: min(size, 10_000), contacts: size)) }
        }
        if settings.measures("trickle") {
            say("\n" + Report.Trickle.heading)
            for rate in settings.trickles {
                let measured = try Trickle(place: place).measure(rate: rate)
                report.trickles.append(measured)
                say(measured.line)
            }
        }
        // Ten runs and more: for whoever asks.
        if settings.only.contains("watching") {
            let measured = try Watching(place: place).measure(pairs: settings.pairs)
            report.watching = measured
            for line in measured.lines { say(line) }
        }
        if let stage = report.stages.first(where: { $0.name == "store (PostgreSQL)" }),
            let whole = report.backlogs.first
        {
            let ratio = whole.eventsPerSecond / stage.eventsPerSecond
            say("\nthe whole worker at \(column(ratio, 1, digits: 2)) of PostgreSQL's step alone")
        }
        say("written to \(settings.report.path)")
    }

    private static func conditions(_ place: Workplace) -> [String: String] {
        let settings = place.settings
        var conditions = [
            "commit": settings.commit, "time": Date().ISO8601Format(),
            "processors": "\(ProcessInfo.processInfo.activeProcessorCount)",
            "system": ProcessInfo.processInfo.operatingSystemVersionString,
            "events": "\(settings.events)", "contacts": "\(settings.contacts)", "partitions": "\(settings.partitions)",
            "batch": "\(settings.batch)",
            "broker": settings.bootstrapServers
                ?? "embedded (librdkafka's mock: transactions are visible at once, and keep no offsets)",
        ]
        for name in ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "track_commit_timestamp"] {
            conditions["PostgreSQL " + name] = place.databases.setting(name)
        }
        conditions["PostgreSQL"] = place.databases.setting("server_version")
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        conditions["load before"] = load.split(separator: " ").first.map(String.init) ?? "unknown"
        return conditions
    }

    private static func write(_ report: Report, to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(report).write(to: file)
    }

    /// Unbuffered: a run takes minutes, and somebody waits.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
