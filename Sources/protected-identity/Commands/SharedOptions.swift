import ArgumentParser
import Foundation

/// Where the configuration is.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration file, in YAML. Environment variables win over it.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String?

    /// The whole configuration, made into parts.
    func assembly() throws(ConfigurationProblems) -> Assembly {
        try Assembly.load(file: file, environment: ProcessInfo.processInfo.environment)
    }

    /// The registry's part of the configuration alone.
    func store() throws(ConfigurationProblems) -> StoreConfiguration {
        try WorkerConfiguration.loadStore(file: file, environment: ProcessInfo.processInfo.environment)
    }
}

/// The form of a result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case table
    /// For scripts.
    case json
}

/// How a command prints its result.
struct OutputOptions: ParsableArguments {
    @Option(name: .long, help: "How the result is printed.")
    var output: OutputFormat = .table
}
