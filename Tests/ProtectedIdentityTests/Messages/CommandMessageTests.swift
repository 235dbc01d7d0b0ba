import Testing

@testable import ProtectedIdentity

@Suite("Commands")
struct CommandMessageTests {
    private func message(_ action: Command.Action, cause: String) throws -> CommandMessage {
        CommandMessage(
            command: Command(contactID: try contact("c-1"), action: action), tenant: try tenant(),
            event: EventReference(source: "/registry/spar", id: "7d1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11"), cause: cause,
            decidedAt: try moment("2026-11-23T09:30:01.234567Z"))
    }

    private func text(_ message: EncodedMessage) -> String { String(decoding: message.value ?? [], as: UTF8.self) }

    private func header(_ message: EncodedMessage, _ name: String) -> String? {
        message.headers.first { $0.0 == name }.map { String(decoding: $0.1, as: UTF8.self) }
    }

    @Test("a notice is asked for on notifications")
    func notification() throws {
        let encoded = try message(
            .requestNotification(
                template: Command.deletionNotice, termsUrl: "https://example.com/terms",
                supportContact: "help@example.com",
                deletionNotBefore: moment("2026-12-23T09:30:01Z")), cause: "redacted"
        ).encoded(ceSource: "/w")
        #expect(encoded.destination == .notifications)
        #expect(encoded.key == Array("c-1".utf8))
        #expect(
            text(encoded)
                == #"{"tenant":"nordic-sport","contactId":"c-1","template":"deletion-notice","#
                + #""termsUrl":"https://example.com/terms","supportContact":"help@example.com","#
                + #""deletionNotBefore":"2026-12-23T09:30:01.000Z"}"#)
        #expect(header(encoded, "ce_id") == "302dbd2d-293a-52bf-8498-a1f204e44696")
        #expect(header(encoded, "ce_type") == "protected-identity.notification.requested.v1")
        #expect(header(encoded, "ce_time") == "2026-11-23T09:30:01.234Z")
    }

    @Test("a deletion is asked for on deletions")
    func deletion() throws {
        let encoded = try message(.requestDeletion, cause: CommandMessage.noticePeriodOver).encoded(ceSource: "/w")
        #expect(encoded.destination == .deletions)
        #expect(
            text(encoded)
                == #"{"tenant":"nordic-sport","contactId":"c-1","reason":"protected-identity","#
                + #""requestedAt":"2026-11-23T09:30:01.234Z"}"#)
        #expect(header(encoded, "ce_id") == "2ce87eda-218c-525e-842c-8c33b791468e")
        #expect(header(encoded, "ce_type") == "protected-identity.deletion.requested.v1")
    }

    @Test("a deletion is called off on deletions")
    func cancellation() throws {
        let encoded = try message(.cancelDeletion, cause: "protection-lifted").encoded(ceSource: "/w")
        #expect(encoded.destination == .deletions)
        #expect(
            text(encoded) == #"{"tenant":"nordic-sport","contactId":"c-1","cancelledAt":"2026-11-23T09:30:01.234Z"}"#)
        #expect(header(encoded, "ce_id") == "de65ad88-f718-5de5-a734-3be8e7222af8")
        #expect(header(encoded, "ce_type") == "protected-identity.deletion.cancelled.v1")
    }

    @Test("what caused it is part of its identity")
    func cause() throws {
        #expect(try message(.cancelDeletion, cause: "a").id != message(.cancelDeletion, cause: "b").id)
    }
}
