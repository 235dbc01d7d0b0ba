import ContactStore
import ProtectedIdentity
import Testing

extension Scenario {
    fileprivate func replay(_ id: String, begunAt moment: Timestamp = Self.now) -> UnfinishedReplay {
        UnfinishedReplay(
            id: id, group: "workers-replay-\(id)", request: Array(id.utf8),
            ranges: [partition(0): 3..<9, partition(7): 0..<0],
            begunAt: moment)
    }

    fileprivate func rehearse(_ records: IncomingRecord..., group: String = "") throws -> [Verdict] {
        try fixture.store.rehearse(
            RedactionBatch(
                group: group, records: records, decidedAt: Self.now, policies: .keepEverywhere, keyring: keyring))
    }
}

extension ContactStoreConformance {
    static let replays = [
        ConformanceCase("a rehearsal decides as a batch would, and changes nothing") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let record = try scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 5)
            let stranger = try scenario.record(Said(id: "e-2", number: TestNumbers.bo), at: 6)
            let rehearsed = try scenario.rehearse(record, stranger)
            #expect(rehearsed.map(type) == [.redacted, .unmatched])
            try scenario.expect("c-1", isProtected: false, holds: everyField)
            #expect(try scenario.fixture.store.unpublishedSlices().isEmpty)
            #expect(try scenario.fixture.store.journalRows(Set(record.journalKeys)).isEmpty)
            #expect(try scenario.apply(record, stranger).verdicts == rehearsed)
            #expect(try scenario.rehearse(record, stranger) == [.duplicate, .duplicate])
        },
        ConformanceCase("the journal is asked for many events at once") { scenario in
            let records = try (0..<3).map { try scenario.record(Said(id: "e-\($0)", number: TestNumbers.asa), at: $0) }
            try scenario.apply(Array(records.prefix(2)))
            let keys = Set(records.flatMap(\.journalKeys))
            let rows = try scenario.fixture.store.journalRows(keys)
            #expect(Set(rows.keys) == Set(records.prefix(2).flatMap(\.journalKeys)))
            #expect(rows.values.allSatisfy { $0.isUnpublished && $0.home.group == Scenario.group })
            #expect(try scenario.fixture.store.journalRows([]).isEmpty)
        },
        ConformanceCase("what stands in a slice is told in the order of the records, and what was settled is not") {
            scenario in
            let store = scenario.fixture.store
            let first = try scenario.apply(
                scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 9),
                scenario.record(Said(id: "e-0", number: TestNumbers.bo), at: 2))
            let second = try scenario.apply(scenario.record(Said(id: "e-2", number: TestNumbers.asa), at: 11))
            let outcomes = try store.outcomes(in: first.sliceIDs)
            #expect(outcomes.map(\.home.coordinates.offset) == [2, 9])
            #expect(Set(outcomes.map(\.slice)) == Set(first.sliceIDs))
            #expect(outcomes.map { Verdict.publish($0.outcome) } == first.verdicts.reversed())
            #expect(try store.outcomes(in: second.sliceIDs).count == 1)
            #expect(try store.outcomes(in: []).isEmpty)
        },
        ConformanceCase("what its home publishes again moves to the new slice, and is owed there alone") { scenario in
            let record = try scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5)
            let first = try scenario.apply(record)
            let second = try scenario.apply(record)
            #expect(try scenario.fixture.store.outcomes(in: first.sliceIDs).isEmpty)
            #expect(try scenario.fixture.store.outcomes(in: second.sliceIDs).count == 1)
        },
        ConformanceCase("a replay is remembered until it is forgotten, with how far its group was applied") {
            scenario in
            let store = scenario.fixture.store
            let (early, late) = (scenario.replay("b"), scenario.replay("a", begunAt: Scenario.now.adding(.seconds(1))))
            try store.remember(late)
            try store.remember(early)
            #expect(try store.unfinishedReplays() == [early, late])
            try store.remember(
                UnfinishedReplay(
                    id: "a", group: "another", request: [], ranges: [partition(9): 0..<1], begunAt: Scenario.now))
            #expect(try store.unfinishedReplays() == [early, late])
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5), group: early.group)
            let position = PartitionPosition(partition: partition(), committed: nil)
            #expect(try store.admit([position], of: early.group) == [partition(): 6])
            try store.forgetReplay("b")
            #expect(try store.unfinishedReplays() == [late])
            #expect(try store.admit([position], of: early.group).isEmpty)
            try store.forgetReplay("b")
        },
        ConformanceCase("what somebody else has applied is noted, and progress never goes back by it") { scenario in
            let store = scenario.fixture.store
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5))
            try store.noteApplied([partition(): 3, partition(7): 4], of: Scenario.group)
            let positions = [0, 7].map { PartitionPosition(partition: partition($0), committed: nil) }
            #expect(try store.admit(positions, of: Scenario.group) == [partition(): 6, partition(7): 4])
            try store.noteApplied([partition(): 9], of: Scenario.group)
            #expect(try store.admit(positions, of: Scenario.group) == [partition(): 9, partition(7): 4])
            #expect(try store.unpublishedSlices().count == 1)
        },
    ]
}
