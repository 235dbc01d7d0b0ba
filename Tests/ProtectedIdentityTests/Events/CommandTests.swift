import Testing

@testable import ProtectedIdentity

@Suite("Reading commands")
struct CommandTests {
    private let decoder = EventDecoder(reading: .commands(Set(CommandType.allCases)))

    private func message(_ action: Command.Action) throws -> CommandMessage {
        CommandMessage(
            command: Command(contactID: try contact("c-1"), action: action), tenant: try tenant(),
            event: EventReference(source: "/registry/spar", id: "e-1", traceparent: Self.traceparent),
            cause: "redacted",
            decidedAt: try moment("2026-11-23T09:30:01.234567Z"))
    }

    private static let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func actions() throws -> [Command.Action] {
        [
            .requestNotification(
                template: Command.deletionNotice, termsUrl: "https://example.com/terms",
                supportContact: "help@example.com", deletionNotBefore: try moment("2026-12-23T09:30:01Z")),
            .requestDeletion, .cancelDeletion,
        ]
    }

    private func raw(_ message: EncodedMessage) -> RawRecord {
        RawRecord(
            headers: message.headers.map { (ArraySlice($0.0.utf8), ArraySlice($0.1)) },
            value: message.value.map { ArraySlice($0) })
    }

    private func command(_ decoded: DecodedEvent, _ location: SourceLocation = #_sourceLocation) throws
        -> ReceivedCommand
    {
        guard case .command(let command, _) = decoded else {
            Issue.record("\(decoded)", sourceLocation: location)
            throw UnexpectedlyRefused()
        }
        return command
    }

    @Test("what one worker writes another one reads as it was meant")
    func roundTrip() throws {
        for action in try actions() {
            let sent = try message(action)
            let received = try command(decoder.decode(raw(sent.encoded(ceSource: "/protected-identity-worker"))))
            #expect(received.command == sent.command)
            #expect(received.tenant == sent.tenant)
            #expect(received.identity.source == "/protected-identity-worker")
            #expect(received.identity.id == sent.id.description)
            #expect(UUIDv5(received.identity.id) == sent.id)
            #expect(received.traceparent == Self.traceparent)
        }
    }

    @Test("structured and binary, with members in any order, unknown ones among them, say the same")
    func structured() throws {
        let binary = decoder.decode(
            record(
                [
                    ("ce_specversion", "1.0"), ("ce_id", "i"), ("ce_source", "/w"),
                    ("ce_type", "protected-identity.deletion.requested.v1"), ("content-type", "application/json"),
                ],
                #"{"tenant":"nordic-sport","contactId":"c-1","reason":"protected-identity","requestedAt":"2026-11-23T09:30:00Z"}"#
            ))
        let structured = decoder.decode(
            record(
                [("content-type", "application/cloudevents+json")],
                """
                {"specversion":"1.0","type":"protected-identity.deletion.requested.v1","source":"/w","id":"i","data":{
                 "requestedAt":"2026-11-23T09:30:00Z","reason":"protected-identity","priority":7,"contactId":"c-1",
                 "tenant":"nordic-sport"}}
                """))
        guard case .command(let first, let content) = binary, case .command(let second, let same) = structured else {
            Issue.record("\(binary), \(structured)")
            return
        }
        #expect(first == second)
        #expect(content == same)
    }

    @Test(
        "a command that lacks what its type needs, or says it wrongly, is set aside",
        arguments: [
            (
                "deletion.requested",
                #"{"contactId":"c","reason":"protected-identity","requestedAt":"2026-11-23T09:30:00Z"}"#
            ),
            (
                "deletion.requested",
                #"{"tenant":"a","reason":"protected-identity","requestedAt":"2026-11-23T09:30:00Z"}"#
            ),
            ("deletion.requested", #"{"tenant":"a","contactId":"c","requestedAt":"2026-11-23T09:30:00Z"}"#),
            (
                "deletion.requested",
                #"{"tenant":"a","contactId":"c","reason":"spite","requestedAt":"2026-11-23T09:30:00Z"}"#
            ),
            (
                "deletion.requested",
                #"{"tenant":"a","contactId":"c","reason":"protected-identity","requestedAt":"now"}"#
            ),
            ("deletion.cancelled", #"{"tenant":"a","contactId":"c"}"#),
            ("deletion.cancelled", #"{"tenant":"A","contactId":"c","cancelledAt":"2026-11-23T09:30:00Z"}"#),
            ("deletion.cancelled", #"{"tenant":"a","contactId":"","cancelledAt":"2026-11-23T09:30:00Z"}"#),
            (
                "notification.requested",
                #"{"tenant":"a","contactId":"c","template":"","termsUrl":"u","supportContact":"s","deletionNotBefore":"2026-11-23T09:30:00Z"}"#
            ),
            (
                "notification.requested",
                #"{"tenant":"a","contactId":"c","template":"t","termsUrl":"u","supportContact":"s"}"#
            ),
        ])
    func invalid(_ type: String, _ data: String) throws {
        let decoded = decoder.decode(
            record(
                [
                    ("ce_specversion", "1.0"), ("ce_id", "i"), ("ce_source", "/w"),
                    ("ce_type", "protected-identity.\(type).v1"),
                ], data))
        #expect(decoded.reason == .invalidData)
    }

    @Test("each worker reads its own types, and sets the others aside")
    func types() throws {
        let deletions = EventDecoder(reading: .commands([.deletionRequested, .deletionCancelled]))
        let reasons = try actions().map { deletions.decode(raw(try message($0).encoded(ceSource: "/w"))).reason }
        #expect(reasons == [.unknownType, nil, nil])
        #expect(deletions.decode(record(binaryHeaders, exampleData)).reason == .unknownType)
        #expect(
            try EventDecoder().decode(raw(message(.requestDeletion).encoded(ceSource: "/w"))).reason == .unknownType)
    }

    @Test("a command that is set aside exposes nobody, whatever it looks like")
    func hint() throws {
        for value in [exampleData, #""protected""#, "{"] {
            guard case .refused(_, _, let isProtection) = decoder.decode(record(binaryHeaders, value)) else {
                Issue.record("read: \(value)")
                return
            }
            #expect(!isProtection)
        }
    }

    @Test("a UUID is read as it is written, in letters of either case, and nothing else is one")
    func uuid() {
        let id = UUIDv5(ofMessage: ["a"])
        #expect(UUIDv5(id.description) == id)
        #expect(UUIDv5(id.description.uppercased()) == id)
        #expect(UUIDv5(bytes: id.bytes) == id)
        let text = id.description
        for other in [
            "", "i", text + "0", String(text.dropLast()), text.replacing("-", with: ""), "g" + text.dropFirst(),
        ] {
            #expect(UUIDv5(other) == nil)
        }
        #expect(UUIDv5(bytes: [1]) == nil)
    }
}
