import ContactStore
import Foundation
import KafkaClient
import ProtectedIdentity
import Testing

@Suite("No personal value leaves", .fewAtOnce)
struct CanaryTests {
    /// Marked values. What follows is looked for in every byte that leaves, in any form in which it could.
    private static let numbers = ["200001252386", "000125-2386", "0001252386", "20000125-2386"]
    private static let words = [
        "Kanariefågel", "Kanarie", "Canarygatan", "KANARIEBY", "skyddad-folkbokforing-kanarie", "who@",
    ]

    @Test("marked values are found in no topic but the events, in no log line, in no file of the registry")
    func canary() async throws {
        let surroundings = try await Surroundings()
        var details = RegistryContact.Details()
        details.number = Sensitive("000125-2386")
        details.firstName = Sensitive("Kanariefågel")
        details.lastName = Sensitive("Kanarie")
        details.street = Sensitive("Canarygatan 7")
        details.city = Sensitive("KANARIEBY")
        details.email = Sensitive("who@example.com")
        try surroundings.add([
            RegistryContact(
                key: ContactKey(
                    tenant: try #require(TenantName(rawValue: "nordic-sport")),
                    id: try #require(ContactID(rawValue: "c-1"))),
                country: CountryCode(.sweden), details: details)
        ])
        let worker = try surroundings.start(
            ["run", "--with", "sweep,deletions"],
            deleting.merging(["LOG_LEVEL": "trace", "SWEEP_EVERY": "1s"]) { $1 })
        let admin = try await AdminClient(of: worker)
        let records = Self.records
        try surroundings.publish(records)
        #expect(
            try await eventually(within: 40) {
                let outcomes = try surroundings.read(Surroundings.outcomes)
                let aside = try surroundings.read("protected-identity.quarantine")
                // And who is protected is deleted a second later, their e-mail address with them.
                return outcomes.count + aside.count > records.count
                    && outcomes.contains { $0.text(of: "ce_type") == "protected-identity.contact.deleted.v1" }
            })
        var leaks: [String] = []
        for path in ["/", "/status.json", "/metrics", "/health/live", "/health/ready", "/nothing?q=20000125-2386"] {
            let answer = try await admin.get(path).text
            leaks += Self.canaries(in: Array(answer.utf8)).map { "\($0) at \(path)" }
            // Nor who is protected: a contact's id would say it.
            if answer.contains("c-1") { leaks.append("a contact's id at \(path)") }
        }
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)

        for topic in Surroundings.written {
            for record in try surroundings.read(topic) {
                var parts = [record.key.map(Array.init) ?? [], record.value.map(Array.init) ?? []]
                for header in record.headers { parts += [Array(header.nameBytes), header.value.map(Array.init) ?? []] }
                for part in parts { leaks += Self.canaries(in: part).map { "\($0) in \(topic)@\(record.offset)" } }
            }
        }
        leaks += Self.canaries(in: Array(worker.standardError.utf8)).map { "\($0) in the log" }
        leaks += Self.canaries(in: Array(worker.standardOutput.utf8)).map { "\($0) on standard output" }
        for suffix in ["", "-wal", "-shm"] {
            let bytes = (try? Data(contentsOf: URL(filePath: surroundings.database + suffix))) ?? Data()
            leaks += Self.canaries(in: Array(bytes)).map { "\($0) in registry.sqlite\(suffix)" }
        }
        #expect(leaks.isEmpty)
        #expect(!worker.standardError.isEmpty)
    }

    /// Events that carry the marked values wherever a feed could put them, right and wrong ones.
    private static var records: [OutgoingRecord] {
        func data(_ members: String) -> String {
            """
            {"tenant":"nordic-sport","origin":"monitoring","country":"SE","observedAt":"2026-11-23T09:29:58Z",\
            "registry":"SPAR","protection":"skyddad-folkbokforing-kanarie","name":"Kanariefågel",\
            "street":"Canarygatan 7",\(members)}
            """
        }
        func number(_ text: String) -> String { "\"personalIdentityNumber\":\"\(text)\"" }
        let protected = "\"status\":\"protected\",\"personalIdentityNumber\":\"20000125-2386\""
        return [
            event(id: "plain", key: "20000125-2386", data: data(protected)),
            event(id: "notice/000125-2386/1", key: "k", data: data(protected)),
            event(id: "again", data: data("\"status\":\"not-protected\",\"personalIdentityNumber\":\"000125-2386\"")),
            event(id: "bad-status", data: data("\"status\":\"Kanarie\",\"personalIdentityNumber\":\"200001252386\"")),
            event(id: "bad-number", data: data("\"status\":\"protected\"," + number("20000125-2387 Kanarie"))),
            event(id: "other-type", data: data(protected), headers: [RecordHeader("Kanarie", "Kanarie")]),
            event(id: "cut", data: String(data(protected).dropLast(9))),
            event(id: "200001252386", data: "Kanariefågel 20000125-2386"),
            event(
                id: "contact",
                data: data("\"status\":\"protected\",\"contactId\":\"200001252386\"," + number("200001252386"))),
            OutgoingRecord(topic: Surroundings.events, key: nil, value: Array("Kanarie 0001252386".utf8)),
        ]
    }

    private static func canaries(in bytes: [UInt8]) -> [String] {
        let data = Data(bytes)
        return (numbers + words).filter { data.range(of: Data($0.utf8)) != nil }
    }
}
