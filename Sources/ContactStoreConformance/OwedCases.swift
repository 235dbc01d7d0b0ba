import ContactStore
import ProtectedIdentity
import Testing

extension Scenario {
    fileprivate func takeOwed(at moment: Timestamp, limit: Int = 100) throws -> [OwedMessage] {
        try fixture.store.takeOwed(limit, now: moment, lease: moment.adding(.seconds(60)))
    }
}

extension ContactStoreConformance {
    static let owed = [
        ConformanceCase("a request that is not known to be published comes again with the same bytes") { scenario in
            try scenario.schedule()
            let selected = try scenario.select()
            // Whoever has selected it dies here.
            let again = try scenario.takeOwed(at: Scenario.due.adding(.seconds(60)))
            #expect(again == selected.messages)
            #expect(again.map(\.id) == selected.messages.map(\.id))
            let copies = [again, selected.messages].map { $0.flatMap { $0.messages(ceSource: "/w") }.map(\.value) }
            #expect(copies.first == copies.last)
        },
        ConformanceCase("what somebody is publishing is nobody else's until the lease is over") { scenario in
            try scenario.schedule()
            let selected = try scenario.select()
            #expect(try scenario.takeOwed(at: Scenario.due.adding(.seconds(59))).isEmpty)
            #expect(try scenario.takeOwed(at: Scenario.due.adding(.seconds(60))) == selected.messages)
            #expect(try scenario.takeOwed(at: Scenario.due.adding(.seconds(60))).isEmpty)
        },
        ConformanceCase("what is known to be published is owed no more") { scenario in
            try scenario.schedule()
            let selected = try scenario.select()
            #expect(try scenario.fixture.store.owed().messages == 1)
            try scenario.fixture.store.settleOwed(selected.messages.map(\.id))
            #expect(try scenario.fixture.store.owed().messages == 0)
            #expect(try scenario.takeOwed(at: Scenario.due.adding(.seconds(3_600))).isEmpty)
        },
        ConformanceCase("a request whose contact was lifted since is never published") { scenario in
            try scenario.schedule()
            _ = try scenario.select()
            let lifted = Said(id: "lift", status: .notProtected, number: TestNumbers.asa, observed: -20)
            try scenario.apply(scenario.record(lifted, at: 1), policies: deleting())
            #expect(try scenario.takeOwed(at: Scenario.due.adding(.seconds(60))).isEmpty)
            #expect(try scenario.fixture.store.owed().messages == 0)
        },
        ConformanceCase("a cancellation is owed though its schedule is gone") { scenario in
            try scenario.schedule()
            let cancelled = try scenario.select(policies: .keepEverywhere)
            #expect(try scenario.takeOwed(at: Scenario.due.adding(.seconds(60))) == cancelled.messages)
        },
        ConformanceCase("owed messages are taken in pages") { scenario in
            for index in 0..<5 {
                try scenario.schedule("c-\(index)", number: TestNumbers.number(index), at: Int64(index))
            }
            let selected = try scenario.select()
            let later = Scenario.due.adding(.seconds(60))
            var taken: [UUIDv5] = []
            for expected in [2, 2, 1, 0] {
                let page = try scenario.takeOwed(at: later, limit: 2)
                #expect(page.count == expected)
                taken += page.map(\.id)
            }
            #expect(Set(taken) == Set(selected.messages.map(\.id)))
        },
        ConformanceCase("slices in flight count as owed until they are settled") { scenario in
            let applied = try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0))
            #expect(try scenario.fixture.store.owed() == OwedCounts(slices: 1, messages: 0))
            let id = try #require(applied.sliceIDs.first)
            try scenario.fixture.store.settle(
                [SettledSlice(id: id, partition: partition(), last: 0)], of: Scenario.group)
            #expect(try scenario.fixture.store.owed() == OwedCounts(slices: 0, messages: 0))
        },
    ]
}
