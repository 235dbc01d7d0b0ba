import Foundation
import Testing

/// What somebody on call has at hand: a private key, an audit log, and the commands.
struct QuarantineDesk {
    let surroundings: Surroundings
    let privateKey: String
    let publicKey: String
    var auditLog: String { surroundings.folder.appending(path: "audit.log").path }

    init(_ surroundings: Surroundings) async throws {
        self.surroundings = surroundings
        privateKey = surroundings.folder.appending(path: "quarantine.pem").path
        let generate = try surroundings.start(["keys", "generate", "--private-key", privateKey, "--output", "json"])
        #expect(try await generate.exitCode() == 0)
        struct Report: Decodable {
            struct Keys: Decodable { let publicKey: String }
            let quarantine: Keys
        }
        publicKey = try JSONDecoder().decode(Report.self, from: Data(generate.standardOutput.utf8)).quarantine.publicKey
    }

    /// How a command ended and what it said.
    struct Result {
        let exit: Int32?
        let output: String
        let messages: String

        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(messages)")
        }

        var everything: String { output + messages }
    }

    var environment: [String: String] {
        ["QUARANTINE_PUBLIC_KEY": publicKey, "AUDIT_LOG": auditLog, "LOG_LEVEL": "warning"]
    }

    func start(_ arguments: [String], _ changes: [String: String] = [:]) throws -> RunningProgram {
        try surroundings.start(arguments, environment.merging(changes) { $1 })
    }

    /// Runs a command to its end.
    func run(
        _ arguments: String..., input: String? = nil, _ changes: [String: String] = [:]
    ) async throws -> Result {
        let program = try start(arguments, changes)
        if let input { try program.send(input) }
        let exit = try await program.exitCode(within: 90)
        return Result(exit: exit, output: program.standardOutput, messages: program.standardError)
    }

    func worker(_ changes: [String: String] = [:]) throws -> RunningProgram {
        try start(["run"], ["LOG_LEVEL": "debug"].merging(changes) { $1 })
    }
}
