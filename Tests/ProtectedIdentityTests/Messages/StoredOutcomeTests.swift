import Testing

@testable import ProtectedIdentity

@Suite("Stored outcomes")
struct StoredOutcomeTests {
    private let seed = UInt64.random(in: 0...(.max))

    private func example() throws -> StoredOutcome {
        let outcome = OutcomeMessage(
            type: .redacted, tenant: try tenant("a"), contactIDs: [try contact("c")],
            event: EventReference(source: "s", id: "i"), decidedAt: Timestamp(microseconds: 258), cleared: [.name],
            deletion: .delete(notBefore: Timestamp(microseconds: 259)))
        return .decided(outcome, commands: [Command(contactID: try contact("c"), action: .cancelDeletion)])
    }

    @Test("the bytes of version 1 stay what they are")
    func golden() throws {
        let type = "protected-identity.contact.redacted.v1"
        var expected: [UInt8] = [1, 1, 0, 0, 0, UInt8(type.utf8.count)] + Array(type.utf8)
        expected += [0, 0, 0, 1, 0x61, 0, 0, 0, 1, 0, 0, 0, 1, 0x63, 0, 0, 0, 1, 0x73, 0, 0, 0, 1, 0x69, 0, 0, 0, 0]
        expected += [0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 4] + Array("name".utf8)
        expected += [1, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0x63, 3]
        #expect(try example().encoded() == expected)
        #expect(
            StoredOutcome.quarantined(.tooLarge, attempts: 3, decidedAt: Timestamp(microseconds: -1)).encoded()
                == [1, 2, 0, 0, 0, 9] + Array("too-large".utf8) + [0, 0, 0, 0, 0, 0, 0, 3]
                + [UInt8](repeating: 0xFF, count: 8))
    }

    @Test("what is stored is read back, and publishes the same bytes")
    func roundTrip() throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let stored = try invented(&random)
            let read = try StoredOutcome(decoding: stored.encoded())
            let isSame = read == stored && read.decidedAt == stored.decidedAt
            #expect(isSame, "seed \(seed)")
            let messages = zip(read.messages(ceSource: "/w"), stored.messages(ceSource: "/w"))
            for (left, right) in messages {
                let areSame =
                    left.key == right.key && left.value == right.value && left.destination == right.destination
                #expect(areSame && left.headers.elementsEqual(right.headers) { $0 == $1 }, "seed \(seed)")
            }
        }
    }

    @Test("damaged bytes are an error, never a crash and never a huge reservation")
    func damage() throws {
        var random = SeededGenerator(seed: seed)
        let bytes = try example().encoded()
        for length in 0..<bytes.count {
            #expect(throws: StoredOutcomeError.corrupt) { try StoredOutcome(decoding: Array(bytes.prefix(length))) }
        }
        #expect(throws: StoredOutcomeError.corrupt) { try StoredOutcome(decoding: bytes + [0]) }
        #expect(throws: StoredOutcomeError.unknownVersion(2)) { try StoredOutcome(decoding: [2] + bytes.dropFirst()) }
        for _ in 0..<5_000 {
            var damaged = bytes
            let index = Int.random(in: 0..<damaged.count, using: &random)
            damaged[index] = .random(in: 0...255, using: &random)
            if let read = try? StoredOutcome(decoding: damaged) { #expect(read.encoded() == damaged, "seed \(seed)") }
        }
    }

    @Test("the outcome comes first, a command for each contact behind it, identities all different")
    func messages() throws {
        let policy = TenantPolicy.delete(
            noticePeriod: .seconds(86_400), termsUrl: "https://example.com", supportContact: "x", language: "sv")
        let contacts = try [contact("a"), contact("b")]
        let decidedAt = try moment("2026-11-23T09:30:00Z")
        let outcome = OutcomeMessage(
            type: .redacted, tenant: try tenant(), contactIDs: contacts, event: EventReference(source: "s", id: "i"),
            decidedAt: decidedAt, deletion: policy.deletion(decidedAt: decidedAt))
        let stored = StoredOutcome.decided(
            outcome, commands: policy.commands(redacting: contacts, decidedAt: decidedAt))
        let messages = stored.messages(ceSource: "/w")
        #expect(messages.map(\.destination) == [.outcomes, .notifications, .notifications])
        #expect(Set(messages.map { $0.headers[1].1 }).count == 3)
    }

    @Test("a record set aside has no message of its own")
    func quarantined() {
        let stored = StoredOutcome.quarantined(.undecodable, attempts: 1, decidedAt: Timestamp(microseconds: 0))
        #expect(stored.messages(ceSource: "/w").isEmpty)
    }

    private func invented(_ random: inout SeededGenerator) throws -> StoredOutcome {
        let decidedAt = Timestamp(microseconds: .random(in: 0...4_000_000_000_000_000, using: &random))
        if Int.random(in: 0..<5, using: &random) == 0 {
            let reason = try #require(QuarantineReason.allCases.randomElement(using: &random))
            return .quarantined(reason, attempts: .random(in: 0...9, using: &random), decidedAt: decidedAt)
        }
        let contacts = try (0..<Int.random(in: 0...3, using: &random)).map { try contact("kontakt-\($0)-å\"") }
        let isDelete = Bool.random(using: &random)
        let type = try #require(OutcomeType.allCases.randomElement(using: &random))
        let outcome = OutcomeMessage(
            type: type, tenant: try tenant(),
            contactIDs: contacts,
            event: EventReference(
                source: "/s", id: "\(random.next())", traceparent: Bool.random(using: &random) ? "t" : nil),
            decidedAt: decidedAt,
            cleared: Bool.random(using: &random) ? [.name, ClearableField(rawValue: "birthday")] : [],
            deletion: isDelete ? .delete(notBefore: decidedAt) : .keep,
            withheld: type == .withheld ? WithheldReason.allCases.randomElement(using: &random) : nil,
            skipped: type == .notificationSkipped ? NoticeSkipReason.allCases.randomElement(using: &random) : nil)
        let actions: [Command.Action] = [
            .requestDeletion, .cancelDeletion,
            .requestNotification(template: "t", termsUrl: "u", supportContact: "", deletionNotBefore: decidedAt),
        ]
        let commands = try contacts.map {
            Command(contactID: $0, action: try #require(actions.randomElement(using: &random)))
        }
        return .decided(outcome, commands: commands)
    }
}
