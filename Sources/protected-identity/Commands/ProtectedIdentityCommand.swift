import ArgumentParser
import Foundation
import ProtectedIdentity

/// The program. Each command is in a file of its own beside this one.
@main
struct ProtectedIdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protected-identity",
        abstract: "Clears personal data of people with a protected identity, as events from Kafka say.",
        discussion: """
            The configuration is a YAML file (--config) and the environment, which wins: kafka.bootstrapServers is \
            KAFKA_BOOTSTRAP_SERVERS. `check` prints what holds.

            Exit codes: \(ExitCode.allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ")).
            """,
        version: ProgramVersion.text,
        subcommands: [
            DemoCommand.self, RunCommand.self, SweepCommand.self, NotificationsCommand.self, DeletionsCommand.self,
            CheckCommand.self, MigrateCommand.self, ContactsCommand.self, ReplayCommand.self, QuarantineCommand.self,
            FeedCommand.self, ProtectCommand.self,
            LiftCommand.self, StatusCommand.self, ExplainCommand.self, KeysCommand.self,
        ])

    /// Runs the command that the arguments name, tells a person what went wrong, and ends with a code of ``ExitCode``.
    static func main() async {
        Foundation.exit(await run(Array(CommandLine.arguments.dropFirst())))
    }

    /// As ``main()``, without the end of the process.
    static func run(_ arguments: [String]) async -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitCode.success.rawValue
        } catch {
            return report(error, arguments)
        }
    }

    /// Prints what there is to say of an error and returns its exit code. Help and version arrive as errors too.
    private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        if let ended = error as? ArgumentParser.ExitCode { return ended.rawValue }
        let code = exitCode(for: error)
        let isOwn = code != .success && code != .validationFailure
        guard !isOwn else {
            let failure = CommandFailure(error)
            StandardStreams.printMessage("protected-identity: \(failure.message)")
            return failure.exit.rawValue
        }
        let message = ParserMessage(
            fullMessage(for: error), message: message(for: error), arguments: arguments, today: WallClock.now().date
        ).text
        if code == .success {
            if !message.isEmpty { try? StandardStreams.printResult(message) }
            return ExitCode.success.rawValue
        }
        StandardStreams.printMessage(message)
        return ExitCode.usage.rawValue
    }
}
