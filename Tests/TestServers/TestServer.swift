import Foundation

/// A Python program of `scripts/test-servers`, on loopback.
public final class TestServer {
    private let process = Process()
    private let output: URL
    /// Where it listens, on 127.0.0.1.
    public let port: Int

    /// Starts it, and waits until it listens.
    ///
    /// - Throws: where it does not.
    public init(_ name: String, _ arguments: [String] = []) throws {
        let program = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../scripts/test-servers/\(name)").standardizedFileURL
        output = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString).jsonl")
        try Data().write(to: output)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [Self.python, program.path] + arguments
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        struct Begun: Decodable { let port: Int }
        var begun: Begun?
        let deadline = ContinuousClock.now + .seconds(20)
        while begun == nil, .now < deadline {
            let lines = ((try? String(contentsOf: output, encoding: .utf8)) ?? "").split(separator: "\n")
            begun = lines.first.flatMap { try? JSONDecoder().decode(Begun.self, from: Data($0.utf8)) }
            if begun == nil { Thread.sleep(forTimeInterval: 0.02) }
        }
        guard let begun else { throw TestServerError.didNotStart(name) }
        port = begun.port
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: output)
    }

    /// What it has said since it began, of lines that read as this.
    public func said<Line: Decodable>(_ type: Line.Type) -> [Line] {
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
    }

    /// A python3 that has the modules that tests need: the first one in PATH, or Debian's.
    static let python: String = {
        let check = Process()
        check.executableURL = URL(filePath: "/usr/bin/env")
        check.arguments = ["python3", "-c", "import aiosmtpd, prometheus_client"]
        check.standardError = FileHandle.nullDevice
        try? check.run()
        check.waitUntilExit()
        return check.terminationStatus == 0 ? "python3" : "/usr/bin/python3"
    }()
}

/// Why there is no server.
public enum TestServerError: Error {
    /// It does not say that it listens.
    case didNotStart(String)
}

/// A message as the mail server of the tests tells it.
public struct TakenMail: Decodable {
    /// Who sends.
    public let sender: String
    /// To whom.
    public let to: [String]
    /// Whether the connection was secured.
    public let tls: Bool
    /// Whether somebody had logged in.
    public let login: Bool
    /// The message itself.
    public let data: String

    /// A header's value, unfolded.
    public func header(_ name: String) -> String? {
        let head = data.replacing("\r\n", with: "\n").components(separatedBy: "\n\n").first ?? ""
        let lines = head.replacing("\n ", with: " ").split(separator: "\n")
        return lines.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map {
            String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces)
        }
    }
}
