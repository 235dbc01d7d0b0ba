import ContactStore
import ProtectedIdentity
import Testing

extension Scenario {
    /// Every page of all contacts, scanned and redacted.
    func reconcile(
        at moment: Timestamp = now, policies: TenantPolicies = .keepEverywhere, limit: Int = 100
    ) throws -> (scanned: Int, messages: [OwedMessage]) {
        let reconciliation = Reconciliation(decidedAt: moment, policies: policies, keyring: keyring)
        var (scanned, messages) = (0, [OwedMessage]())
        var next: ReconciliationPage.Start? = .all(after: nil)
        while let start = next {
            let page = try fixture.store.scan(reconciliation, ReconciliationPage(from: start, limit: limit))
            scanned += page.count
            messages += try fixture.store.reconcile(
                page.candidates, reconciliation, lease: moment.adding(.seconds(60))
            ).messages
            next = page.next
        }
        return (scanned, messages)
    }
}

extension ContactStoreConformance {
    static let reconciliation = [
        ConformanceCase("a contact that appeared after its person was protected is redacted, in whatever written form")
        {
            scenario in
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0))
            try scenario.fixture.add([fullContact("c-1", number: "000101-2384")])
            let done = try scenario.reconcile()
            #expect(contacts(done.messages) == ["c-1"])
            try scenario.expect("c-1", isProtected: true, holds: [])
            #expect(try scenario.fixture.store.owed().messages == 1)
            guard case .outcome(let outcome, let commands) = try #require(done.messages.first).content else {
                Issue.record("not an outcome")
                return
            }
            #expect(outcome.type == .redacted)
            #expect(outcome.event.source == Reconciliation.source)
            #expect(Set(outcome.cleared) == everyField)
            #expect(commands.isEmpty)
        },
        ConformanceCase("a contact that appeared under an id of which an event spoke is redacted") { scenario in
            try scenario.apply(scenario.record(Said(id: "e", contact: "c-9"), at: 0))
            try scenario.fixture.add([fullContact("c-9", number: nil)])
            #expect(contacts(try scenario.reconcile().messages) == ["c-9"])
            try scenario.expect("c-9", isProtected: true, holds: [])
        },
        ConformanceCase("what is clear is left, and a second reconciliation does nothing") { scenario in
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0))
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            _ = try scenario.reconcile()
            let again = try scenario.reconcile(at: Scenario.now.adding(.seconds(60)))
            #expect(again.scanned == 1)
            #expect(again.messages.isEmpty)
        },
        ConformanceCase("contacts of strangers, of the lifted and of those who were never protected stay as they are") {
            scenario in
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa, observed: -60), at: 0))
            try scenario.apply(
                scenario.record(Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, observed: -50), at: 1))
            try scenario.apply(
                scenario.record(Said(id: "e-3", status: .notProtected, number: TestNumbers.bo), at: 2))
            try scenario.fixture.add([
                fullContact("c-1", number: TestNumbers.asa), fullContact("c-2", number: TestNumbers.bo),
                fullContact("c-3", number: TestNumbers.cecilia), fullContact("c-4", number: nil),
                // The same number in another tenant is another registry's affair.
                fullContact("c-5", number: TestNumbers.asa, tenant: "kaffe-klubben"),
            ])
            let done = try scenario.reconcile(limit: 2)
            #expect(done.scanned == 5)
            #expect(done.messages.isEmpty)
            for id in ["c-1", "c-2", "c-3"] { try scenario.expect(id, isProtected: false, holds: everyField) }
            // Nothing is remembered of whom nothing protects.
            let position = try scenario.fixture.store.digestKeyUse()
            _ = try scenario.reconcile()
            #expect(try scenario.fixture.store.digestKeyUse() == position)
        },
        ConformanceCase("under delete the contact is scheduled with its notice, in the same step") { scenario in
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0), policies: deleting())
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let done = try scenario.reconcile(policies: deleting())
            #expect(try scenario.contact("c-1").deletionNotBefore == Scenario.due)
            let messages = done.messages.flatMap { $0.messages(ceSource: "/w") }
            #expect(messages.map(\.destination) == [.outcomes, .notifications])
        },
        ConformanceCase("an outcome that is not known to be published comes again with the same bytes") { scenario in
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0), policies: deleting())
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let done = try scenario.reconcile(policies: deleting())
            let later = Scenario.now.adding(.seconds(60))
            let again = try scenario.fixture.store.takeOwed(10, now: later, lease: later.adding(.seconds(60)))
            #expect(again == done.messages)
        },
        ConformanceCase("several contacts of one person are told of in one outcome") { scenario in
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0))
            try scenario.fixture.add([
                fullContact("c-1", number: TestNumbers.asa), fullContact("c-2", number: "000101-2384"),
            ])
            let done = try scenario.reconcile()
            #expect(done.messages.count == 1)
            #expect(contacts(done.messages) == ["c-1", "c-2"])
        },
        ConformanceCase("an event about a reconciled person finds nothing left to do") { scenario in
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa, observed: -60), at: 0))
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            _ = try scenario.reconcile()
            let second = Said(id: "e-2", number: TestNumbers.asa, observed: -50)
            let applied = try scenario.apply(scenario.record(second, at: 1))
            #expect(type(applied.verdicts.first) == .unchanged)
            #expect(contacts(applied.verdicts.first) == ["c-1"])
            let lifted = Said(id: "e-3", status: .notProtected, number: TestNumbers.asa, observed: -40)
            #expect(type(try scenario.apply(scenario.record(lifted, at: 2)).verdicts.first) == .protectionLifted)
        },
        ConformanceCase("when the last reconciliation began is remembered") { scenario in
            let store = scenario.fixture.store
            #expect(try store.lastReconciliation() == nil)
            try store.noteReconciliation(begunAt: Scenario.now)
            try store.noteReconciliation(begunAt: Scenario.due)
            #expect(try store.lastReconciliation() == Scenario.due)
        },
    ]
}
