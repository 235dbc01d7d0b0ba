import Simulation
import Testing

@testable import ProtectedIdentity

@Suite("What leaves holds no number")
struct NothingLeaksTests {
    var registry: Registry

    init() throws {
        registry = try Registry()
        let policy = TenantPolicy.delete(
            noticePeriod: .seconds(86_400), termsUrl: "https://example.com/terms", supportContact: "help@example.com",
            language: "sv")
        registry.policies = TenantPolicies(named: [:], fallback: policy)
    }

    /// Whether a key, a value or a header of a message holds the ten digits, with or without separators.
    private func tells(_ number: String, _ messages: [EncodedMessage]) -> Bool {
        let needle = String(number.suffix(10))
        let texts = messages.flatMap { message in
            [message.key, message.value ?? []] + message.headers.flatMap { [Array($0.0.utf8), $0.1] }
        }
        return texts.contains { bytes in
            String(decoding: bytes, as: UTF8.self).filter { !"-+ .".contains($0) }.contains(needle)
        }
    }

    @Test("not where the event's id, its source or the contact's id hold it", arguments: ["", "-", "+", " "])
    mutating func pseudonyms(separator: String) throws {
        let written = "20000125\(separator)2386"
        try registry.put("customer-\(written)", number: Numbers.alma)
        let protection = try StatusEvent.says(
            .protected, number: Numbers.alma, id: "event-\(written)-1", source: "/registry/\(written)")
        let lift = try StatusEvent.says(.notProtected, number: written, at: "09:01", id: "event-\(written)-2")
        let verdicts = try registry.decide([protection, lift])
        #expect(verdicts.map(\.outcome?.type) == [.redacted, .protectionLifted])
        let messages = verdicts.flatMap(\.messages)
        #expect(messages.count == 4)
        #expect(!tells(Numbers.alma, messages))
        // The same contact has the same name in all of them.
        #expect(Set(messages.map(\.key)).count == 1)
        #expect(String(decoding: messages[0].key, as: UTF8.self).hasPrefix("pseudonym-"))
    }

    @Test(
        "not where the event only names the contact by an id that holds its number",
        arguments: [Numbers.alma, "0001252386"], [Numbers.alma, "000125-2386"])
    mutating func namedByNumber(id: String, stored: String) throws {
        try registry.put(id, number: stored)
        let verdict = try registry.decide(.says(.protected, contact: id))
        #expect(verdict.outcome?.type == .redacted)
        #expect(!tells(Numbers.alma, verdict.messages))
    }

    @Test(
        "not where an id plainly holds a number that nobody has named",
        arguments: ["\(Numbers.bo)-1", "x-000229-2399", "p20000229-2399?", "070761-4285"])
    mutating func unnamed(id: String) throws {
        try registry.put(id, number: nil)
        let verdict = try registry.decide(.says(.protected, contact: id, id: id))
        #expect(verdict.outcome?.type == .redacted)
        #expect(!tells(Numbers.bo, verdict.messages))
        #expect(!tells("0707614285", verdict.messages))
    }

    @Test(
        "keys that only look a little like numbers stay as they are",
        arguments: ["2002292399", "7d1c2c0e-6a0a-4d0e-9a54-200002292399", "order-20000229-2398", "1795426200000123456"])
    mutating func lookalikes(id: String) throws {
        try registry.put(id, number: nil)
        let verdict = try registry.decide(.says(.protected, contact: id))
        let isNumber = id.hasSuffix("200002292399")
        #expect((verdict.outcome?.contactIDs.map(\.rawValue) == [id]) != isNumber)
    }

    @Test("not when that contact has been cleared, and nobody knows its number any more")
    mutating func namedByNumberAfterClearing() throws {
        try registry.put(Numbers.alma, number: Numbers.alma)
        let redacted = try registry.decide(.says(.protected, contact: Numbers.alma))
        let lifted = try registry.decide(.says(.notProtected, contact: Numbers.alma, at: "09:01"))
        #expect(lifted.outcome?.type == .protectionLifted)
        #expect(!tells(Numbers.alma, lifted.messages))
        #expect(redacted.messages.first?.key == lifted.messages.first?.key)
    }

    @Test("not where another number of the person is the other contact's id")
    mutating func otherContact() throws {
        try registry.put(Numbers.bo, number: Numbers.bo)
        let event = try StatusEvent.says(.protected, number: Numbers.alma, contact: Numbers.bo)
        #expect(!tells(Numbers.bo, try registry.decide(event).messages))
        let lifted = try registry.decide(.says(.notProtected, number: Numbers.alma, at: "09:01"))
        #expect(lifted.outcome?.type == .protectionLifted)
        #expect(!tells(Numbers.bo, lifted.messages))
    }

    @Test("not where the trace context holds it")
    mutating func traceContext() throws {
        let trace = "00-\(Numbers.alma)00000000000000000001-0000000000000001-01"
        let verdict = try registry.decide(.says(.protected, number: Numbers.alma, traceparent: trace))
        #expect(!verdict.messages.isEmpty)
        #expect(!tells(Numbers.alma, verdict.messages))
    }

    @Test("not where the event concerns a country that is not served")
    mutating func notApplicable() throws {
        let verdict = try registry.decide(
            .says(.protected, number: "01010112345", country: "NO", id: "event-01010112345"))
        #expect(verdict.outcome?.type == .notApplicable)
        #expect(!tells("01010112345", verdict.messages))
    }

    @Test("an id that holds no number is told as it is, also when the contact is clear")
    mutating func harmless() throws {
        try registry.put("customer-17", number: Numbers.alma)
        let verdicts = try registry.decide([
            .says(.protected, number: Numbers.alma, id: "event-17", source: "/registry/spar"),
            .says(.notProtected, contact: "customer-17", at: "09:01"),
        ])
        #expect(verdicts.map(\.outcome?.contacts) == [["customer-17"], ["customer-17"]])
        #expect(verdicts.first?.outcome?.event == EventReference(source: "/registry/spar", id: "event-17"))
    }
}
