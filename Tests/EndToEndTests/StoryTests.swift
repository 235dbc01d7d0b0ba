import ContactStore
import ContactStoreConformance
import Foundation
import KafkaClient
import ProtectedIdentity
import TestServers
import Testing

@Suite("From redacted to deleted", .fewAtOnce)
struct StoryTests {
    private static let all = "sweep,deletions,notifications"
    private static let notifications = "protected-identity.notifications"

    /// A tenant that deletes a few seconds after its decision, once the person was told.
    private func settings(_ mail: TestServer) -> [String: String] {
        [
            "TENANTS_DEFAULT_POLICY": "delete", "TENANTS_DEFAULT_NOTICE_PERIOD": "3s", "TENANTS_DEFAULT_LANGUAGE": "da",
            "TENANTS_DEFAULT_TERMS_URL": "https://example.com/terms",
            "TENANTS_DEFAULT_SUPPORT_CONTACT": "help@shop.example",
            "SWEEP_EVERY": "1s", "NOTIFICATIONS_TRANSPORT": "smtp",
            "NOTIFICATIONS_SMTP_URL": "smtp://127.0.0.1:\(mail.port)",
            "NOTIFICATIONS_SMTP_FROM": "Shop <no-reply@shop.example>",
        ]
    }

    private func contact(_ id: String, _ index: Int, email: String?) throws -> RegistryContact {
        var contact = try Events.contact(id, number: Events.number(index), text: "Kanarie")
        contact.details.email = email.map { Sensitive($0) }
        return contact
    }

    private func said(_ status: String, _ index: Int, id: String, at second: Int) -> OutgoingRecord {
        event(
            id: id, key: "\(index)",
            data: """
                {"tenant":"nordic-sport","status":"\(status)","origin":"monitoring","country":"SE",\
                "observedAt":"2026-11-23T09:29:\(second)Z","personalIdentityNumber":"\(Events.number(index))"}
                """)
    }

    private func outcomes(_ surroundings: Surroundings, of id: String) throws -> [String] {
        try surroundings.read(Surroundings.outcomes).filter { $0.text.contains("\"\(id)\"") }.compactMap {
            $0.text(of: "ce_type")?.components(separatedBy: ".").dropLast().last
        }
    }

    @Test("flagged, redacted, told by mail, and deleted when the notice is over; whoever is lifted before stays")
    func story() async throws {
        let mail = try TestServer("mail")
        let surroundings = try await Surroundings(partitions: 1)
        try surroundings.add([
            try contact("c-1", 1, email: "asa@example.com"), try contact("c-2", 2, email: "bo@example.com"),
            try contact("c-3", 3, email: nil), try contact("c-4", 4, email: "refused@example.com"),
        ])
        let worker = try surroundings.start(
            ["run", "--with", Self.all], settings(mail).merging(["LOG_LEVEL": "trace"]) { $1 })
        try surroundings.publish(
            (1...4).map { said("protected", $0, id: "e-\($0)", at: 10) } + [
                said("not-protected", 2, id: "lift", at: 20)
            ])
        #expect(
            try await eventually(within: 60) { try outcomes(surroundings, of: "c-1").contains("deleted") },
            "\(worker.standardError.suffix(3_000))")
        #expect(
            try await eventually(within: 20) {
                try !outcomes(surroundings, of: "c-3").filter { $0 == "notification-skipped" }.isEmpty
            })
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)

        #expect(try outcomes(surroundings, of: "c-1") == ["redacted", "notified", "deleted"])
        #expect(try surroundings.contact("c-1", of: "nordic-sport") == nil)
        let mails = mail.said(TakenMail.self)
        #expect(mails.filter { $0.to == ["asa@example.com"] }.count == 1)
        let command = try #require(
            try surroundings.read(Self.notifications).first { $0.text.contains("\"c-1\"") }?.text(of: "ce_id"))
        #expect(mails.first { $0.to == ["asa@example.com"] }?.header("Message-ID") == "<\(command)@shop.example>")
        // Lifted in the same batch, or at least before the notice was over.
        #expect(try surroundings.contact("c-2", of: "nordic-sport") != nil)
        #expect(try outcomes(surroundings, of: "c-2").contains("protection-lifted"))
        #expect(try !outcomes(surroundings, of: "c-2").contains("deleted"))
        // Nobody was told, so nothing is deleted.
        #expect(try outcomes(surroundings, of: "c-3") == ["redacted", "notification-skipped"])
        #expect(try surroundings.contact("c-3", of: "nordic-sport") != nil)
        #expect(try surroundings.contact("c-4", of: "nordic-sport") != nil)
        let reasons = try surroundings.read("protected-identity.quarantine").compactMap {
            $0.text(of: "quarantine-reason")
        }
        #expect(reasons == ["undeliverable"])

        // Nothing personal in a topic that is written, nor in the log.
        let canaries = ["asa@", "bo@example", "refused@", "Kanarie"]
        var seen = worker.standardError + worker.standardOutput
        for topic in Surroundings.written { seen += try surroundings.read(topic).map(\.text).joined() }
        for canary in canaries { #expect(!seen.contains(canary), "\(canary)") }
    }

    @Test("a worker that is killed after a mail was noted sends no second one")
    func killed() async throws {
        let mail = try TestServer("mail")
        let surroundings = try await Surroundings(partitions: 1)
        try surroundings.add([
            try contact("c-1", 1, email: "asa@example.com"), try contact("c-2", 2, email: "slow@example.com"),
        ])
        let changes = settings(mail).merging([
            "TENANTS_DEFAULT_NOTICE_PERIOD": "30d", "NOTIFICATIONS_TIMEOUT": "20s",
        ]) { $1 }
        let worker = try surroundings.start(["run", "--with", Self.all], changes)
        try surroundings.publish((1...2).map { said("protected", $0, id: "e-\($0)", at: 10) })
        // One is out and noted; the other one keeps the batch, and with it Kafka, waiting.
        #expect(try await eventually(within: 40) { mail.said(TakenMail.self).count == 1 })
        try await Task.sleep(for: .milliseconds(500))
        worker.signal(SIGKILL)
        #expect(try await worker.exitCode() != nil)
        let second = try surroundings.start(
            ["run", "--with", Self.all],
            changes.merging(["NOTIFICATIONS_TIMEOUT": "1s", "NOTIFICATIONS_RETRY_FOR": "0s"]) { $1 })
        // The slow one is set aside at once, as the settings say; the first one is asked for nothing, and is told of.
        #expect(
            try await eventually(within: 40) {
                try surroundings.read("protected-identity.quarantine").contains {
                    $0.text(of: "quarantine-reason") == "undelivered"
                }
            })
        let types = try surroundings.read(Surroundings.outcomes).compactMap { $0.text(of: "ce_type") }
        #expect(types.filter { $0 == "protected-identity.contact.notified.v1" }.count == 1)
        #expect(mail.said(TakenMail.self).count == 1)
        second.signal(SIGKILL)
        #expect(try await second.exitCode() != nil)
    }
}
