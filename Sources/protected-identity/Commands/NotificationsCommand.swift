import ArgumentParser

/// `protected-identity notifications`: the notification worker.
struct NotificationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notifications", abstract: "Tell people that their contact will be deleted.",
        subcommands: [NotificationsRunCommand.self])
}

/// `protected-identity notifications run`.
struct NotificationsRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Consume commands to notify, send the notices that still stand, publish outcomes, until stopped.",
        discussion: """
            Notices go out by SMTP or by a signed webhook (notifications.transport), in the tenant's language, and never say \
            why. It ends as `run` does. The embedded registry has one process at a time: there `run --with notifications` does \
            the same within the worker.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try await WorkerProcess(options: options).run([.notifications])
    }
}
