import Foundation
import Testing

/// A program of this package, run as an operator would.
final class RunningProgram {
    private let process = Process()
    private let input = Pipe()
    let output: URL
    let errors: URL

    /// - Parameters:
    ///   - name: the product's name.
    ///   - folder: where its output is kept.
    ///   - pipe: takes its standard error instead.
    init(
        _ name: String, _ arguments: [String] = [], environment: [String: String] = [:], folder: URL,
        errors pipe: Pipe? = nil
    ) throws {
        let log = UUID().uuidString
        output = folder.appending(path: "\(name)-\(log).out")
        errors = folder.appending(path: "\(name)-\(log).err")
        for file in [output, errors] { try Data().write(to: file) }
        process.executableURL = Self.products.appending(path: name)
        process.arguments = arguments
        var all = ProcessInfo.processInfo.environment
        // Of the machine that the tests run on nothing may leak into the program's configuration.
        for key in all.keys where key.hasPrefix("KAFKA_") || key.hasPrefix("STORE_") { all[key] = nil }
        // Each has a port of its own, or several workers could not run on this machine.
        all["ADMIN_PORT"] = "0"
        process.environment = all.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = if let pipe { pipe } else { try FileHandle(forWritingTo: errors) }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Gives it something to read, and ends its input, unless there is more to come.
    func send(_ text: String, isLast: Bool = true) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        if isLast { try input.fileHandleForWriting.close() }
    }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// Waits for the end and returns the exit code; `nil` if it does not come within `seconds`.
    func exitCode(within seconds: Double = 30) async throws -> Int32? {
        try await eventually(within: seconds) { !self.process.isRunning } ? process.terminationStatus : nil
    }

    var isRunning: Bool { process.isRunning }
    var standardOutput: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    var standardError: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// The folder that this test was built into, and the programs with it.
    private static var products: URL {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: executable).deletingLastPathComponent()
    }
}

/// Waits until `condition` holds, and tells whether it did within `seconds`.
func eventually(within seconds: Double, _ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return try await condition()
}
