import Testing

@testable import ProtectedIdentity

@Suite("An operator's event")
struct OperatorEventTests {
    private let keyring: DigestKeyring
    private let now = Timestamp(milliseconds: 1_795_426_200_000)

    init() throws {
        keyring = try DigestKeyring(parsing: "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
    }

    private func event(number: Bool, contact: String? = nil, registry: String = OperatorEvent.ownRegister) throws
        -> OperatorEvent?
    {
        let tenant = try #require(TenantName(rawValue: "nordic-sport"))
        let parsed = try PersonalIdentityNumber.parse("20000125-2386", country: .sweden, today: now.date)
        return OperatorEvent(
            id: "one", status: .protected, tenant: tenant, country: CountryCode(.sweden), registry: registry,
            observedAt: now, number: number ? DigestedNumber(parsed, tenant: tenant, keyring: keyring) : nil,
            contactID: try contact.map { try #require(ContactID(rawValue: $0)) })
    }

    private func decoded(_ event: OperatorEvent) throws -> StatusEvent {
        let headers = event.headers.map { (name: Array($0.0.utf8)[...], value: Optional($0.1[...])) }
        guard case .event(let decoded, _) = EventDecoder().decode(headers: headers, value: event.value[...]) else {
            throw Undecodable()
        }
        return decoded
    }

    private struct Undecodable: Error {}

    @Test("a worker reads what the operator has said")
    func read() throws {
        let said = try decoded(try #require(try event(number: true, contact: "c-1", registry: "SPAR")))
        #expect(said.identity == EventIdentity(source: OperatorEvent.source, id: "one"))
        #expect(said.status == .protected && said.origin == .manual && said.observedAt == now)
        #expect(said.numbers.map { $0.reveal() } == ["200001252386"])
        #expect(said.contactID?.rawValue == "c-1" && said.registry == "SPAR" && said.tenant.rawValue == "nordic-sport")
        #expect(try decoded(try #require(try event(number: false, contact: "c-1"))).numbers.isEmpty)
    }

    @Test("without a register it stands for the operators' own, and not for that of feeds that name none")
    func ownRegister() throws {
        let said = try decoded(try #require(try event(number: true)))
        #expect(said.registry == "operator")
    }

    @Test("its key is the same for one person and no number; without anybody it is none")
    func key() throws {
        let first = try #require(try event(number: true))
        #expect(String(decoding: first.key, as: UTF8.self).hasPrefix("k1:"))
        #expect(first.key == (try event(number: true, registry: "SPAR"))?.key)
        #expect(!String(decoding: first.key, as: UTF8.self).contains("0001252386"))
        #expect(try event(number: true, contact: "c-1")?.key == Array("c-1".utf8))
        #expect(try event(number: false) == nil)
        #expect(!"\(first)".contains("0001252386"))
    }
}
