import ArgumentParser

/// Tells everything that is wrong, at once, before a worker runs into it.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Look at configuration, broker, topics and store: all that is wrong, at once.",
        discussion: """
            It changes nothing, and may run beside a worker. It prints what it has found and the configuration that \
            holds, secrets masked. Exit code 0: the worker can run; 78: the configuration is to be changed; 69: the \
            broker, a topic or the store is.
            """)

    @Option(
        name: .long, help: ArgumentHelp("How long the broker may take for an answer.", valueName: "duration"),
        transform: { try DurationText.argument($0, atLeast: .milliseconds(1)) })
    var timeout = Duration.seconds(5)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let report = report()
        switch output.output {
        case .table: try StandardStreams.printResult(report.lines.joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(report)
        }
        if report.exit != .success { throw ArgumentParser.ExitCode(report.exit.rawValue) }
    }

    private func report() -> CheckReport {
        do throws(ConfigurationProblems) {
            return CheckReport(
                of: try options.assembly(), file: options.file, timeout: timeout)
        } catch {
            return CheckReport(error)
        }
    }
}
