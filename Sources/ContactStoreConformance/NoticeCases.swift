import ContactStore
import ProtectedIdentity
import Testing

extension ContactStoreConformance {
    private static func recipient(_ scenario: Scenario, _ id: String = "c-1") throws -> NoticeRecipient? {
        try scenario.fixture.store.notices(NoticeLookup(contacts: [try key(id)])).recipients[try key(id)]
    }

    static let notices = [
        ConformanceCase("what a notice needs is known of a contact that is scheduled, and of none that is not there") {
            scenario in
            try scenario.schedule()
            let found = try #require(try recipient(scenario))
            #expect(found.isProtected)
            #expect(found.deletionNotBefore == Scenario.due)
            #expect(found.noticeSentFor == nil)
            #expect(try recipient(scenario, "c-2") == nil)
        },
        ConformanceCase("contacts are found by their schedule, to the millisecond, within their tenant") { scenario in
            try scenario.schedule()
            func found(_ due: Timestamp, _ tenant: TenantName) throws -> [ContactKey] {
                let schedule = NoticeLookup.Schedule(tenant: tenant, deletionNotBefore: due)
                return try scenario.fixture.store.notices(NoticeLookup(schedules: [schedule])).recipients.keys.sorted()
            }
            let key = try key("c-1")
            #expect(try found(Timestamp(milliseconds: Scenario.due.milliseconds), key.tenant) == [key])
            #expect(try found(Scenario.due.adding(.milliseconds(1)), key.tenant) == [])
            #expect(try found(Scenario.due, try #require(TenantName(rawValue: "other"))) == [])
        },
        ConformanceCase("a notice is taken as long as it may go out, and not once it is noted") { scenario in
            try scenario.schedule()
            let store = scenario.fixture.store
            let notice = DeletionNotice(contact: try key("c-1"), deletionNotBefore: Scenario.due)
            let other = DeletionNotice(contact: notice.contact, deletionNotBefore: Scenario.due.adding(.seconds(1)))
            #expect(try !store.takeNotice(other, for: .seconds(60)))
            #expect(try store.takeNotice(notice, for: .seconds(60)))
            try store.giveBackNotice(notice)
            #expect(try store.takeNotice(notice, for: .seconds(60)))
            try store.noteNotices([notice])
            #expect(try recipient(scenario)?.noticeSentFor == Scenario.due)
            #expect(try !store.takeNotice(notice, for: .seconds(60)))
        },
        ConformanceCase("a notice whose contact is lifted meanwhile cannot be taken, nor noted") { scenario in
            try scenario.schedule()
            let lifted = Said(id: "lift", status: .notProtected, number: TestNumbers.asa, observed: -20)
            try scenario.apply(scenario.record(lifted, at: 1), policies: deleting())
            let notice = DeletionNotice(contact: try key("c-1"), deletionNotBefore: Scenario.due)
            #expect(try !scenario.fixture.store.takeNotice(notice, for: .seconds(60)))
            try scenario.fixture.store.noteNotices([notice])
            #expect(try recipient(scenario)?.noticeSentFor == nil)
            #expect(try recipient(scenario)?.isProtected == false)
        },
    ]
}
