import ArgumentParser

/// `protected-identity run`: the worker.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Consume events, redact contacts, publish outcomes, until stopped.",
        discussion: """
            SIGTERM or SIGINT: polling stops, what is in flight is finished (shutdown.timeout), the group is left, the \
            program ends with 0. A second signal ends it at once; nothing is lost by that, what was in flight comes again.
            """)

    @Option(
        name: .customLong("with"), parsing: .singleValue,
        help: ArgumentHelp(
            "Do this too, in the same process: \(WorkerExtras.names). The embedded registry needs it.",
            valueName: "names"))
    var extras: [WorkerExtras] = []

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        var duties = [WorkerDuty.redaction]
        for duty in extras.flatMap(\.duties) where !duties.contains(duty) { duties.append(duty) }
        try await WorkerProcess(options: options).run(duties)
    }
}
