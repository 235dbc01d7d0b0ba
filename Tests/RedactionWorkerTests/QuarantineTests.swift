import BatchPipeline
import Foundation
import KafkaClient
import ProtectedIdentity
import RegistryWorker
import Testing

@testable import RedactionWorker

@Suite("Records set aside")
struct QuarantineTests {
    private let names = [
        "kafka_dlt-original-topic", "kafka_dlt-original-partition", "kafka_dlt-original-offset",
        "kafka_dlt-original-timestamp", "kafka_dlt-original-consumer-group", "quarantine-reason", "quarantine-attempts",
        "quarantine-redrives",
    ]

    private func bigEndian(_ message: EncodedMessage, _ name: String) -> Int64? {
        message.headers.first { $0.0 == name }.map { $0.1.reduce(0) { $0 << 8 | Int64($1) } }
    }

    @Test("go sealed to the operator's key, with their coordinates and the reason")
    func sealed() throws {
        let desk = try Desk()
        let fed = [Fed.garbage("first", headers: []), .protection("20000125-2387", id: "2", partition: 0)]
        let message = try #require(try desk.apply(fed).allMessages.last)
        #expect(message.destination == .quarantine)
        #expect(message.keyText == "events-0@1")
        #expect(message.headers.map(\.0) == names + ["quarantine-key-id", "content-type"])
        #expect(message.header("kafka_dlt-original-topic") == "events")
        #expect(bigEndian(message, "kafka_dlt-original-partition") == 0)
        #expect(bigEndian(message, "kafka_dlt-original-offset") == 1)
        #expect(bigEndian(message, "kafka_dlt-original-timestamp") == 1_795_426_200_123)
        #expect(message.header("kafka_dlt-original-consumer-group") == "workers")
        #expect(message.header("quarantine-reason") == "malformed-number")
        #expect(message.header("quarantine-attempts") == "1")
        #expect(message.header("quarantine-redrives") == "0")
        #expect(message.header("quarantine-key-id") == desk.work.settings.seal?.keyID)
        #expect(message.header("content-type") == "application/vnd.protected-identity.sealed")

        let coordinates = RecordCoordinates(topic: "events", partition: 0, offset: 1)
        let opened = try QuarantineSeal.open(message.value ?? [], at: coordinates, with: desk.operatorKey)
        #expect(opened.value == fed[1].content.value.map { Data($0) })
        #expect(opened.key == fed[1].content.key.map { Data($0) })
        #expect(opened.headers.map(\.name) == fed[1].content.headers.map(\.name))
        #expect(opened.timestamp == 1_795_426_200_123)
    }

    @Test("go as coordinates alone where the operator has chosen so")
    func coordinatesOnly() throws {
        let desk = try Desk(seals: false)
        let message = try #require(try desk.apply([.garbage()]).allMessages.first)
        #expect(message.headers.map(\.0) == names)
        #expect(message.value == [])
        #expect(message.header("quarantine-reason") == "invalid-envelope")
    }

    @Test("are sealed too where they are too large to be read, as long as a broker takes them")
    func tooLarge() throws {
        let messages = try [300_000, 900_000].flatMap { padding in
            try Desk().apply([.protection(testNumbers[0], padding: padding)]).allMessages
        }
        #expect(messages.map { $0.header("quarantine-reason") } == ["too-large", "too-large"])
        #expect(messages.map { $0.value?.isEmpty } == [false, true])
        #expect(messages[1].headers.map(\.0) == names)
    }

    @Test("go without a payload where their headers or key would make them too large for a broker")
    func tooLargeBesideValue() throws {
        let desk = try Desk()
        let large = [UInt8](repeating: 0x61, count: 900_000)
        var withKey = Fed.garbage("{}")
        withKey.content.key = large
        let messages = try desk.apply([.garbage("{}", headers: [RecordHeader("large", large)]), withKey]).allMessages
        #expect(messages.map { $0.header("quarantine-reason") } == ["invalid-envelope", "invalid-envelope"])
        for message in messages {
            #expect(message.headers.map(\.0) == names)
            #expect(message.value == [])
        }
    }

    @Test("what is sealed fits into what a broker takes by default", arguments: [0, 250_000, 500_000, 699_000])
    func sealedSize(headerBytes: Int) throws {
        let desk = try Desk()
        let header = RecordHeader("large", [UInt8](repeating: 0xFF, count: headerBytes))
        let message = try #require(try desk.apply([.garbage("{}", headers: [header])]).allMessages.first)
        #expect(message.value?.isEmpty == false)
        #expect((message.value?.count ?? 0) < 1_040_000)
    }

    @Test("count how often they were put back", arguments: [("2", "2", "3"), ("-5", "0", "1"), ("many", "0", "1")])
    func redrives(header: String, redrives: String, attempts: String) throws {
        let desk = try Desk()
        let headers = [RecordHeader("quarantine-redrives", header)]
        let messages = try desk.apply([
            .protection("12", id: "1", headers: headers), .garbage("{}", headers: headers),
        ]).allMessages
        #expect(messages.map { $0.header("quarantine-redrives") } == [redrives, redrives])
        #expect(messages.map { $0.header("quarantine-attempts") } == [attempts, attempts])
    }

    @Test("a count beyond all reason crashes nobody")
    func redrivesOverflow() throws {
        let desk = try Desk()
        let headers = [RecordHeader("quarantine-redrives", "\(Int.max)")]
        let messages = try desk.apply([
            .protection("12", id: "1", headers: headers), .garbage("{}", headers: headers),
        ]).allMessages
        #expect(messages.map { $0.header("quarantine-attempts") } == ["1000001", "1000001"])
    }

    @Test("once put back and understood, a record has its outcome")
    func redriven() throws {
        let desk = try Desk(
            policies: TenantPolicies(named: [try #require(TenantName(rawValue: "x")): .keep], fallback: nil))
        try desk.put("c-1", number: testNumbers[0])
        let refused = try desk.apply([.protection(testNumbers[0])]).allMessages
        #expect(refused.map { $0.header("quarantine-reason") } == ["unknown-tenant"])
        let mended = RedactionWork(
            store: desk.registry,
            settings: RegistryWorkSettings(
                group: "workers", topics: OutgoingTopics(), source: "/w", policies: .keepEverywhere,
                keyring: desk.work.settings.keyring, seal: nil), clock: desk.work.clock)
        let redrives = [RecordHeader("quarantine-redrives", "1")]
        let records = desk.batch([.protection("1", id: "other"), .protection(testNumbers[0], headers: redrives)])
        let outcome = try mended.apply(mended.decode(records), settling: []).allMessages.last
        #expect(outcome?.header("ce_type") == "protected-identity.contact.redacted.v1")
        #expect(desk.clearContacts == ["c-1"])
    }
}
