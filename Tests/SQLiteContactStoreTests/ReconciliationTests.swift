import ContactStore
import ContactStoreConformance
import ProtectedIdentity
import Testing

@testable import SQLiteContactStore

@Suite("Reconciliation of the embedded registry")
struct ReconciliationTests {
    @Test("only what was changed since is looked at, page by page")
    func changed() throws {
        let fixture = try SQLiteFixture()
        let reconciliation = Reconciliation(
            decidedAt: Events.now, policies: .keepEverywhere,
            keyring: try DigestKeyring(parsing: "old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="))
        var events = try Events()
        _ = try fixture.store.apply(try events.batch([Events.number(7)]))
        try fixture.add(try (0..<5).map { try Events.contact("old-\($0)", number: Events.number($0), text: "x") })
        let later = Events.now.adding(.seconds(-10))
        try fixture.registry.add(
            try (5..<10).map { try Events.contact("new-\($0)", number: Events.number($0), text: "x") }, now: later)
        var (scanned, candidates) = (0, [String]())
        var next: ReconciliationPage.Start? = .changed(since: later, after: nil)
        while let start = next {
            let page = try fixture.store.scan(reconciliation, ReconciliationPage(from: start, limit: 2))
            scanned += page.count
            candidates += page.candidates.map(\.id.rawValue)
            next = page.next
        }
        #expect(scanned == 5)
        #expect(candidates == ["new-7"])
    }
}
