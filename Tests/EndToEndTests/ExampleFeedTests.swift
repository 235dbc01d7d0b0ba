import Foundation
import KafkaClient
import ProtectedIdentity
import SQLiteContactStore
import Testing

@testable import protected_identity

@Suite("The example feed", .fewAtOnce)
struct ExampleFeedTests {
    /// The folder of the examples, from this file's place in the project.
    private static let examples = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../schemas/examples")

    @Test("each event of it comes out of a worker process as it says, and what was written is kept for the schemas")
    func comesOut() async throws {
        let surroundings = try await Surroundings()
        let store = try SQLiteContactStore(path: surroundings.database)
        _ = try store.importContacts(
            csv: Self.examples.appending(path: "contacts.csv").path, now: Timestamp(milliseconds: 1_795_000_000_000))
        store.close()
        let lines = try FeedLine.read(folder: Self.examples.appending(path: "feed"), topic: Surroundings.events)
        let worker = try surroundings.startWorker([
            "TENANTS_NORDIC_SPORT_POLICY": "keep", "TENANTS_KAFFE_KLUBBEN_POLICY": "delete",
            "TENANTS_KAFFE_KLUBBEN_NOTICE_PERIOD": "30d",
            "TENANTS_KAFFE_KLUBBEN_TERMS_URL": "https://kaffe-klubben.example/terms",
            "TENANTS_KAFFE_KLUBBEN_SUPPORT_CONTACT": "support@kaffe-klubben.example",
        ])
        try surroundings.publish(lines.map(\.record))

        let quarantined = lines.filter { QuarantineReason(rawValue: $0.expected) != nil }
        let decided = lines.filter { QuarantineReason(rawValue: $0.expected) == nil && $0.expected != "duplicate" }
        #expect(
            try await eventually(within: 40) {
                let outcomes = try surroundings.read(Surroundings.outcomes).count
                let quarantine = try surroundings.read("protected-identity.quarantine").count
                return outcomes >= decided.count && quarantine >= quarantined.count
            })
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)

        let types = try surroundings.read(Surroundings.outcomes).compactMap { $0.text(of: "ce_type") }
        let expectedTypes = decided.compactMap { line in
            OutcomeType.allCases.first { $0.shortName == line.expected }?.rawValue
        }
        #expect(types.sorted() == expectedTypes.sorted())
        let reasons = try surroundings.read("protected-identity.quarantine").compactMap {
            $0.text(of: "quarantine-reason")
        }
        #expect(reasons.sorted() == quarantined.map(\.expected).sorted())
        try surroundings.capture(as: "example-feed")
    }
}
