import ArgumentParser
import Foundation
import Logging
import ProtectedIdentity

/// `protected-identity demo`: the main job in one process, to be watched.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "See it work: embedded broker, embedded registry, worker and sample feed in one process.",
        discussion: """
            Imports the example contacts, publishes the example events, lets the worker do its job, and reads from the \
            topics what downstream workers would. Then contacts of a tenant that deletes are told, the clock is moved \
            past the notice period, and they are deleted; notices are printed, not sent. Every event and every deletion \
            is held against what the contract says becomes of it; the command fails if one of them came out otherwise.
            """)

    @Option(help: "Then feed this many generated events, too, and watch rate and memory.")
    var events = 0

    @Flag(help: "Then drop a register's file into a folder, feed it, and feed it again.")
    var fromRegister = false

    @Option(help: ArgumentHelp("Keep the registry's files in this new folder.", valueName: "folder"))
    var keep: String?

    @Option(help: ArgumentHelp("The folder of the example contacts and events.", valueName: "folder"))
    var examples = "schemas/examples"

    func validate() throws {
        guard (0...10_000_000).contains(events) else { throw ValidationError("--events takes 0 to 10000000.") }
    }

    func run() async throws {
        var logger = Logger(label: "protected-identity.demo")
        logger.logLevel = .error
        let folder = try DemoFolder(keep: keep)
        defer { folder.removeIfTemporary() }

        var example = try ExampleDemo(examples: URL(filePath: examples), folder: folder.url, logger: logger)
        try await example.run()
        var isRight = try await example.report()
        if fromRegister {
            let isFed = try await RegisterDemo(folder: folder.url, logger: logger).run()
            print(isFed ? "Everybody once, and the second time nothing." : "That is not what should have come of it.")
            isRight = isRight && isFed
        }
        if events > 0 {
            try await GeneratedDemo(events: events, folder: folder.url, logger: logger).run()
        }
        if let keep { print("\nThe registry is kept in \(keep): sqlite3 \(keep)/registry.sqlite") }
        if !isRight { throw CommandFailure(.software, "the demo did not end as the contract says") }
    }
}

/// Where the demo keeps its files.
private struct DemoFolder {
    let url: URL
    private let isTemporary: Bool

    init(keep: String?) throws {
        isTemporary = keep == nil
        url =
            keep.map { URL(filePath: $0) }
            ?? FileManager.default.temporaryDirectory.appending(path: "protected-identity-demo-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(
                .cannotCreate, "the folder \(url.path) cannot be made: --keep takes a new folder in an existing one")
        }
    }

    func removeIfTemporary() {
        if isTemporary { try? FileManager.default.removeItem(at: url) }
    }
}
