import Testing

@testable import ProtectedIdentity

@Suite("The data of a status event")
struct StatusDataTests {
    private let members = [
        "tenant": "\"nordic-sport\"", "status": "\"protected\"", "origin": "\"lookup\"", "country": "\"DK\"",
        "observedAt": "\"2026-11-23T09:29:58Z\"", "personalIdentityNumber": "\"070761-4285\"",
    ]

    private func decode(_ change: (inout [String: String]) -> Void = { _ in }) -> DecodedEvent {
        var members = members
        change(&members)
        let value = "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
        return EventDecoder().decode(record(binaryHeaders, value))
    }

    @Test(
        "a missing or null required member is invalid data",
        arguments: ["tenant", "status", "origin", "country", "observedAt"])
    func required(name: String) {
        #expect(decode { $0[name] = nil }.reason == .invalidData)
        #expect(decode { $0[name] = "null" }.reason == .invalidData)
    }

    @Test(
        "a malformed member is invalid data",
        arguments: [
            ("tenant", "\"Nordic\""), ("tenant", "\"\""), ("tenant", "\"-a\""), ("tenant", "7"), ("tenant", "\"a_b\""),
            ("status", "\"Protected\""), ("status", "true"), ("status", "\"\""), ("origin", "\"import\""),
            ("country", "\"se\""), ("country", "\"SWE\""), ("country", "46"), ("observedAt", "\"2026-11-23\""),
            ("observedAt", "1795426198"), ("personalIdentityNumber", "200001252386"), ("personalIdentityNumber", "[]"),
            ("contactId", "\"\""), ("contactId", "12"), ("contactId", "\"a\\u0000b\""), ("registry", "1"),
            ("otherPersonalIdentityNumbers", "\"x\""), ("otherPersonalIdentityNumbers", "[1]"),
            ("otherPersonalIdentityNumbers", "[null]"), ("otherPersonalIdentityNumbers", "{}"),
        ])
    func malformed(name: String, value: String) {
        let decoded = decode { $0[name] = value }
        #expect(decoded.reason == .invalidData)
        #expect(decoded.refusedIdentity != nil)
    }

    @Test("a member given twice is invalid data: two readers could read two events")
    func twice() {
        let value = """
            {"status":"not-protected","status":"protected","tenant":"a","origin":"manual","country":"SE",
            "observedAt":"2026-11-23T09:29:58Z","contactId":"c"}
            """
        let decoded = EventDecoder().decode(record(binaryHeaders, value))
        #expect(decoded.reason == .invalidData)
        #expect(decoded.seemsProtected)
    }

    @Test("a number, a contact, or both say who is meant; neither is invalid data")
    func whoIsMeant() throws {
        #expect(decode { $0["personalIdentityNumber"] = nil }.reason == .invalidData)
        let byContact = try event(decode { ($0["personalIdentityNumber"], $0["contactId"]) = (nil, "\"c-1\"") })
        #expect(byContact.numbers.isEmpty)
        #expect(try byContact.contactID == contact("c-1"))
        let byBoth = try event(decode { $0["contactId"] = "\"c-1\"" })
        #expect(byBoth.numbers.count == 1 && byBoth.contactID != nil)
    }

    @Test("other numbers follow the first, and need it or a contact")
    func otherNumbers() throws {
        let both = try event(decode { $0["otherPersonalIdentityNumbers"] = "[\"a\",\"b\"]" })
        #expect(both.numbers == [Sensitive("070761-4285"), Sensitive("a"), Sensitive("b")])
        let others = decode { ($0["personalIdentityNumber"], $0["otherPersonalIdentityNumbers"]) = (nil, "[\"a\"]") }
        #expect(others.reason == .invalidData)
        let withContact = try event(
            decode {
                ($0["personalIdentityNumber"], $0["otherPersonalIdentityNumbers"]) = (nil, "[\"a\"]")
                $0["contactId"] = "\"c\""
            })
        #expect(withContact.numbers == [Sensitive("a")])
    }

    @Test("an event names at most 32 further numbers")
    func manyNumbers() {
        func list(_ count: Int) -> String {
            "[" + [String](repeating: "\"1\"", count: count).joined(separator: ",") + "]"
        }
        #expect(decode { $0["otherPersonalIdentityNumbers"] = list(32) }.reason == nil)
        #expect(decode { $0["otherPersonalIdentityNumbers"] = list(33) }.reason == .invalidData)
    }

    @Test("numbers are kept as written, however wrong: who they are is judged later")
    func numbersAsWritten() throws {
        #expect(
            try event(decode { $0["personalIdentityNumber"] = "\" 07\\u0660 \"" }).numbers == [Sensitive(" 07\u{660} ")]
        )
        #expect(try event(decode { $0["personalIdentityNumber"] = "\"\"" }).numbers == [Sensitive("")])
    }

    @Test("a contact id has 1 to 128 characters")
    func contactLength() {
        #expect(decode { $0["contactId"] = "\"\(String(repeating: "å", count: 128))\"" }.reason == nil)
        #expect(decode { $0["contactId"] = "\"\(String(repeating: "å", count: 129))\"" }.reason == .invalidData)
    }

    @Test("contact ids are opaque: another composition of the same letter is another contact")
    func contactBytes() throws {
        #expect(try contact("\u{E5}") != contact("a\u{30A}"))
        #expect(try Set([contact("\u{E5}"), contact("a\u{30A}"), contact("\u{E5}")]).count == 2)
        #expect(try contact("B") < contact("a"))
    }

    @Test("the status not-protected is read")
    func notProtected() throws {
        #expect(try event(decode { $0["status"] = "\"not-protected\"" }).status == .notProtected)
    }

    @Test("an absent registry is one of its own, named by nothing")
    func registry() throws {
        #expect(try event(decode()).registry == "")
        #expect(try event(decode { $0["registry"] = "null" }).registry == "")
        #expect(decode { $0["registry"] = "\"\(String(repeating: "x", count: 129))\"" }.reason == .invalidData)
    }

    @Test(
        "any kind of protection still means protected", arguments: ["\"new-kind\"", "7", "{\"a\":1}", "null", "\"\""])
    func protection(value: String) throws {
        #expect(try event(decode { $0["protection"] = value }).status == .protected)
    }

    @Test("unknown members are ignored")
    func unknown() throws {
        #expect(decode { $0["name"] = "{\"first\":[1,2,{\"x\":null}]}" }.reason == nil)
    }

    @Test("countries without rules are read too")
    func otherCountry() throws {
        #expect(try event(decode { $0["country"] = "\"NO\"" }).country.served == nil)
    }
}
