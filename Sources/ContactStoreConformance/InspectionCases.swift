import ContactStore
import ProtectedIdentity
import Testing

extension Scenario {
    fileprivate func journalRow(source: String = "/registry/spar", id: String) throws -> JournalRow? {
        let identity = try #require(EventIdentity(source: source, id: id))
        return try fixture.store.journalRow(keyring.eventKeys(of: identity))
    }

    fileprivate func standing(_ id: String, at moment: Timestamp = Self.now) throws -> ContactStanding {
        let reconciliation = Reconciliation(decidedAt: moment, policies: .keepEverywhere, keyring: keyring)
        return try fixture.store.standing(of: key(id), reconciliation)
    }
}

extension ContactStoreConformance {
    static let inspection = [
        ConformanceCase("an event is explained by its journal row, and is unpublished until its slice is settled") {
            scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            #expect(try scenario.journalRow(id: "e") == nil)
            let applied = try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5))
            let row = try #require(try scenario.journalRow(id: "e"))
            #expect(applied.verdicts == [.publish(row.outcome)])
            #expect(row.isUnpublished)
            #expect(row.home.coordinates == RecordCoordinates(topic: "events", partition: 0, offset: 5))
            #expect(row.home.group == Scenario.group)
            let slice = SettledSlice(id: try #require(applied.sliceIDs.first), partition: partition(), last: 5)
            try scenario.fixture.store.settle([slice], of: Scenario.group)
            #expect(try scenario.journalRow(id: "e")?.isUnpublished == false)
            #expect(try scenario.journalRow(source: "/registry/cpr", id: "e") == nil)
        },
        ConformanceCase("a redriven event is explained by what came of it last") { scenario in
            var said = Said(id: "e", status: .notProtected, number: TestNumbers.asa, observed: 3_600)
            try scenario.apply(scenario.record(said, at: 5))
            guard case .quarantined(.implausibleTime, attempts: 1, _) = try scenario.journalRow(id: "e")?.outcome
            else { return #expect(Bool(false), "it was to be set aside") }
            said.redrives = 1
            try scenario.apply(scenario.record(said, at: 9), at: Scenario.now.adding(.seconds(3_600)))
            let row = try #require(try scenario.journalRow(id: "e"))
            #expect(type(.publish(row.outcome)) == .unmatched)
            #expect(row.redrives == 1)
        },
        ConformanceCase("a contact's standing tells its mark, what it holds and what the registers say") { scenario in
            try scenario.fixture.add([
                fullContact("c-1", number: TestNumbers.asa), fullContact("c-2", number: TestNumbers.bo),
            ])
            let before = try scenario.standing("c-1")
            #expect(before.exists && !before.isMarked && before.registers.isEmpty && before.holding == everyField)
            try scenario.apply(
                scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 0),
                scenario.record(
                    Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, registry: "Ratsit"), at: 1))
            let after = try scenario.standing("c-1")
            #expect(after.isMarked && after.holding.isEmpty)
            #expect(after.registers == ["SPAR": .protected, "Ratsit": .notProtected])
            #expect(try scenario.standing("c-2").registers.isEmpty)
        },
        ConformanceCase("a contact that is still to be cleared has its person's registers") { scenario in
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0))
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let standing = try scenario.standing("c-1")
            #expect(!standing.isMarked && standing.registers == ["SPAR": .protected])
            #expect(try !scenario.standing("nobody").exists)
        },
        ConformanceCase("what is due counts until it is asked for, and the contact tells its schedule") { scenario in
            try scenario.schedule()
            let store = scenario.fixture.store
            #expect(try store.backlog(at: Scenario.due.adding(.seconds(-1))).deletionsDue == 0)
            #expect(try store.backlog(at: Scenario.due).deletionsDue == 1)
            let scheduled = try scenario.standing("c-1").deletion
            #expect(scheduled.notBefore != nil && scheduled.requestedFor == nil && scheduled.noticeSentFor == nil)
            try store.noteNotices([
                DeletionNotice(contact: key("c-1"), deletionNotBefore: try #require(scheduled.notBefore))
            ])
            _ = try scenario.select()
            let backlog = try store.backlog(at: Scenario.due)
            #expect(backlog.deletionsDue == 0)
            #expect(backlog.owed == (try store.owed()))
            #expect(backlog.owed.messages == 1)
            let asked = try scenario.standing("c-1").deletion
            #expect(asked.requestedFor == scheduled.notBefore && asked.noticeSentFor == scheduled.notBefore)
        },
    ]
}
