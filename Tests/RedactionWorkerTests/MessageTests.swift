import BatchPipeline
import ContactStore
import KafkaClient
import ProtectedIdentity
import RegistryWorker
import Simulation
import Synchronization
import Testing

@testable import RedactionWorker

@Suite("What the redaction work makes of records")
struct MessageTests {
    @Test("a batch decodes into one slice for each partition, with every record in it")
    func decode() throws {
        let desk = try Desk()
        let slices = desk.work.decode(
            desk.batch([
                .protection(testNumbers[0], id: "1", partition: 2), .garbage(),
                .protection("nonsense", id: "2", partition: 2),
                Fed(partition: 2, content: OutgoingRecord(topic: "events", value: nil)),
            ]))
        #expect(slices.map(\.partition.partition) == [2, 0])
        #expect(slices.map(\.first) == [0, 0])
        #expect(slices.map(\.last) == [2, 0])
        #expect(slices.map(\.items.count) == [3, 1])
        #expect(desk.work.decode(RecordBatch([])).isEmpty)
    }

    @Test("the outcome is a CloudEvent in the contract's words")
    func outcome() throws {
        let desk = try Desk()
        try desk.put("c-1", number: testNumbers[0])
        let message = try #require(try desk.apply([.protection(testNumbers[0])]).allMessages.first)
        #expect(message.destination == .outcomes)
        #expect(message.keyText == "c-1")
        #expect(
            message.headers.map(\.0) == ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type"])
        #expect(message.header("ce_specversion") == "1.0")
        #expect(message.header("ce_source") == "/protected-identity-worker")
        #expect(message.header("ce_type") == "protected-identity.contact.redacted.v1")
        #expect(message.header("ce_time") == "2026-11-23T09:30:00.000Z")
        #expect(message.header("content-type") == "application/json")
        #expect(
            message.valueText
                == #"{"tenant":"nordic-sport","contactIds":["c-1"],"outcome":"redacted","#
                + #""event":{"source":"/registry/spar","id":"event-1"},"decidedAt":"2026-11-23T09:30:00.000Z","#
                + #""cleared":["name","address","personalIdentityNumber"],"deletion":{"policy":"keep"}}"#)
        let record = desk.work.encode(message)
        #expect(record.topic == "protected-identity.outcomes")
        #expect(record.key == message.key && record.value == message.value)
        #expect(record.headers.map(\.name) == message.headers.map(\.0))
    }

    @Test("an outcome without a contact is keyed by the event's id")
    func unmatched() throws {
        let desk = try Desk()
        let message = try #require(try desk.apply([.protection(testNumbers[0])]).allMessages.first)
        #expect(message.header("ce_type") == "protected-identity.identity.unmatched.v1")
        #expect(message.keyText == "event-1")
    }

    @Test("the same event in structured mode has the same outcome")
    func structured() throws {
        let desk = try Desk()
        try desk.put("c-1", number: testNumbers[0])
        let binary = try desk.apply([.protection(testNumbers[0])]).allMessages
        let other = try Desk()
        try other.put("c-1", number: testNumbers[0])
        let event =
            #"{"specversion":"1.0","id":"event-1","source":"/registry/spar","type":"protected-identity.status.v1","#
            + #""data":{"tenant":"nordic-sport","status":"protected","origin":"lookup","country":"SE","#
            + #""observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"\#(testNumbers[0])"}}"#
        let structured = try other.apply([
            .garbage(event, headers: [RecordHeader("Content-Type", "Application/CloudEvents+json; charset=utf-8")])
        ]).allMessages
        #expect(binary.map(\.valueText) == structured.map(\.valueText))
        #expect(binary.map { $0.header("ce_id") } == structured.map { $0.header("ce_id") })
    }

    @Test("a trace context is passed on to everything that is written because of the event")
    func traceparent() throws {
        let policy = TenantPolicy.delete(
            noticePeriod: .seconds(60), termsUrl: "https://example.com", supportContact: "help@example.com",
            language: "sv")
        let desk = try Desk(policies: TenantPolicies(named: [:], fallback: policy))
        try desk.put("c-1", number: testNumbers[0])
        let headers = [RecordHeader("traceparent", Desk.traceparent)]
        let messages = try desk.apply([
            .protection(testNumbers[0], headers: headers), .protection("malformed", id: "2", headers: headers),
        ]).allMessages
        #expect(messages.map(\.destination) == [.outcomes, .notifications, .quarantine])
        for message in messages { #expect(message.header("traceparent") == Desk.traceparent, "\(message.destination)") }
    }

    @Test("messages go to the topics of their kind")
    func topics() throws {
        let desk = try Desk()
        for (destination, topic) in [
            (EncodedMessage.Destination.outcomes, "protected-identity.outcomes"),
            (.notifications, "protected-identity.notifications"), (.deletions, "protected-identity.deletions"),
            (.quarantine, "protected-identity.quarantine"),
        ] {
            let message = EncodedMessage(destination: destination, key: [1], value: nil, headers: [])
            #expect(desk.work.encode(message).topic == topic)
        }
    }

    @Test("a duplicate publishes nothing, and its slice is published all the same")
    func duplicate() throws {
        let desk = try Desk()
        let slices = try desk.apply([.protection(testNumbers[0]), .protection(testNumbers[0], partition: 1)])
        #expect(slices.map(\.messages.count) == [1, 0])
        #expect(slices.map(\.last) == [0, 0])
        #expect(try desk.registry.unpublishedSlices().map(\.id) == slices.map(\.id))
    }

    @Test("every decision is told to the observer, in order, once it is durable")
    func observer() throws {
        let desk = try Desk()
        _ = try desk.apply([.protection(testNumbers[0]), .garbage(), .protection(testNumbers[0])])
        let told = desk.observer.decided.withLock { $0 }
        #expect(told.map(\.offset) == [0, 1, 2])
        #expect(told.last?.verdict == .duplicate)
    }

    @Test("no digit of a number is in any message, wherever the feed put it")
    func digits() throws {
        let desk = try Desk()
        try desk.put(testNumbers[0], number: testNumbers[0])
        let written = "20000102-2383"
        let messages = try desk.apply([
            .protection(written, id: "event-\(written)"), .garbage(written),
            .protection(written, id: written, headers: [RecordHeader("quarantine-redrives", written)]),
            .protection("20000102-238", id: "3", headers: [RecordHeader("ce_subject", written)]),
            .garbage("{}", headers: [RecordHeader("ce_id", written), RecordHeader("ce_source", written)]),
        ]).allMessages
        #expect(messages.count == 5)
        for message in messages {
            for bytes in [message.key, message.value ?? []] + message.headers.map(\.1) {
                let text = String(decoding: bytes, as: UTF8.self).filter { !"-+ ".contains($0) }
                #expect(!text.contains("0001022383"), "\(message.destination)")
            }
        }
    }
}
