import Foundation
import Testing

@testable import ProtectedIdentity

@Suite("Outcomes")
struct OutcomeMessageTests {
    private let event = EventReference(
        source: "/registry/spar", id: "7d1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11",
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

    private func outcome(_ type: OutcomeType = .redacted, contacts: [String] = ["c-1", "c-2"]) throws -> OutcomeMessage
    {
        OutcomeMessage(
            type: type, tenant: try tenant(), contactIDs: try contacts.map(contact), event: event,
            decidedAt: try moment("2026-11-23T09:30:01.234567Z"), cleared: [.name, .address, .personalIdentityNumber],
            deletion: .delete(notBefore: try moment("2026-12-23T09:30:01.234567Z")))
    }

    private func headers(_ message: EncodedMessage) -> [String] {
        message.headers.map { "\($0.0): \(String(decoding: $0.1, as: UTF8.self))" }
    }

    @Test("a redaction, byte for byte")
    func redacted() throws {
        let message = try outcome().encoded(ceSource: "/protected-identity-worker")
        #expect(message.destination == .outcomes)
        #expect(String(decoding: message.key, as: UTF8.self) == "c-1")
        #expect(
            String(decoding: message.value ?? [], as: UTF8.self)
                == #"{"tenant":"nordic-sport","contactIds":["c-1","c-2"],"outcome":"redacted","#
                + #""event":{"source":"/registry/spar","id":"7d1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11"},"#
                + #""decidedAt":"2026-11-23T09:30:01.234Z","cleared":["name","address","personalIdentityNumber"],"#
                + #""deletion":{"policy":"delete","notBefore":"2026-12-23T09:30:01.234Z"}}"#)
        #expect(
            headers(message) == [
                "ce_specversion: 1.0", "ce_id: 1d6fad87-6efe-5f82-9444-4107ae57f809",
                "ce_source: /protected-identity-worker", "ce_type: protected-identity.contact.redacted.v1",
                "ce_time: 2026-11-23T09:30:01.234Z", "content-type: application/json",
                "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            ])
    }

    @Test("an unmatched identity has no contact, and the event's id as its key")
    func unmatched() throws {
        var outcome = try outcome(.unmatched, contacts: [])
        outcome.event = EventReference(source: event.source, id: event.id)
        let message = outcome.encoded(ceSource: "/w")
        #expect(String(decoding: message.key, as: UTF8.self) == event.id)
        #expect(
            String(decoding: message.value ?? [], as: UTF8.self)
                == #"{"tenant":"nordic-sport","contactIds":[],"outcome":"unmatched","#
                + #""event":{"source":"/registry/spar","id":"7d1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11"},"#
                + #""decidedAt":"2026-11-23T09:30:01.234Z"}"#)
        #expect(headers(message)[1] == "ce_id: 5de9a7de-e245-5c45-b147-3edab1495297")
        #expect(message.headers.count == 6)
    }

    @Test("a policy of keeping is told as such")
    func keep() throws {
        var outcome = try outcome()
        (outcome.deletion, outcome.cleared) = (.keep, [])
        let text = String(decoding: outcome.encoded(ceSource: "/w").value ?? [], as: UTF8.self)
        #expect(text.hasSuffix(#""cleared":[],"deletion":{"policy":"keep"}}"#))
    }

    @Test("only a redaction tells what was cleared and what becomes of the contact")
    func onlyRedacted() throws {
        for type in OutcomeType.allCases where type != .redacted {
            let text = String(decoding: try outcome(type).encoded(ceSource: "/w").value ?? [], as: UTF8.self)
            #expect(!text.contains("cleared") && !text.contains("deletion\""))
            #expect(text.contains("\"outcome\":\"\(type.shortName)\""))
        }
    }

    @Test("a replayed copy says so and keeps its identity")
    func replay() throws {
        let copy = try outcome().encoded(ceSource: "/w", replay: true)
        #expect(String(decoding: copy.value ?? [], as: UTF8.self).hasSuffix(#","replay":true}"#))
        #expect(try headers(copy) == headers(outcome().encoded(ceSource: "/w")))
    }

    @Test("types and short names are the contract's")
    func names() {
        #expect(
            OutcomeType.allCases.map { "\($0.shortName) \($0.rawValue)" } == [
                "redacted protected-identity.contact.redacted.v1",
                "protection-lifted protected-identity.contact.protection-lifted.v1",
                "unchanged protected-identity.contact.unchanged.v1",
                "superseded protected-identity.event.superseded.v1",
                "unmatched protected-identity.identity.unmatched.v1",
                "not-applicable protected-identity.event.not-applicable.v1",
                "deleted protected-identity.contact.deleted.v1",
                "withheld protected-identity.deletion.withheld.v1",
                "notified protected-identity.contact.notified.v1",
                "notification-skipped protected-identity.contact.notification-skipped.v1",
            ])
    }

    @Test("deletions of two contacts because of one event are two messages, other outcomes are one by event and type")
    func identities() throws {
        #expect(try outcome(.deleted, contacts: ["a"]).id != outcome(.deleted, contacts: ["b"]).id)
        #expect(try outcome(.unchanged, contacts: ["a"]).id == outcome(.unchanged, contacts: ["b"]).id)
        #expect(try outcome(.unchanged).id != outcome(.superseded).id)
    }

    @Test("strings from upstream are escaped, so that a JSON reader finds them unchanged")
    func escaping() throws {
        let odd = "a\"b\\c\n\t\u{1}\u{1F}\u{7F}\u{2028}å😀/"
        let message = try outcome(contacts: [odd]).encoded(ceSource: "/w")
        let object = try JSONSerialization.jsonObject(with: Data(message.value ?? [])) as? [String: Any]
        #expect(object?["contactIds"] as? [String] == [odd])
        #expect(message.value?.contains { $0 < 0x20 } == false)
    }
}
