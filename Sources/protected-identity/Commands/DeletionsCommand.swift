import ArgumentParser

/// `protected-identity deletions`: the deletion worker.
struct DeletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deletions", abstract: "Delete contacts whose notice is over.",
        subcommands: [DeletionsRunCommand.self])
}

/// `protected-identity deletions run`.
struct DeletionsRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Consume requests for deletion, delete what is still due, publish outcomes, until stopped.",
        discussion: """
            A request is an occasion, not an order: the contact is deleted where the registry says, at that moment, that it is \
            protected and due, and the tenant's policy that it deletes. It ends as `run` does. The embedded registry has one \
            process at a time: there `run --with deletions` does the same within the worker.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await WorkerProcess(options: options).run([.deletions])
    }
}
