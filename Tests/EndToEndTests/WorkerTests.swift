import ContactStore
import Foundation
import KafkaClient
import ProtectedIdentity
import SQLiteContactStore
import Testing

@Suite("The worker as a process", .fewAtOnce)
struct WorkerTests {
    private static let protected = """
        {"tenant":"nordic-sport","status":"protected","origin":"monitoring","country":"SE",\
        "observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"20000125-2386","registry":"SPAR"}
        """

    @Test("an event clears the contact, its outcome has the contract's form, SIGTERM drains and leaves with 0")
    func mainJob() async throws {
        let surroundings = try await Surroundings()
        try surroundings.add([try contact("c-1", number: "000125-2386")])
        let worker = try surroundings.startWorker()
        try surroundings.publish([
            event(
                id: "e-1", data: Self.protected,
                headers: [RecordHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]),
            OutgoingRecord(
                topic: Surroundings.events, key: Array("k2".utf8),
                value: Array(
                    """
                    {"specversion":"1.0","id":"s-1","source":"/registry/cpr","type":"protected-identity.status.v1","data":\
                    {"tenant":"nordic-sport","status":"not-protected","origin":"lookup","country":"DK",\
                    "observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"070761-4285"}}
                    """.utf8),
                headers: [RecordHeader("content-type", "Application/CloudEvents+json; charset=UTF-8")]),
        ])
        var outcomes: [RecordView] = []
        #expect(
            try await eventually(within: 30) {
                outcomes = try surroundings.read(Surroundings.outcomes)
                return outcomes.count == 2
            })
        let redacted = try #require(outcomes.first { $0.text.contains("e-1") })
        let decidedAt = try #require(redacted.text(of: "ce_time"))
        #expect(
            redacted.text == """
                {"tenant":"nordic-sport","contactIds":["c-1"],"outcome":"redacted","event":{"source":"/registry/spar",\
                "id":"e-1"},"decidedAt":"\(decidedAt)","cleared":["name","address","personalIdentityNumber"],\
                "deletion":{"policy":"keep"}}
                """)
        #expect(redacted.key.map { String(decoding: $0, as: UTF8.self) } == "c-1")
        #expect(redacted.text(of: "ce_type") == "protected-identity.contact.redacted.v1")
        #expect(redacted.text(of: "ce_source") == "/protected-identity-worker")
        #expect(redacted.text(of: "content-type") == "application/json")
        #expect(redacted.text(of: "traceparent") == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        #expect(outcomes.contains { $0.text.contains("\"outcome\":\"unmatched\"") && $0.text.contains("s-1") })

        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        let cleared = try #require(try surroundings.contact("c-1", of: "nordic-sport"))
        #expect(cleared.isProtected)
        #expect(cleared.details.holding.isEmpty)
        #expect(cleared.details.email?.reveal() == "c-1@example.com")
    }

    /// The mock cluster shows records of transactions that nobody has committed, so a batch that was being published when
    /// its worker was killed is seen, and seen again when it is published for good. What it cannot hide: a lost event, and
    /// a second outcome that is not the first one's copy.
    @Test("killed with -9 again and again it loses nothing, and decides nothing twice")
    func killed() async throws {
        let surroundings = try await Surroundings()
        let people = 400
        try surroundings.add(try (0..<people).map { try contact("c-\($0)", number: nil) })
        let (rounds, batch) = (3, 20)
        let total = rounds * people
        var worker = try surroundings.startWorker(["BATCH_MAX_RECORDS": "\(batch)"])
        for round in 0..<rounds {
            try surroundings.publish(
                (0..<people).map { index in
                    let data = """
                        {"tenant":"nordic-sport","status":"\(round == 1 ? "not-protected" : "protected")",\
                        "origin":"monitoring","country":"SE","observedAt":"2026-11-2\(round)T09:29:58Z",\
                        "contactId":"c-\(index)"}
                        """
                    return event(id: "r\(round)-\(index)", key: "c-\(index)", data: data)
                })
            // Killed somewhere in the middle of its work, wherever that is.
            let enough = try surroundings.read(Surroundings.outcomes).count + 40
            _ = try await eventually(within: 30) { try surroundings.read(Surroundings.outcomes).count >= enough }
            worker.signal(SIGKILL)
            #expect(try await worker.exitCode() != nil)
            worker = try surroundings.startWorker(["BATCH_MAX_RECORDS": "\(batch)"])
        }
        func outcomes() throws -> [String: [String]] {
            let records = try surroundings.read(Surroundings.outcomes)
            return Dictionary(grouping: records) { $0.text(of: "ce_id") ?? "" }.mapValues { $0.map(\.text) }
        }
        // What a killed worker had not committed is seen here as well: its successor has still to publish it.
        let registry = try SQLiteContactReader(path: surroundings.database)
        #expect(
            try await eventually(within: 60) {
                try outcomes().count >= total && registry.counts().unpublished == 0
            })
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        #expect(try surroundings.unpublishedSlices() == [])
        let decided = try outcomes()
        #expect(decided.count == total)
        #expect(decided.values.allSatisfy { Set($0).count == 1 })
        // Copies come from the batch in an open transaction, and, since the mock forgets the offsets that would prove them
        // published, from the batches that were not yet settled: the one under way through the store, and the one before.
        #expect(decided.values.reduce(0) { $0 + $1.count } <= total + rounds * 3 * batch)
        for index in 0..<people {
            let contact = try #require(try surroundings.contact("c-\(index)", of: "nordic-sport"))
            #expect(contact.isProtected && contact.details.holding.isEmpty)
        }
    }

    @Test("a missing topic is named, with the way out")
    func missingTopic() async throws {
        let surroundings = try await Surroundings()
        let worker = try surroundings.startWorker(["TOPICS_EVENTS": "events-of-nobody"])
        #expect(try await worker.exitCode() == 69)
        #expect(worker.standardError.contains("events-of-nobody"))
        #expect(worker.standardError.contains("topics."))
    }

    @Test("a second process on the same registry is told so")
    func secondProcess() async throws {
        let surroundings = try await Surroundings()
        let first = try surroundings.startWorker()
        #expect(
            try await eventually(within: 20) { FileManager.default.fileExists(atPath: surroundings.database + "-wal") })
        let second = try surroundings.startWorker()
        #expect(try await second.exitCode() == 75)
        #expect(second.standardError.contains("in use by process"))
        first.signal(SIGTERM)
        #expect(try await first.exitCode() == 0)
    }

    private func contact(_ id: String, number: String?) throws -> RegistryContact {
        var details = RegistryContact.Details()
        details.number = number.map { Sensitive($0) }
        details.firstName = Sensitive("Alva")
        details.street = Sensitive("Storgatan 1")
        details.email = Sensitive("\(id)@example.com")
        return RegistryContact(
            key: ContactKey(
                tenant: try #require(TenantName(rawValue: "nordic-sport")), id: try #require(ContactID(rawValue: id))),
            country: CountryCode(.sweden), details: details)
    }
}
