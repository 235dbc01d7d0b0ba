import ContactStore
import ContactStoreConformance
import Foundation
import KafkaClient
import ProtectedIdentity
import Testing

@Suite("Operators' commands beside a worker", .fewAtOnce)
struct OperatorTests {
    private static let number = "20000125-2386"
    /// The number in any form, and what stands in the contact.
    private static let canaries = ["0001252386", "000125-2386", "Kanarie"]

    private func expectNothing(_ text: String, _ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let found = Self.canaries.filter { text.contains($0) }
        #expect(found.isEmpty, "in \(what)", sourceLocation: sourceLocation)
    }

    @Test("a person is protected and lifted by hand, and status and explain tell of it, without a personal value")
    func byHand() async throws {
        let surroundings = try await Surroundings(partitions: 2)
        let desk = try await QuarantineDesk(surroundings)
        try surroundings.add([try Events.contact("c-1", number: "200001252386", text: "Kanarie")])
        let worker = try desk.worker()
        let who = ["--tenant", "nordic-sport", "--country", "SE", "--output", "json"]

        let protecting = try desk.start(
            ["protect", "--reason", "phoned in", "--wait", "--operator", "ann"] + who)
        try protecting.send(Self.number + "\n")
        #expect(try await protecting.exitCode(within: 90) == 0, "\(protecting.standardError)")
        let protected = try #require(
            try JSONSerialization.jsonObject(with: Data(protecting.standardOutput.utf8)) as? [String: Any])
        #expect(protected["outcome"] as? String == "redacted")
        #expect(protected["contactIds"] as? [String] == ["c-1"])
        let id = try #require(protected["eventId"] as? String)

        let lifting = try desk.start(["lift", "--contact", "c-1", "--reason", "a mistake", "--wait"] + who)
        #expect(try await lifting.exitCode(within: 90) == 0, "\(lifting.standardError)")
        #expect(lifting.standardOutput.contains("protection-lifted"))
        #expect(try surroundings.contact("c-1", of: "nordic-sport")?.isProtected == false)

        let explained = try await desk.run("explain", "--event-id", id, "--output", "json").json()
        #expect(explained["outcome"] as? String == "redacted")
        #expect((explained["messages"] as? [[String: String]])?.first?["ceId"] == protected["ceId"] as? String)
        let unknown = try await desk.run("explain", "--event-id", "nobody's", "--output", "json").json()
        #expect(unknown["known"] as? Bool == false)
        let contact = try await desk.run("explain", "--contact", "c-1", "--tenant", "nordic-sport", "--output", "json")
            .json()
        #expect(contact["isProtected"] as? Bool == false)
        #expect(contact["registers"] as? [String: String] == ["operator": "not-protected"])

        let status = try await desk.run("status", "--output", "json").json()
        #expect((status["partitions"] as? [Any])?.count == 2)
        #expect(status["deletionsDue"] as? Int == 0)
        // The embedded broker forgets what a group has committed: everything seems to wait.
        #expect(try await desk.run("status", "--max-lag", "1000").exit == 0)
        #expect(try await desk.run("status", "--max-lag", "0").exit == 1)
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)

        let audit = try String(contentsOfFile: desk.auditLog, encoding: .utf8)
        #expect(audit.contains("\"operator\":\"ann\"") && audit.contains("\"action\":\"protect\""))
        #expect(audit.contains("\"numberDigest\":\"k1:") && audit.contains("\"contactId\":\"c-1\""))
        #expect(audit.contains(id))
        expectNothing(audit, "the audit log")
        try surroundings.capture(as: "by-hand")
        try surroundings.capture([Surroundings.events], as: "by-hand-events", partitions: 2)
        let said = try surroundings.read(Surroundings.events, partitions: 2)
        #expect(said.allSatisfy { $0.text(of: "ce_source") == OperatorEvent.source } && said.count == 2)
        expectNothing(said.map { String(decoding: $0.key ?? [], as: UTF8.self) }.joined(), "the events' keys")
    }

    @Test("lifting by hand takes back what was said by hand, and not the word of a feed that names no register")
    func feedsWord() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let desk = try await QuarantineDesk(surroundings)
        try surroundings.add([try Events.contact("c-1", number: "200001252386", text: "Kanarie")])
        let worker = try desk.worker()
        let data = """
            {"tenant":"nordic-sport","status":"protected","origin":"monitoring","country":"SE",\
            "observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"\(Self.number)"}
            """
        try surroundings.publish([event(id: "feed", data: data)])
        #expect(try await eventually(within: 40) { try surroundings.end(of: Surroundings.outcomes) == 1 })
        for command in ["protect", "lift"] {
            let said = try await desk.run(
                command, "--tenant", "nordic-sport", "--country", "SE", "--reason", "phoned in", "--wait",
                input: Self.number + "\n")
            #expect(said.exit == 0, "\(said.messages)")
        }
        let contact = try await desk.run("explain", "--contact", "c-1", "--tenant", "nordic-sport", "--output", "json")
            .json()
        #expect(contact["registers"] as? [String: String] == ["-": "protected", "operator": "not-protected"])
        #expect(contact["isProtected"] as? Bool == true)
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
    }

    @Test("what is typed wrong is refused, and never repeated")
    func refused() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let desk = try await QuarantineDesk(surroundings)
        func run(_ number: String, _ reason: String) async throws -> QuarantineDesk.Result {
            try await desk.run(
                "protect", "--tenant", "nordic-sport", "--country", "SE", "--reason", reason, input: number)
        }
        for (input, exit): (String, Int32) in [
            ("20000125-2387 Kanarie", 65), ("", 66), (String(repeating: "2", count: 500), 65), ("\n", 66),
        ] {
            let result = try await run(input, "phoned in")
            #expect(result.exit == exit, "\(result.messages)")
            expectNothing(result.everything, "what it said")
        }
        let told = try await run(Self.number, "it is 000125 2386")
        #expect(told.exit == 64)
        expectNothing(told.everything, "what it said")
        let nowhere = try await desk.run(
            "lift", "--tenant", "nordic-sport", "--country", "SE", "--reason", "phoned in", input: Self.number,
            ["TOPICS_EVENTS": "nowhere"])
        #expect(nowhere.exit == 69)
        #expect(try surroundings.end(of: Surroundings.events) == 0)
        #expect(try String(contentsOfFile: desk.auditLog, encoding: .utf8).isEmpty)
    }

    @Test("marked values are in nothing that list, redrive, status, explain and the audit log say, nor in any error")
    func canaries() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let desk = try await QuarantineDesk(surroundings)
        try surroundings.add([try Events.contact("200001252386", number: "200001252386", text: "Kanarie")])
        let worker = try desk.worker()
        let data = """
            {"tenant":"nordic-sport","status":"protected","origin":"monitoring","country":"SE",\
            "observedAt":"2026-11-23T09:29:58Z","name":"Kanarie",
            """
        let bad = "\(data)\"personalIdentityNumber\":\"20000125-2387 Kanarie\"}"
        let good = "\(data)\"personalIdentityNumber\":\"\(Self.number)\",\"contactId\":\"200001252386\"}"
        try surroundings.publish([
            event(id: "bad", key: Self.number, data: bad, headers: [RecordHeader("Kanarie", "Kanarie")]),
            event(id: Self.number, data: "Kanarie 0001252386"), event(id: "good", data: good),
        ])
        #expect(
            try await eventually(within: 40) {
                try surroundings.end(of: "protected-identity.quarantine") == 2
                    && surroundings.end(of: Surroundings.outcomes) == 1
            })
        let key = ["--private-key", desk.privateKey]
        let other = try await QuarantineDesk(try await Surroundings(partitions: 1))
        let commands = [
            ["quarantine", "list"], ["quarantine", "list", "--output", "json"] + key,
            ["quarantine", "show", "\(Surroundings.events)-0@0", "--private-key", other.privateKey],
            ["quarantine", "redrive", "--all", "--dry-run"] + key, ["quarantine", "redrive", "--all"] + key,
            ["quarantine", "redrive", "--all", "--max-redrives", "1", "--output", "json"],
            ["status"], ["status", "--output", "json"],
            ["explain", "--event-id", "good", "--source", "/registry/spar"],
            ["explain", "--event-id", Self.number, "--source", "/registry/spar", "--output", "json"],
            ["explain", "--contact", "200001252386", "--tenant", "nordic-sport"],
            ["explain", "--contact", "200001252386"],
        ]
        func expectSilence(of commands: [[String]]) async throws {
            for command in commands {
                let program = try desk.start(command, ["LOG_LEVEL": "trace"])
                #expect(try await program.exitCode(within: 60) != nil)
                let said = program.standardOutput + program.standardError
                #expect(!said.isEmpty)
                expectNothing(said, command.joined(separator: " "))
            }
        }
        try await expectSilence(of: commands)
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        let number = surroundings.folder.appending(path: "number").path
        try Data(Self.number.utf8).write(to: URL(filePath: number))
        let replay = ["replay", "--from", "0:0"]
        // The last but one is not typed as one should: an event's id holds a number.
        try await expectSilence(of: [
            replay + ["--dry-run"], replay + ["--number-file", number, "--country", "SE", "--output", "json"],
            replay + ["--number-file", number + ".not-there", "--country", "SE"], replay + ["--number-file", number],
            replay + ["--contact", "200001252386", "--republish"], replay + ["--event-id", Self.number],
            ["replay", "--owed", "--output", "json"],
        ])
        expectNothing(worker.standardError, "the worker's log")
        expectNothing(try String(contentsOfFile: desk.auditLog, encoding: .utf8), "the audit log")
        for record in try surroundings.read("protected-identity.quarantine") {
            var bytes = (record.key.map(Array.init) ?? []) + (record.value.map(Array.init) ?? [])
            for header in record.headers { bytes += Array(header.nameBytes) + (header.value.map(Array.init) ?? []) }
            #expect(Self.canaries.allSatisfy { Data(bytes).range(of: Data($0.utf8)) == nil })
        }
        try surroundings.capture(["protected-identity.quarantine"], as: "redriven")
        // It is there for whoever may see it.
        let shown = try await desk.run(
            "quarantine", "show", "\(Surroundings.events)-0@0", "--private-key", desk.privateKey)
        #expect(shown.exit == 0 && shown.output.contains("Kanarie"))
    }
}
