import Foundation
import Testing

/// The program as a process of its own.
enum Program {
    /// How it ended and what it said.
    struct Result {
        let exit: Int32
        let output: String
        let messages: String
    }

    /// The built program lies beside the tests.
    private static var executable: URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "protected-identity")
    }

    /// Runs it to its end, with nothing in its environment but what is given.
    static func run(_ arguments: String..., environment: [String: String] = [:], input: String = "") throws -> Result {
        try run(arguments, environment: environment, input: input)
    }

    /// Likewise, with arguments that a test has in a list.
    static func run(_ arguments: [String], environment: [String: String] = [:], input: String = "") throws -> Result {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        let (standardInput, output, messages) = (Pipe(), Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = messages
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        // Both are far smaller than a pipe holds, so one after the other is no danger.
        let result = (
            output.fileHandleForReading.readDataToEndOfFile(), messages.fileHandleForReading.readDataToEndOfFile()
        )
        process.waitUntilExit()
        return Result(
            exit: process.terminationStatus, output: String(decoding: result.0, as: UTF8.self),
            messages: String(decoding: result.1, as: UTF8.self))
    }
}
