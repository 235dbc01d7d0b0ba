import Foundation

/// What the kernel says of processes, from `/proc`.
enum ProcessFigures {
    /// Seconds of processor time of a process and of its children, those that ended included.
    static func processorTime(_ pid: Int32, withChildren: Bool = false) -> Double {
        var ticks = fields(of: pid).map { $0.own + $0.ended } ?? 0
        if withChildren {
            for child in children(of: pid) { ticks += fields(of: child).map { $0.own + $0.ended } ?? 0 }
        }
        return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// MiB in memory.
    static func residentMemory(_ pid: Int32) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }

    private static func children(of pid: Int32) -> [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
            .filter { fields(of: $0)?.parent == pid }
    }

    private static func fields(of pid: Int32) -> (parent: Int32, own: Int, ended: Int)? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        // Behind the name, which may hold anything: the state, the parent, …
        let rest = text[text.index(after: end)...].split(separator: " ")
        guard rest.count > 14, let parent = Int32(rest[1]) else { return nil }
        let times = rest[11...14].compactMap { Int($0) }
        guard times.count == 4 else { return nil }
        return (parent, times[0] + times[1], times[2] + times[3])
    }
}

/// A program of this package, run as an operator would.
final class Program {
    private let process = Process()
    private let input = Pipe()
    private let output: URL
    private let errors: URL

    /// - Parameter folder: where its output is kept.
    init(_ name: String, _ arguments: [String], environment: [String: String] = [:], folder: URL) throws {
        let id = UUID().uuidString
        output = folder.appending(path: "\(name)-\(id).out")
        errors = folder.appending(path: "\(name)-\(id).err")
        for file in [output, errors] { try Data().write(to: file) }
        process.executableURL = Self.products.appending(path: name)
        process.arguments = arguments
        var all = ProcessInfo.processInfo.environment
        // Only what is said here is to configure it.
        for key in all.keys where key.hasPrefix("KAFKA_BOOTSTRAP") || key.hasPrefix("STORE_") { all[key] = nil }
        process.environment = all.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    deinit { end(SIGKILL) }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var standardOutput: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    /// The end of what it has written, to say why it failed.
    var lastWords: String {
        let text = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
        return String((text + standardOutput).suffix(2_000))
    }

    func end(_ signal: Int32 = SIGTERM) {
        guard process.isRunning else { return }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
    }

    private static var products: URL {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: executable).deletingLastPathComponent()
    }
}
