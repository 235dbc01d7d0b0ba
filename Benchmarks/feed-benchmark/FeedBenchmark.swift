import Foundation
import RegisterFeeds

/// Reads a SPAR file and a CPR file of `RECORDS` records each, stage by stage, each in a process of its own whose memory is
/// looked at, next to a reader that only counts: `feed-benchmark`. It calls itself for a stage: `feed-benchmark STAGE FORMAT FILE`.
@main
struct FeedBenchmark {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let stage = arguments.first.flatMap(Stage.init(rawValue:)), arguments.count >= 3 {
            let format = FeedFormat(rawValue: arguments[1]) ?? .cpr
            let figures = try stage.measure(format, file: arguments[2], servers: arguments.dropFirst(3).first)
            print(figures.line)
        } else {
            try all(records: ProcessInfo.processInfo.environment["RECORDS"].flatMap { Int($0) } ?? 1_000_000)
        }
    }

    private static func all(records: Int) throws {
        let folder = URL.temporaryDirectory.appending(path: "feed-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        print("| format | MiB | stage | records/s | of the plain reader | peak memory, MiB |")
        print("|---|---|---|---|---|---|")
        for format in [FeedFormat.spar, .cpr] {
            let file = folder.appending(path: format.rawValue)
            try GeneratedFile.write(format, records: records, to: file)
            let size = (try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0) / 1_048_576
            var plain = 0.0
            for stage in Stage.allCases {
                var broker: Child?
                if stage == .publish { broker = try Child("embedded-broker", ["protected-identity.events:4"]) }
                let servers = broker?.line()
                let figures = try Figures(
                    of: Child(
                        "feed-benchmark", [stage.rawValue, format.rawValue, file.path] + (servers.map { [$0] } ?? [])))
                broker?.end()
                guard figures.records == records else {
                    throw Failure(reason: "\(stage.rawValue) has found \(figures.records) of \(records) records")
                }
                let rate = Double(figures.records) / figures.seconds
                if stage == .plain { plain = rate }
                let cells = [
                    format.rawValue, "\(size)", stage.meaning, "\(Int(rate))", String(format: "%.2f", rate / plain),
                    String(format: "%.0f", figures.peakMemory),
                ]
                print("| \(cells.joined(separator: " | ")) |")
            }
        }
    }
}

struct Failure: Error {
    let reason: String
}

/// What a stage has come to.
struct Figures {
    let records: Int
    let seconds: Double
    /// MiB.
    let peakMemory: Double

    init(records: Int, seconds: Double) {
        self.records = records
        self.seconds = seconds
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        peakMemory = (Double(line.filter(\.isNumber)) ?? 0) / 1_024
    }

    /// Reads the line of a process that was started for it.
    init(of child: Child) throws {
        let parts = (child.line() ?? "").split(separator: " ")
        child.wait()
        guard parts.count == 3, let records = Int(parts[0]), let seconds = Double(parts[1]),
            let memory = Double(parts[2])
        else { throw Failure(reason: "a stage has failed") }
        (self.records, self.seconds, peakMemory) = (records, seconds, memory)
    }

    var line: String { "\(records) \(seconds) \(peakMemory)" }
}

/// A program of this package that runs beside.
final class Child {
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()

    init(_ name: String, _ arguments: [String]) throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(filePath: own).deletingLastPathComponent().appending(path: name)
        process.arguments = arguments
        process.standardOutput = output
        process.standardInput = input
        try process.run()
    }

    /// The first line that it writes.
    func line() -> String? {
        var bytes = Data()
        while let byte = try? output.fileHandleForReading.read(upToCount: 1), let first = byte.first, first != 0x0A {
            bytes.append(first)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    func wait() { process.waitUntilExit() }

    func end() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
