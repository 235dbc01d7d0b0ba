import ArgumentParser
import Operations
import Testing

@testable import protected_identity

@Suite("The command line")
struct CommandParsingTests {
    private func parse<Command: ParsableCommand>(_ type: Command.Type, _ arguments: String...) throws -> Command {
        try #require(try ProtectedIdentityCommand.parseAsRoot(arguments) as? Command)
    }

    @Test("check takes a configuration, a form of output and a time limit")
    func check() throws {
        let command = try parse(
            CheckCommand.self, "check", "--config", "w.yaml", "--output", "json", "--timeout", "250ms")
        #expect(command.options.file == "w.yaml")
        #expect(command.output.output == .json)
        #expect(command.timeout == .milliseconds(250))
    }

    @Test("without options there is no file, a table, and five seconds")
    func defaults() throws {
        let command = try parse(CheckCommand.self, "check")
        #expect(command.options.file == nil)
        #expect(command.output.output == .table)
        #expect(command.timeout == .seconds(5))
    }

    @Test("contacts import and contacts show take what they are about")
    func contacts() throws {
        let importing = try parse(ContactsImportCommand.self, "contacts", "import", "-", "--replace")
        #expect(importing.file == "-" && importing.replace)
        let showing = try parse(ContactsShowCommand.self, "contacts", "show", "c1", "--tenant", "nordic", "--reveal")
        #expect(showing.id == "c1" && showing.tenant == "nordic" && showing.reveal)
        #expect(try !parse(ContactsShowCommand.self, "contacts", "show", "c1", "--tenant", "nordic").reveal)
    }

    @Test("a sweep is one of everything, unless it is told otherwise")
    func sweep() throws {
        let once = try parse(SweepCommand.self, "sweep")
        #expect(once.every == nil && once.only.isEmpty && !once.dryRun)
        let some = try parse(
            SweepCommand.self, "sweep", "--every", "1m", "--only", "purge", "--only", "owed", "--output", "json",
            "--full",
            "--rate", "5000")
        #expect(some.every == .seconds(60) && some.only == [.purge, .owed] && some.output.output == .json)
        #expect(some.full && some.rate == 5_000 && !once.full && once.rate == nil)
        #expect(try parse(RunCommand.self, "run", "--with", "sweep").extras == [WorkerExtras([.sweep])])
        #expect(
            try parse(RunCommand.self, "run", "--with", "sweep,deletions", "--with", "sweep").extras == [
                WorkerExtras([.sweep, .deletions]), WorkerExtras([.sweep]),
            ])
        #expect(try parse(RunCommand.self, "run").extras.isEmpty)
        _ = try parse(DeletionsRunCommand.self, "deletions", "run")
    }

    @Test(
        "a wrong command line ends with 64",
        arguments: [
            ["frob"], ["--bogus"], ["check", "--output", "xml"], ["check", "--timeout", "soon"],
            ["check", "--timeout", "0s"], ["contacts", "import"], ["contacts", "show", "c1"],
            ["contacts", "show", "c1", "--tenant", "No Tenant"], ["contacts", "show", "", "--tenant", "nordic"],
            ["sweep", "--only", "everything"], ["sweep", "--every", "10ms"], ["sweep", "--rate", "0"],
            ["sweep", "--every", "1m", "--dry-run"],
            ["run", "--with", "luck"], ["run", "--with", "sweep,"], ["run", "--with", "redaction"],
            ["deletions", "stop"],
            ["migrate", "--with-deletions"], ["keys", "generate"],
            ["keys", "generate", "--print-secrets", "--id", "no id"],
            ["keys", "generate", "--digest-keys", "a", "--private-key", "a"],
            ["quarantine", "list", "--reason", "luck"], ["quarantine", "list", "--from", "yesterday"],
            ["quarantine", "list", "--from", "1h", "--to", "2h"], ["quarantine", "list", "--tenant", "nordic"],
            ["quarantine", "show"], ["quarantine", "show", "here"], ["quarantine", "redrive"],
            ["quarantine", "redrive", "--all", "--reason", "unknown-tenant"],
            ["quarantine", "redrive", "--all", "--max-redrives", "0"],
            ["quarantine", "redrive", "--all", "--why", "ticket 200001252386"],
            ["quarantine", "list", "--why", "193001010507"],
            ["quarantine", "show", "events-0@1", "--why", "for 000125-2386"],
            ["quarantine", "show", "events-0@1", "--operator", "bob 193001010507"],
            ["quarantine", "redrive", "--all", "--operator", "bob 19300101-0507"],
            ["protect", "--tenant", "nordic", "--country", "SE", "--reason", "as 193001010507"],
            ["lift", "--tenant", "nordic", "--country", "SE", "--reason", "why", "--operator", "193001010507"],
            ["lift", "--tenant", "nordic", "--country", "SE", "--reason", "why", "--registry", "193001010507"],
            ["protect", "--tenant", "nordic", "--country", "SE"],
            ["protect", "--tenant", "nordic", "--country", "NO", "--reason", "why"],
            ["lift", "--tenant", "nordic", "--country", "SE", "--reason", " "], ["explain"],
            ["explain", "--event-id", "e", "--contact", "c"], ["status", "--max-lag", "-1"],
            ["status", "--max-age", "soon"],
        ])
    func usage(_ arguments: [String]) async {
        #expect(await ProtectedIdentityCommand.run(arguments) == 64)
    }
}
