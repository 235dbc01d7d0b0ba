import ContactStore
import ProtectedIdentity
import Testing

/// After how long the policies of the suite delete, once the person was told or without.
let noticePeriod = Duration.seconds(30 * 86_400)

/// Every tenant deletes after thirty days.
func deleting(requiresNotice: Bool = false) -> TenantPolicies {
    TenantPolicies(
        named: [:],
        fallback: .delete(
            noticePeriod: noticePeriod, termsUrl: "https://example.com/terms", supportContact: "support@example.com",
            language: "sv", requiresNotice: requiresNotice))
}

extension Scenario {
    /// When the notice of what is redacted at ``now`` is over.
    static let due = now.adding(noticePeriod)

    /// One sweep: every page of what is due, or of what has no schedule.
    func select(
        _ start: SelectionPage.Start = .due(after: nil), at moment: Timestamp = due,
        policies: TenantPolicies = deleting(), limit: Int = 100, isDry: Bool = false
    ) throws -> (messages: [OwedMessage], counts: SelectionCounts, pages: Int) {
        let selection = DeletionSelection(decidedAt: moment, policies: policies, keyring: keyring)
        var (messages, counts, pages) = ([OwedMessage](), SelectionCounts(), 0)
        var next: SelectionPage.Start? = start
        while let start = next {
            let page = try fixture.store.select(
                selection, SelectionPage(from: start, limit: limit), lease: moment.adding(.seconds(60)), isDry: isDry)
            messages += page.messages
            counts = counts + page.counts
            pages += 1
            next = page.next
        }
        return (messages, counts, pages)
    }

    /// The contact `c-1` of a person who was protected at ``now``, scheduled for deletion.
    func schedule(_ id: String = "c-1", number: String = TestNumbers.asa, at offset: Int64 = 0) throws {
        try fixture.add([fullContact(id, number: number)])
        try apply(record(Said(id: "e-\(id)", number: number), at: offset), policies: deleting())
    }
}

/// The contacts that messages are about.
func contacts(_ messages: [OwedMessage]) -> [String] {
    messages.flatMap(\.contactIDs).map(\.rawValue)
}

extension ContactStoreConformance {
    static let selection = [
        ConformanceCase("a contact whose notice is over is asked to be deleted, once") { scenario in
            try scenario.schedule()
            let first = try scenario.select()
            #expect(contacts(first.messages) == ["c-1"])
            #expect(first.messages.map(\.action) == [.requestDeletion])
            #expect(first.counts.requested == 1)
            let second = try scenario.select(at: Scenario.due.adding(.seconds(86_400)))
            #expect(second.messages.isEmpty)
            #expect(second.counts == SelectionCounts())
        },
        ConformanceCase("nobody is asked before the time has come") { scenario in
            try scenario.schedule()
            #expect(try scenario.select(at: Scenario.due.adding(.microseconds(-1))).messages.isEmpty)
            #expect(try scenario.contact("c-1").deletionNotBefore == Scenario.due)
        },
        ConformanceCase("a page after the other, each contact once, the earliest first") { scenario in
            for index in 0..<5 {
                try scenario.schedule("c-\(index)", number: TestNumbers.number(index), at: Int64(index))
            }
            let selected = try scenario.select(limit: 2)
            #expect(contacts(selected.messages) == (0..<5).map { "c-\($0)" })
            #expect(selected.pages == 3)
            #expect(Set(selected.messages.map(\.id)).count == 5)
        },
        ConformanceCase("a dry selection counts and leaves everything as it was") { scenario in
            for index in 0..<3 {
                try scenario.schedule("c-\(index)", number: TestNumbers.number(index), at: Int64(index))
            }
            let dry = try scenario.select(limit: 2, isDry: true)
            #expect(dry.counts.requested == 3)
            #expect(dry.messages.isEmpty)
            #expect(try scenario.fixture.store.owed().messages == 0)
            #expect(try scenario.select().counts.requested == 3)
        },
        ConformanceCase("where a notice is required nothing is asked before it is known to have gone out") { scenario in
            try scenario.schedule()
            let policies = deleting(requiresNotice: true)
            let waiting = try scenario.select(policies: policies)
            #expect(waiting.messages.isEmpty)
            #expect(waiting.counts.unnotified == 1)
            let key = try key("c-1")
            let store = scenario.fixture.store
            // A notice of another schedule tells nothing of this one.
            let other = DeletionNotice(contact: key, deletionNotBefore: Scenario.due.adding(.seconds(1)))
            try store.noteNotices([other])
            #expect(try scenario.select(policies: policies).counts.unnotified == 1)
            try store.noteNotices([DeletionNotice(contact: key, deletionNotBefore: Scenario.due)])
            #expect(contacts(try scenario.select(policies: policies).messages) == ["c-1"])
        },
        ConformanceCase("whoever is no longer protected is asked for nothing") { scenario in
            try scenario.schedule()
            let lifted = Said(id: "lift", status: .notProtected, number: TestNumbers.asa, observed: -20)
            try scenario.apply(scenario.record(lifted, at: 1), policies: deleting())
            #expect(try scenario.select().messages.isEmpty)
        },
        ConformanceCase("after a lifting and a new protection the next request is another one") { scenario in
            try scenario.schedule()
            let first = try scenario.select()
            let lifted = Said(id: "lift", status: .notProtected, number: TestNumbers.asa, observed: -20)
            try scenario.apply(scenario.record(lifted, at: 1), policies: deleting())
            let again = Said(id: "again", number: TestNumbers.asa, observed: -10)
            let day = Scenario.now.adding(.seconds(86_400))
            try scenario.apply(scenario.record(again, at: 2), at: day, policies: deleting())
            #expect(try scenario.select().messages.isEmpty)
            let second = try scenario.select(at: day.adding(noticePeriod))
            #expect(contacts(second.messages) == ["c-1"])
            #expect(second.messages.map(\.id) != first.messages.map(\.id))
        },
        ConformanceCase("contacts with one key at two tenants have requests of their own") { scenario in
            for (index, tenant) in ["nordic-sport", "kaffe-klubben"].enumerated() {
                try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa, tenant: tenant)])
                let said = Said(id: "e-\(tenant)", number: TestNumbers.asa, tenant: tenant)
                try scenario.apply(scenario.record(said, at: Int64(index)), policies: deleting())
            }
            let selected = try scenario.select()
            #expect(selected.counts.requested == 2)
            #expect(Set(selected.messages.map(\.id)).count == 2)
        },
        ConformanceCase("a key that holds the person's number is published as in the outcome, and its like as it is") {
            scenario in
            let telling = "m-\(TestNumbers.asa)"
            try scenario.fixture.add([fullContact(telling, number: TestNumbers.asa)])
            let applied = try scenario.apply(
                scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 0), policies: deleting())
            // Ten digits of somebody whom nobody remembers.
            try scenario.schedule("0002292399", number: TestNumbers.cecilia, at: 1)
            let published = contacts(try scenario.select().messages)
            #expect(Set(published) == Set(contacts(applied.verdicts.first) + ["0002292399"]))
            #expect(!published.contains(telling))
        },
    ]

    static let policyChanges = [
        ConformanceCase("a tenant that keeps by now has its due deletions cancelled, once") { scenario in
            try scenario.schedule()
            let kept = try scenario.select(policies: .keepEverywhere)
            #expect(kept.messages.map(\.action) == [.cancelDeletion])
            #expect(kept.counts.cancelled == 1)
            #expect(try scenario.contact("c-1").deletionNotBefore == nil)
            #expect(try scenario.select(policies: .keepEverywhere).counts == SelectionCounts())
        },
        ConformanceCase("a tenant that deletes by now has the notice first, and the full period") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0))
            let week = Scenario.now.adding(.seconds(7 * 86_400))
            let scheduled = try scenario.select(.unscheduled(after: nil), at: week)
            let notBefore = week.adding(noticePeriod)
            #expect(
                scheduled.messages.map(\.action) == [
                    .requestNotification(
                        template: Command.deletionNotice, termsUrl: "https://example.com/terms",
                        supportContact: "support@example.com", deletionNotBefore: notBefore)
                ])
            #expect(try scenario.contact("c-1").deletionNotBefore == notBefore)
            #expect(try scenario.select(.unscheduled(after: nil), at: week).messages.isEmpty)
            #expect(try scenario.select(at: Scenario.due).messages.isEmpty)
            #expect(contacts(try scenario.select(at: notBefore).messages) == ["c-1"])
        },
        ConformanceCase("a tenant that is not configured has nothing asked") { scenario in
            try scenario.schedule()
            let others = TenantPolicies(named: try [#require(TenantName(rawValue: "other")): .keep], fallback: nil)
            #expect(try scenario.select(policies: others).counts.left == 1)
            #expect(try scenario.contact("c-1").deletionNotBefore == Scenario.due)
        },
    ]
}
