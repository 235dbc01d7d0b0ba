import Testing

@testable import ProtectedIdentity

@Suite("Pseudonyms for strings that hold a number")
struct PseudonymiserTests {
    private func published(_ text: String, numbers: [PersonalIdentityNumber], asWritten: [String] = []) throws -> String
    {
        let traces = NumberTraces(numbers: numbers, asWritten: asWritten.map { Sensitive($0) })
        return try Pseudonymiser(keyring: testKeyring(("k1", 7), ("k0", 8))).published(text, traces: traces)
    }

    @Test("a string is replaced as a whole, by a keyed pseudonym that is always the same")
    func golden() throws {
        #expect(
            try published("feed-200001252386", numbers: [swedish("200001252386")])
                == "pseudonym-9be4ae3c9c3641009180f91fb58bfa03")
    }

    @Test(
        "a written form is found in any dress",
        arguments: [
            "200001252386", "20000125-2386", "000125-2386", "0001252386", "000125+2386", "20000125+2386",
            "2000-01-25-2386",
            "20000125 2386", "x20000125_2386y", "/person/20000125/2386", "000125%2B2386", "000125%2b2386",
            "000125%252B2386",
            "%30%30%30%31%32%35%32%33%38%36", "urn:pnr:20000125.2386", "2000 01 25 23 86", "1112000012523861",
            "c-1252386",
        ])
    func found(text: String) throws {
        let replaced = try published(text, numbers: [swedish("200001252386")])
        #expect(replaced.hasPrefix("pseudonym-") && replaced.utf8.count == 42)
    }

    @Test("Danish forms are found too", arguments: ["070761-4285", "0707614285", "id=070761%204285", "707614285"])
    func danishForms(text: String) throws {
        #expect(try published(text, numbers: [danish("0707614285")]).hasPrefix("pseudonym-"))
    }

    @Test(
        "a string without the number stays as it is",
        arguments: [
            "7d1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11", "/registry/spar", "200001012385", "0001012384", "000125", "2386",
            "", "%", "%2",
            "100%zz",
        ])
    func untouched(text: String) throws {
        #expect(try published(text, numbers: [swedish("200001252386")]) == text)
    }

    @Test("what stood where a number should is looked for as well, unless it is too short to tell")
    func asWritten() throws {
        #expect(try published("e-20000125T220", numbers: [], asWritten: ["20000125-t220"]).hasPrefix("pseudonym-"))
        #expect(try published("e-20000125238", numbers: [], asWritten: ["20000125238"]).hasPrefix("pseudonym-"))
        #expect(try published("e-12345", numbers: [], asWritten: ["12345", "", "-"]) == "e-12345")
    }

    @Test("any of several numbers is found")
    func several() throws {
        let numbers = try [swedish("200001252386"), swedish("701063-2391")]
        #expect(try published("a-7010632391", numbers: numbers).hasPrefix("pseudonym-"))
    }

    @Test("another key gives another pseudonym, another string too")
    func distinct() throws {
        let traces = try NumberTraces(numbers: [swedish("200001252386")])
        let first = try Pseudonymiser(keyring: testKeyring(("k1", 7))).published("a0001252386", traces: traces)
        let second = try Pseudonymiser(keyring: testKeyring(("k1", 8))).published("a0001252386", traces: traces)
        let third = try Pseudonymiser(keyring: testKeyring(("k1", 7))).published("b0001252386", traces: traces)
        #expect(Set([first, second, third]).count == 3)
    }

    @Test("an event's reference holds no number, in no part of it")
    func reference() throws {
        let identity = try #require(EventIdentity(source: "/p/200001252386", id: "000125-2386"))
        let pseudonymiser = try Pseudonymiser(keyring: testKeyring(("k1", 7)))
        let traces = try NumberTraces(numbers: [swedish("200001252386")])
        let trace = "00-4bf92f3577b34da6a0001252386e4736-00f067aa0ba902b7-01"
        let reference = pseudonymiser.reference(for: identity, traceparent: trace, traces: traces)
        #expect(!"\(reference)".contains("2386"))
        #expect(reference.traceparent == nil)
        let harmless = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        #expect(
            pseudonymiser.reference(for: identity, traceparent: harmless, traces: traces).traceparent == harmless)
        #expect(try pseudonymiser.published(contact("0001252386"), traces: traces).rawValue.hasPrefix("pseudonym-"))
        #expect(try pseudonymiser.published(contact("c-1"), traces: traces) == contact("c-1"))
    }

    @Test("where the numbers are unknown, whatever reads as one is one")
    func suspicion() throws {
        let traces = NumberTraces(suspectingAnyNumberOn: testDay)
        for text in ["x-20000125-2386", "0707614285", "000125%2B2386", "9990001252386", "1019031204980211"] {
            #expect(traces.areIn(text))
        }
        for text in ["7d1c2c0e-6a0a-4d0e-9a54-2f0f6f2f9b11", "order-99999999999", "c-1", "", "123456789"] {
            #expect(!traces.areIn(text))
        }
    }
}
