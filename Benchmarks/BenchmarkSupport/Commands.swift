import Foundation

/// Programs that a benchmark calls and waits for.
package enum Commands {
    /// One of them has failed.
    package struct Failure: Error {}

    /// Runs SQL as the superuser of `url`.
    package static func psql(_ url: String, _ sql: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "benchmark-\(UUID().uuidString).sql")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(sql.utf8).write(to: file)
        try run("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-f", file.path, url])
    }

    /// Runs a program to its end.
    package static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            print("\(program) ended with \(process.terminationStatus)")
            throw Failure()
        }
    }

    /// The rows that a query leads to, as psql prints them.
    package static func ask(_ url: String, _ sql: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, url]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure() }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
