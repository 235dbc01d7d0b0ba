import ArgumentParser
import Foundation
import Logging
import Operations
import ProtectedIdentity
import RegisterFeeds

/// `protected-identity feed`.
struct FeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed",
        abstract: "Read registers' files and publish what they say as events: once, or --every.",
        discussion: """
            Formats: spar (SPAR's XML, change notices and look-up answers), cpr (CPR's records 004, 015, 016), csv and jsonl \
            (lists, their columns or members named in the configuration under feeds). gzip and zip are unpacked on the way; \
            - reads standard input. Files are read as streams, whatever their size.

            An event's identity follows from what the record says: the same file fed again adds nothing, and neither does one that \
            was interrupted. A folder's files go to done/ or failed/ in it, with a report beside them.

            Exit code 65: something was rejected, and the report says where. A file's rejects go to NAME.rejects.jsonl beside it \
            (in failed/ of a folder), readable by its owner alone; no value of a record stands in it.
            """)

    @Argument(help: "How the files are written: \(Self.formats).", transform: Self.format)
    var format: FeedFormat

    @Argument(
        help: ArgumentHelp("Files, folders, or - for standard input.", valueName: "file|dir"), completion: .file())
    var paths: [String]

    @OptionGroup var meaning: FeedMeaningOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Look again and again, so long after each other, until stopped.", valueName: "duration"),
        transform: { try DurationText.argument($0, atLeast: .seconds(1)) })
    var every: Duration?

    @Option(name: .long, help: ArgumentHelp("Publish so many events a second at most.", valueName: "events"))
    var rate: Int?

    @Flag(name: .long, help: "Count what would be published, show some of it masked, and publish and move nothing.")
    var dryRun = false

    @Option(
        name: .long,
        help: ArgumentHelp("Where rejects go; of one file, or of standard input.", valueName: "file"),
        completion: .file())
    var rejects: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if paths.isEmpty { throw ValidationError("name a file, a folder, or - for standard input") }
        if let rate, rate < 1 { throw ValidationError("--rate takes a whole number from 1") }
        if every != nil {
            if dryRun { throw ValidationError("--dry-run and --every exclude each other") }
            if !paths.allSatisfy(Self.isFolder) { throw ValidationError("--every takes folders") }
        }
        if rejects != nil, paths.count != 1 || Self.isFolder(paths[0]) {
            throw ValidationError("--rejects goes with one file, or with -")
        }
        if paths.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input can be read once") }
    }

    func run() async throws {
        let assembly = try options.assembly()
        let log = LogOutput(assembly.configuration.log)
        log.bootstrap()
        let logger = log.logger("protected-identity.feed")
        for warning in assembly.configuration.warnings { logger.warning("\(warning)") }
        let settings = try meaning.settings(format, rate: rate, assembly)
        let topic = assembly.configuration.topics.events
        if !dryRun { try await BrokerPreflight(assembly: assembly, topics: [topic], logger: logger).run() }
        let stop = StopFlag()
        let signals = StopSignals { stop.stop() }
        defer { signals.cancel() }
        let feeder = Feeder(
            settings: settings, kafka: dryRun ? nil : assembly.operations(logger), topic: topic, stop: stop,
            logger: logger)
        if let every {
            let folders = paths
            try await BlockingCall { () throws(any Error) in try feeder.repeatedly(folders, every: every) }.result()
            return
        }
        let inputs = inputs
        let result = try await BlockingCall { () throws(any Error) in try feeder.once(inputs) }.result()
        switch output.output {
        case .table: try StandardStreams.printResult(result.lines(isDry: dryRun).joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(FeedResult(result, isDry: dryRun))
        }
        for failure in result.failures.dropFirst() { logger.error("\(failure.message)") }
        if let failure = result.failure { throw failure }
        if !result.isClean { throw ArgumentParser.ExitCode(ExitCode.data.rawValue) }
    }

    private var inputs: [Feeder.Input] {
        paths.map { path in
            if path == "-" { return .file(.standardInput(rejects: rejects)) }
            if Self.isFolder(path) { return .folder(path) }
            return .file(FeedFile(path: path, rejects: dryRun ? rejects : rejects ?? path + ".rejects.jsonl"))
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static let formats = FeedFormat.allCases.map(\.rawValue).joined(separator: ", ")

    private static func format(_ text: String) throws -> FeedFormat {
        guard let format = FeedFormat(rawValue: text) else { throw ValidationError("write one of: \(formats)") }
        return format
    }
}
