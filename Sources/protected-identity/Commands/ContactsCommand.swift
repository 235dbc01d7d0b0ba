import ArgumentParser

/// The embedded registry, by hand.
struct ContactsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts", abstract: "Fill the embedded contact registry, and look into it.",
        subcommands: [ContactsImportCommand.self, ContactsShowCommand.self])
}
