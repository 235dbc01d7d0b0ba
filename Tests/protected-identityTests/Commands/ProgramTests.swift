import Foundation
import KafkaClient
import Logging
import SQLiteContactStore
import Testing

@testable import protected_identity

@Suite("The program: what it says and how it ends", .serialized)
struct ProgramTests {
    private static let rows = """
        contact_id,tenant,country,number,first_name,city
        c1,nordic,SE,20000125-2386,Astrid,Umea

        """
    private let folder = try? TemporaryFolder()

    private func store() throws -> [String: String] {
        ["STORE_URL": "sqlite://\(try #require(folder).file("contacts.sqlite"))"]
    }

    @Test("help and version go to standard output and end with 0")
    func help() throws {
        let help = try Program.run("--help")
        #expect(help.exit == 0)
        #expect(help.output.contains("check") && help.output.contains("78 wrong configuration"))
        #expect(try Program.run("--version").exit == 0)
    }

    @Test("a wrong command line: the usage on standard error, and 64")
    func usage() throws {
        let result = try Program.run("keys", "generate")
        #expect(result.exit == 64)
        #expect(result.messages.contains("--print-secrets"))
        #expect(result.output.isEmpty)
    }

    @Test(
        "a number, or a name, on the command line is not repeated, wherever it stands",
        arguments: [
            ["protect", "20000125-2386"],
            ["protect", "--tenant", "nordic", "--country", "SE", "--reason", "r", "Kanarie", "0001252386"],
            ["protect", "20000125", "2386"], ["20000125-2386"], ["help", "20000125-2386"],
            ["replay", "--from", "24h", "--country", "SE", "--number", "200001252386"],
            ["replay", "--from", "24h", "--country", "SE", "--number=200001252386"],
            ["protect", "--country", "20000125 2386", "--tenant", "nordic", "--reason", "r"],
            ["protect", "--tenant=20000125 - 2386", "--country", "SE", "--reason", "r"],
            ["lift", "--200001252386"], ["lift", "--200001252386=Kanarie"], ["lift", "-200001252386"],
            ["quarantine", "list", "--from", "2000-01-25-2386"], ["quarantine", "show", "20000125-2386"],
            ["quarantine", "redrive", "--all", "--why", "ticket 200001252386"],
            ["quarantine", "show", "events-0@1", "--operator", "Kanarie 200001252386"],
        ])
    func arguments(_ arguments: [String]) throws {
        let result = try Program.run(arguments)
        #expect(result.exit == 64 || arguments.first == "help")
        let said = result.output + result.messages
        #expect(!said.isEmpty)
        for text in ["2386", "0125", "Kanarie"] { #expect(!said.contains(text), "\(said)") }
    }

    @Test("what is wrong on the command line is said all the same, and what is no number is repeated")
    func wrongArguments() throws {
        let extra = try Program.run(
            "protect", "--tenant", "nordic", "--country", "SE", "--reason", "r", "20000125-2386"
        ).messages
        #expect(extra.contains("standard input, never from the command line") && extra.contains("Usage:"))
        let country = try Program.run(
            "protect", "--country", "20000125-2386", "--tenant", "nordic", "--reason", "r"
        ).messages
        #expect(country.contains("invalid for '--country <country>'") && country.contains("write SE or DK"))
        #expect(try Program.run("check", "--output", "xml").messages.contains("'xml'"))
        #expect(try Program.run("check", "--outptu", "json").messages.contains("Did you mean '--output'?"))
    }

    @Test("an unknown key and a missing digest key are told together, and end with 78")
    func configuration() throws {
        let file = try #require(folder).write("kafka:\n  bootstrapServer: localhost:9092\n", to: "worker.yaml")
        let result = try Program.run("check", "--config", file)
        #expect(result.exit == 78)
        for text in [
            "kafka.bootstrapServer", "Did you mean kafka.bootstrapServers?", "identity.digestKeys", "store.url",
        ] {
            #expect(result.output.contains(text))
        }
    }

    @Test("check against a broker without topics: 69, in JSON for scripts")
    func topics() throws {
        let broker = try EmbeddedBroker(logger: Logger(label: "broker") { _ in SwiftLogNoOpLogHandler() })
        let environment = try Fixture.environment.merging(store()) { $1 }.merging([
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers
        ]) { $1 }
        let result = try Program.run("check", "--output", "json", environment: environment)
        #expect(result.exit == 69)
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        #expect(object?["problems"] as? Int == 5)
        #expect(!result.output.contains(Fixture.digestKey))
    }

    @Test("contacts come in from a file or standard input, and are shown masked unless asked for")
    func contacts() throws {
        let file = try #require(folder).write(Self.rows, to: "contacts.csv")
        let first = try Program.run("contacts", "import", file, environment: store())
        #expect(first.exit == 0)
        #expect(first.output == "1 new, 0 replaced, 0 unchanged\n")
        let again = try Program.run(
            "contacts", "import", "-", "--replace", "--output", "json", environment: store(),
            input: Self.rows.replacing("Astrid", with: "Aina"))
        #expect(again.exit == 0)
        #expect(again.output.contains("\"replaced\" : 1"))

        let masked = try Program.run("contacts", "show", "c1", "--tenant", "nordic", environment: store())
        #expect(masked.exit == 0)
        #expect(masked.output.contains(Secret.mask))
        let json = try Program.run(
            "contacts", "show", "c1", "--tenant", "nordic", "--output", "json", environment: store())
        for text in ["Aina", "Umea", "2386"] {
            #expect(!masked.output.contains(text))
            #expect(!json.output.contains(text))
        }
        let revealed = try Program.run("contacts", "show", "c1", "--tenant", "nordic", "--reveal", environment: store())
        #expect(revealed.output.contains("Aina") && revealed.output.contains("20000125-2386"))
    }

    @Test("a contact that is not there: 65, without its id")
    func noContact() throws {
        let file = try #require(folder).write(Self.rows, to: "contacts.csv")
        _ = try Program.run("contacts", "import", file, environment: store())
        let result = try Program.run("contacts", "show", "20000125-2386", "--tenant", "nordic", environment: store())
        #expect(result.exit == 65)
        #expect(!result.messages.contains("2386"))
    }

    @Test("every corrupt row is told with line and column, never with a value; nothing is imported; 65")
    func corrupt() throws {
        let rows = Self.rows + "c2,nordic,SE,20000125-9999,Bo,Lund\nc3,Big Tenant,SE,,Cecilia,Lund\nc4,nordic\n"
        let file = try #require(folder).write(rows, to: "contacts.csv")
        let result = try Program.run("contacts", "import", file, environment: store())
        #expect(result.exit == 65)
        for text in ["\(file), line 3, number:", "\(file), line 4, tenant:", "\(file), line 5:"] {
            #expect(result.messages.contains(text))
        }
        for text in ["9999", "Bo", "Cecilia", "Big Tenant"] { #expect(!result.messages.contains(text)) }
        let shown = try Program.run("contacts", "show", "c1", "--tenant", "nordic", environment: store())
        #expect(shown.exit == 65)
    }

    @Test("a file that is not there: 66, and no registry is made for it")
    func noFile() throws {
        let folder = try #require(folder)
        let result = try Program.run("contacts", "import", folder.file("missing.csv"), environment: store())
        #expect(result.exit == 66)
        #expect(result.messages.contains("missing.csv"))
        #expect(try folder.names() == [])
    }

    @Test("a registry that another process holds: its pid, and 75")
    func inUse() throws {
        let folder = try #require(folder)
        let store = try SQLiteContactStore(path: folder.file("contacts.sqlite"))
        defer { store.close() }
        let file = try folder.write(Self.rows, to: "contacts.csv")
        let result = try Program.run("contacts", "import", file, environment: self.store())
        #expect(result.exit == 75)
        #expect(result.messages.contains("process \(ProcessInfo.processInfo.processIdentifier)"))
    }

    @Test("a folder that is not there: 73; a file that is no registry: 69")
    func wrongFile() throws {
        let folder = try #require(folder)
        let file = try folder.write(Self.rows, to: "contacts.csv")
        let missing = try Program.run(
            "contacts", "import", file, environment: ["STORE_URL": "sqlite://\(folder.file("no/contacts.sqlite"))"])
        #expect(missing.exit == 73)
        #expect(missing.messages.contains("folder does not exist"))
        let wrong = try Program.run("contacts", "import", file, environment: ["STORE_URL": "sqlite://\(file)"])
        #expect(wrong.exit == 69)
        #expect(wrong.messages.contains(file))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == Self.rows, "it is left as it was")
    }

    @Test("a registry that may not be written: 77", .enabled(if: geteuid() != 0, "root may write everything"))
    func readOnly() throws {
        let folder = try #require(folder)
        let path = folder.file("contacts.sqlite")
        try SQLiteContactStore(path: path).close()
        chmod(path, 0o400)
        let result = try Program.run(
            "contacts", "import", folder.write(Self.rows, to: "contacts.csv"), environment: store())
        #expect(result.exit == 77)
        #expect(result.messages.contains("write access"))
    }
}
