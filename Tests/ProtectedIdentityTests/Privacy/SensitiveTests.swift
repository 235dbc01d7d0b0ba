import Foundation
import ProtectedIdentity
import Testing

@Suite("Sensitive")
struct SensitiveTests {
    private static let canary = "200001252386"
    private struct Holder {
        let name = "holder"
        let secret = Sensitive(SensitiveTests.canary)
        let list = [Sensitive(SensitiveTests.canary)]
    }

    @Test("the value comes out by reveal and by nothing else")
    func reveal() {
        #expect(Sensitive(Self.canary).reveal() == Self.canary)
    }

    @Test("print, interpolation and descriptions yield the placeholder")
    func descriptions() {
        let secret = Sensitive(Self.canary)
        var printed = ""
        print(secret, to: &printed)
        debugPrint(secret, to: &printed)
        for text in [printed, "\(secret)", String(describing: secret), String(reflecting: secret)] {
            #expect(text.contains("‹sensitive›"))
            #expect(!text.contains(Self.canary))
        }
    }

    @Test("dump and Mirror find nothing inside")
    func reflection() {
        var dumped = ""
        dump(Sensitive(Self.canary), to: &dumped)
        #expect(!dumped.contains(Self.canary))
        #expect(Mirror(reflecting: Sensitive(Self.canary)).children.isEmpty)
        #expect(Mirror(reflecting: Sensitive(Self.canary)).descendant("value") == nil)
    }

    @Test("a value inside other values stays inside")
    func nested() {
        var text =
            "\(Holder()) \(String(describing: Optional(Holder()))) \([Holder()]) \(["key": Sensitive(Self.canary)])"
        dump(Holder(), to: &text)
        debugPrint([Optional(Sensitive(Self.canary))], to: &text)
        #expect(!text.contains(Self.canary))
        #expect(text.contains("‹sensitive›"))
    }

    @Test("it cannot be encoded")
    func encoding() {
        #expect((Sensitive(Self.canary) as Any) is any Encodable == false)
    }

    @Test("it compares and hashes as its value does")
    func equality() {
        #expect(Sensitive(1) == Sensitive(1))
        #expect(Sensitive(1) != Sensitive(2))
        #expect(Set([Sensitive("a"), Sensitive("a"), Sensitive("b")]).count == 2)
    }

    @Test("numbers, events, keys and contacts print no value either")
    func otherTypes() throws {
        let number = try PersonalIdentityNumber.parse(
            Self.canary, country: .sweden, today: CalendarDate(epochSeconds: 1_795_426_200))
        let identity = try #require(EventIdentity(source: "/feed/\(Self.canary)", id: Self.canary))
        let contactID = try #require(ContactID(rawValue: Self.canary))
        let tenant = try #require(TenantName(rawValue: "shop"))
        let event = StatusEvent(
            identity: identity, tenant: tenant, status: .protected, origin: .manual, country: CountryCode(.sweden),
            observedAt: Timestamp(microseconds: 0), numbers: [Sensitive(Self.canary)], contactID: contactID,
            protection: Sensitive("skyddad-folkbokforing"))
        let values: [Any] = [
            number, identity, contactID, event, NumberTraces(numbers: [number]), ContentDigestInput(raw: [0x31]),
            DecodedEvent.event(event, content: ContentDigestInput(raw: ArraySlice(Self.canary.utf8))),
        ]
        for value in values {
            var text = "\(value) \(String(reflecting: value))"
            dump(value, to: &text)
            #expect(!text.contains("2386"))
            #expect(!text.contains("skyddad-folkbokforing"))
        }
    }
}
