import ContactStore
import ProtectedIdentity
import Testing

extension Scenario {
    /// When everything that was decided at ``now`` is past its retention.
    private static let later = now.adding(.seconds(86_400))

    /// Applies a record and settles its slice.
    fileprivate func publish(_ said: Said, at offset: Int64, decided moment: Timestamp = now) throws {
        let applied = try apply(record(said, at: offset), at: moment)
        let id = try #require(applied.sliceIDs.first)
        try fixture.store.settle([SettledSlice(id: id, partition: partition(), last: offset)], of: Self.group)
    }

    /// Purges persons page by page.
    fileprivate func purgePersons(before moment: Timestamp = later, limit: Int = 100) throws -> Int {
        var (count, page) = (0, PersonPage(learntBefore: moment, limit: limit))
        while true {
            let purged = try fixture.store.purgePersons(page)
            count += purged.count
            guard let next = purged.next else { return count }
            page = page.next(from: next)
        }
    }

    /// Whether a late word *protected* of that number is still outranked: the person is remembered.
    fileprivate func outranks(_ number: String, at offset: Int64) throws -> Bool {
        let late = Said(id: "late-\(offset)", number: number, observed: -1_000)
        try fixture.add([fullContact("probe-\(offset)", number: number)])
        return type(try apply(record(late, at: offset)).verdicts.first) != .redacted
    }
}

extension ContactStoreConformance {
    static let purge = [
        ConformanceCase("journal rows past their retention go, page by page") { scenario in
            for offset in 0..<5 {
                try scenario.publish(Said(id: "e-\(offset)", number: TestNumbers.asa), at: Int64(offset))
            }
            let store = scenario.fixture.store
            let after = Scenario.now.adding(.microseconds(1))
            #expect(try store.purgeJournal(decidedBefore: Scenario.now, limit: 2) == 0)
            #expect(try store.purgeable(journalBefore: after, personsBefore: after).journalRows == 5)
            for expected in [2, 2, 1, 0] {
                #expect(try store.purgeJournal(decidedBefore: after, limit: 2) == expected)
            }
            // What nobody remembers is decided anew.
            let again = try scenario.apply(scenario.record(Said(id: "e-0", number: TestNumbers.asa), at: 9))
            #expect(type(again.verdicts.first) == .unmatched)
        },
        ConformanceCase("a journal row whose slice stands is never purged: its outcome is still to be published") {
            scenario in
            let record = try scenario.record(Said(id: "e-0", number: TestNumbers.asa), at: 0)
            let applied = try scenario.apply(record)
            let after = Scenario.now.adding(.seconds(86_400))
            #expect(try scenario.fixture.store.purgeJournal(decidedBefore: after, limit: 10) == 0)
            #expect(
                try scenario.fixture.store.purgeable(journalBefore: after, personsBefore: after).journalRows == 0)
            #expect(try scenario.apply(record).verdicts == applied.verdicts)
        },
        ConformanceCase("whoever is remembered as not protected is forgotten when no late event can come any more") {
            scenario in
            let lifted = Said(id: "e", status: .notProtected, number: TestNumbers.asa)
            try scenario.publish(lifted, at: 0)
            #expect(try scenario.purgePersons(before: Scenario.now) == 0)
            #expect(try scenario.outranks(TestNumbers.asa, at: 1))
        },
        ConformanceCase("a forgotten person is as one who was never heard of") { scenario in
            try scenario.publish(Said(id: "e", status: .notProtected, number: TestNumbers.asa), at: 0)
            let after = Scenario.now.adding(.seconds(86_400))
            #expect(try scenario.fixture.store.purgeable(journalBefore: after, personsBefore: after).persons == 1)
            #expect(try scenario.purgePersons() == 1)
            #expect(try scenario.purgePersons() == 0)
            #expect(try scenario.fixture.store.purgeable(journalBefore: after, personsBefore: after).persons == 0)
            #expect(try !scenario.outranks(TestNumbers.asa, at: 1))
        },
        ConformanceCase("whoever any register protects stays remembered") { scenario in
            try scenario.publish(Said(id: "e-1", number: TestNumbers.asa, registry: "SPAR"), at: 0)
            let other = Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, registry: "LOCAL")
            try scenario.publish(other, at: 1)
            #expect(try scenario.purgePersons() == 0)
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let applied = try scenario.apply(scenario.record(Said(id: "e-3", number: TestNumbers.asa), at: 2))
            #expect(type(applied.verdicts.first) == .redacted)
        },
        ConformanceCase("whoever a contact is remembered for stays: a cleared contact is found by nothing else") {
            scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            try scenario.publish(Said(id: "e-1", number: TestNumbers.asa, observed: -60), at: 0)
            let lifted = Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, observed: -50)
            try scenario.publish(lifted, at: 1)
            #expect(try scenario.purgePersons() == 0)
            let again = try scenario.apply(
                scenario.record(Said(id: "e-3", number: TestNumbers.asa, observed: -40), at: 2))
            #expect(contacts(again.verdicts.first) == ["c-1"])
        },
        ConformanceCase("a word that was learnt anew keeps its person for the whole time") { scenario in
            try scenario.publish(Said(id: "e-1", status: .notProtected, number: TestNumbers.asa), at: 0)
            let day = Scenario.now.adding(.seconds(86_400))
            let newer = Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, observed: -10)
            try scenario.publish(newer, at: 1, decided: day)
            #expect(try scenario.purgePersons(before: day) == 0)
            #expect(try scenario.purgePersons(before: day.adding(.microseconds(1))) == 1)
        },
        ConformanceCase("persons are purged page by page, also past those that stay") { scenario in
            for index in 0..<5 {
                let number = TestNumbers.number(index)
                if index == 0 {
                    try scenario.fixture.add([fullContact("c-0", number: number)])
                    try scenario.publish(Said(id: "p-0", number: number, observed: -90), at: 100)
                }
                let said = Said(id: "e-\(index)", status: .notProtected, number: number)
                try scenario.publish(said, at: 101 + Int64(index))
            }
            #expect(try scenario.purgePersons(limit: 2) == 4)
        },
    ]
}
