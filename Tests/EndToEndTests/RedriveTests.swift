import ContactStore
import ContactStoreConformance
import Foundation
import KafkaClient
import ProtectedIdentity
import Testing

@Suite("Redriving, as processes", .fewAtOnce)
struct RedriveTests {
    private static let quarantine = "protected-identity.quarantine"
    private static let (people, words) = (50, 20)

    /// Each person is said to be protected, not protected, protected, …, each time a second later.
    private static var events: [OutgoingRecord] {
        (0..<words).flatMap { word in
            (0..<people).map { person in
                let status = word.isMultiple(of: 2) ? "protected" : "not-protected"
                let second = word < 10 ? "0\(word)" : "\(word)"
                return event(
                    id: "e-\(person)-\(word)", key: "k-\(person)",
                    data: """
                        {"tenant":"nordic-sport","status":"\(status)","origin":"monitoring","country":"SE",\
                        "observedAt":"2026-11-23T09:29:\(second)Z","personalIdentityNumber":"\(Events.number(person))"}
                        """)
            }
        }
    }

    @Test(
        "a thousand records of a tenant that nobody had configured come back, killed in the middle, each processed once"
    )
    func redriven() async throws {
        let total = Self.people * Self.words
        let surroundings = try await Surroundings(roundTrip: 50)
        let desk = try await QuarantineDesk(surroundings)
        try surroundings.add(
            (0..<Self.people).map { try Events.contact("c-\($0)", number: Events.number($0), text: "Alva") })
        let before = try desk.worker(["TENANTS_OTHER_POLICY": "keep"])
        try surroundings.publish(Self.events)
        #expect(try await eventually(within: 60) { try surroundings.end(of: Self.quarantine) >= Int64(total) })
        before.signal(SIGTERM)
        #expect(try await before.exitCode() == 0)
        #expect(try surroundings.end(of: Surroundings.outcomes) == 0)

        let counts = try await desk.run("quarantine", "list", "--counts", "--output", "json").json()
        let byReason = (counts["counts"] as? [String: Any])?["byReason"] as? [String: [String: Int]]
        #expect(byReason == ["unknown-tenant": ["setAside": total, "redriven": 0]])

        let after = try desk.worker(["TENANTS_NORDIC_SPORT_POLICY": "keep"])
        let arguments = ["quarantine", "redrive", "--reason", "unknown-tenant", "--private-key", desk.privateKey]
        let killed = try desk.start(arguments)
        #expect(try await eventually(within: 60) { try surroundings.end(of: Self.quarantine) >= Int64(total + 100) })
        killed.signal(SIGKILL)
        #expect(try await killed.exitCode() != nil)
        let marked = try surroundings.end(of: Self.quarantine) - Int64(total)
        #expect(marked > 0 && marked < total, "it was to die in the middle")

        let stopped = try desk.start(arguments + ["--output", "json"])
        #expect(
            try await eventually(within: 60) {
                try surroundings.end(of: Self.quarantine) >= Int64(total) + marked + 100
            })
        stopped.signal(SIGTERM)
        #expect(try await stopped.exitCode(within: 60) == 75, "\(stopped.standardError)")
        #expect(stopped.standardError.contains("run it again to go on"))
        #expect(stopped.standardOutput.contains("\"stopped\" : true"))

        let resumed = try await desk.run(
            "quarantine", "redrive", "--all", "--private-key", desk.privateKey, "--output", "json")
        #expect(resumed.exit == 0, "\(resumed.messages)")
        let report = try resumed.json()
        #expect(report["selected"] as? Int == total)
        let (already, now) = (report["alreadyRedriven"] as? Int ?? 0, report["redriven"] as? Int ?? 0)
        #expect(already >= 100 && now > 0 && already + now == total)

        #expect(try await eventually(within: 60) { try surroundings.end(of: Surroundings.outcomes) >= Int64(total) })
        after.signal(SIGTERM)
        #expect(try await after.exitCode() == 0)
        try judge(surroundings, total: total)

        let again = try await desk.run("quarantine", "redrive", "--all", "--private-key", desk.privateKey)
        #expect(again.exit == 0)
        #expect(try surroundings.end(of: Self.quarantine) == Int64(2 * total))
    }

    private func judge(_ surroundings: Surroundings, total: Int) throws {
        let outcomes = try surroundings.read(Surroundings.outcomes)
        var types: [String: [String]] = [:]
        for outcome in outcomes {
            let data = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.text.utf8)) as? [String: Any])
            let id = (data["event"] as? [String: String])?["id"] ?? ""
            types[id, default: []].append(data["outcome"] as? String ?? "")
        }
        // Out of order a word would be superseded, or find nothing to do.
        for person in 0..<Self.people {
            for word in 0..<Self.words {
                let expected = word.isMultiple(of: 2) ? "redacted" : "protection-lifted"
                #expect(types["e-\(person)-\(word)"] == [expected])
            }
        }
        #expect(outcomes.count == total)
        // Copies that a dead transaction left may stand twice; the first of each stand in their persons' order.
        let copies = try surroundings.read(Surroundings.events, partitions: 4)
            .filter { $0.header("quarantine-redrives") != nil }
        var seen: Set<String> = []
        var order: [String: [String]] = [:]
        for copy in copies where seen.insert(copy.text(of: "ce_id") ?? "").inserted {
            let key = copy.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
            order[key, default: []].append(copy.text(of: "ce_id") ?? "")
        }
        for person in 0..<Self.people {
            #expect(order["k-\(person)"] == (0..<Self.words).map { "e-\(person)-\($0)" })
        }
        let setAside = try surroundings.read(Self.quarantine).filter { $0.header("quarantine-attempts") != nil }
        #expect(setAside.count == total)
    }

    @Test(
        "a command that was set aside goes back into its own topic, where its worker takes it, and not among the events"
    )
    func command() async throws {
        let deletions = "protected-identity.deletions"
        let surroundings = try await Surroundings(partitions: 1)
        let desk = try await QuarantineDesk(surroundings)
        let worker = try desk.start(["deletions", "run"], ["LOG_LEVEL": "debug"])
        try surroundings.publish([OutgoingRecord(topic: deletions, key: Array("c-1".utf8), value: Array("{}".utf8))])
        func attempts() throws -> [String?] {
            try surroundings.read(Self.quarantine).map { $0.text(of: "quarantine-attempts") }.filter { $0 != nil }
        }
        #expect(try await eventually(within: 40) { try attempts() == ["1"] }, "\(worker.standardError.suffix(2_000))")
        for dryRun in [["--dry-run"], []] {
            let result = try desk.start(
                ["quarantine", "redrive", "--source-topic", deletions, "--private-key", desk.privateKey] + dryRun)
            #expect(try await result.exitCode(within: 60) == 0, "\(result.standardError)")
        }
        #expect(
            try await eventually(within: 40) { try attempts() == ["1", "2"] }, "\(worker.standardError.suffix(2_000))")
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        let copies = try surroundings.read(deletions)
        #expect(copies.map { $0.key.map { String(decoding: $0, as: UTF8.self) } } == ["c-1", "c-1"])
        #expect(copies.last?.text(of: "quarantine-redrives") == "1")
        #expect(try surroundings.end(of: Surroundings.events) == 0)
        #expect(try surroundings.end(of: Surroundings.outcomes) == 0)
    }

    @Test("bad input ends with its code, says the way out, and puts nothing back")
    func badInput() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let desk = try await QuarantineDesk(surroundings)
        let worker = try desk.worker()
        try surroundings.publish([event(id: "bad", data: "{}", headers: [RecordHeader("quarantine-redrives", "1")])])
        #expect(try await eventually(within: 40) { try surroundings.end(of: Self.quarantine) == 1 })
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        let record = "\(Surroundings.events)-0@0"
        let key = ["--private-key", desk.privateKey]
        let wide = surroundings.folder.appending(path: "wide.pem").path
        try FileManager.default.copyItem(atPath: desk.privateKey, toPath: wide)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: wide)
        let other = try await QuarantineDesk(try await Surroundings(partitions: 1))
        // Another record's bytes under other coordinates.
        let sealed = try #require(try surroundings.read(Self.quarantine).first)
        var headers = sealed.headers.map { RecordHeader($0.name, $0.value.map { Array($0) }) }
        headers[2].value = [0, 0, 0, 0, 0, 0, 0, 7]
        try surroundings.publish([
            OutgoingRecord(topic: Self.quarantine, value: sealed.value.map { Array($0) }, headers: headers)
        ])

        func expect(
            _ exit: Int32, _ text: String, _ arguments: [String], _ changes: [String: String] = [:],
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let program = try desk.start(["quarantine"] + arguments, changes)
            #expect(try await program.exitCode(within: 60) == exit, sourceLocation: sourceLocation)
            let said = program.standardOutput + program.standardError
            #expect(said.contains(text), "\(said)", sourceLocation: sourceLocation)
        }
        try await expect(66, "--private-key", ["show", record, "--private-key", "/nowhere/key.pem"])
        try await expect(77, "chmod 600", ["show", record, "--private-key", wide])
        try await expect(65, "the private key given is another", ["show", record, "--private-key", other.privateKey])
        try await expect(65, "not what was sealed", ["show", "\(Surroundings.events)-0@7"] + key)
        try await expect(65, "quarantine list", ["show", "\(Surroundings.events)-0@99"] + key)
        try await expect(64, "give its private key", ["show", record])
        try await expect(64, "topic-partition@offset", ["show", "here"] + key)
        try await expect(64, "--private-key", ["list", "--tenant", "nordic-sport"])
        try await expect(64, "--all", ["redrive"])
        try await expect(69, "nowhere", ["list"], ["TOPICS_QUARANTINE": "nowhere"])
        try await expect(65, "topics.events", ["redrive", "--all"], ["TOPICS_EVENTS": "nowhere"])
        try await expect(78, "audit.log", ["show", record] + key, ["AUDIT_LOG": ""])
        try await expect(73, "nothing was done", ["show", record] + key, ["AUDIT_LOG": "/nowhere/audit.log"])
        try await expect(73, "nothing was done", ["redrive", "--all"] + key, ["AUDIT_LOG": "/nowhere/audit.log"])
        try await expect(65, "\(Surroundings.events)-0@99", ["redrive", "\(Surroundings.events)-0@99"] + key)
        try await expect(65, "\(Surroundings.events)-0@99", ["redrive", "\(Surroundings.events)-0@99", "--dry-run"])
        try await expect(65, "--max-redrives", ["redrive", record, "--max-redrives", "1"] + key)
        #expect(try surroundings.end(of: Self.quarantine) == 2)
        #expect(try surroundings.end(of: Surroundings.events) == 1)

        try await expect(0, "{}", ["show", record, "--why", "a question"] + key)
        let lines = try String(contentsOfFile: desk.auditLog, encoding: .utf8).split(separator: "\n")
        #expect(lines.last?.contains("\"coordinates\":\"\(record)\"") == true)
        #expect(lines.last?.contains("\"reason\":\"a question\"") == true)
    }
}
