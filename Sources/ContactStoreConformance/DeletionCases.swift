import ContactStore
import ProtectedIdentity
import Testing

extension ContactStoreConformance {
    /// Every tenant deletes after thirty days.
    private static let policies = TenantPolicies(
        named: [:],
        fallback: .delete(
            noticePeriod: .seconds(30 * 86_400), termsUrl: "https://example.com/terms",
            supportContact: "support@example.com", language: "sv"))
    private static let notBefore = Scenario.now.adding(.seconds(30 * 86_400))

    static let deletions = [
        ConformanceCase("a redacted contact's deletion is scheduled with its notice") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let record = try scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0)
            let applied = try scenario.apply(record, policies: policies)
            #expect(try scenario.contact("c-1").deletionNotBefore == notBefore)
            #expect(commands(applied.verdicts.first).map(\.contactID.rawValue) == ["c-1"])
            #expect(try scenario.apply(record, policies: policies).verdicts == applied.verdicts)
        },
        ConformanceCase("a deletion that is scheduled is not put off by a later redaction") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let first = Said(id: "e-1", number: TestNumbers.asa, observed: -30)
            try scenario.apply(scenario.record(first, at: 0), policies: policies)
            try scenario.fixture.add([fullContact("c-2", number: TestNumbers.asa)])
            let day = Scenario.now.adding(.seconds(86_400))
            let second = Said(id: "e-2", number: TestNumbers.asa, observed: -20)
            let applied = try scenario.apply(scenario.record(second, at: 1), at: day, policies: policies)
            #expect(contacts(applied.verdicts.first) == ["c-2"])
            #expect(try scenario.contact("c-1").deletionNotBefore == notBefore)
            #expect(try scenario.contact("c-2").deletionNotBefore == notBefore.adding(.seconds(86_400)))
        },
        ConformanceCase("a deletion is cancelled when the protection is lifted") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let protected = Said(id: "e-1", number: TestNumbers.asa, observed: -30)
            try scenario.apply(scenario.record(protected, at: 0), policies: policies)
            let lifted = Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, observed: -20)
            let applied = try scenario.apply(scenario.record(lifted, at: 1), policies: policies)
            #expect(commands(applied.verdicts.first).map(\.action) == [.cancelDeletion])
            #expect(try scenario.contact("c-1").deletionNotBefore == nil)
        },
        ConformanceCase("a tenant that keeps its contacts has no deletion scheduled") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0))
            #expect(try scenario.contact("c-1").deletionNotBefore == nil)
        },
    ]
}
