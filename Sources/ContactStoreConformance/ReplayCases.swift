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
        ConformanceCase(
            "what was read from end to end counts as applied where it joins on, and progress never goes back by it"
        ) {
            scenario in
            let store = scenario.fixture.store
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5))
            let positions = [0, 7].map { PartitionPosition(partition: partition($0), committed: nil) }
            func applied() throws -> [PartitionName: Int64] { try store.admit(positions, of: Scenario.group) }
            try store.noteRead([partition(): 2..<3, partition(7): 0..<4], of: Scenario.group)
            #expect(try applied() == [partition(): 6, partition(7): 4])
            try store.noteRead([partition(): 7..<9, partition(7): 5..<9], of: Scenario.group)
            #expect(try applied() == [partition(): 6, partition(7): 4])
            try store.noteRead([partition(): 6..<9], of: "another")
            try store.noteRead([partition(): 1..<9], of: Scenario.group)
            #expect(try applied() == [partition(): 9, partition(7): 4])
            #expect(try store.unpublishedSlices().count == 1)
        },
        ConformanceCase("a gap stands until it is closed, whatever is applied behind it; of each group its own") {
            scenario in
            let store = scenario.fixture.store
            func gap(_ offsets: Range<Int64>, _ number: Int32 = 0, group: String = Scenario.group) -> PartitionGap {
                PartitionGap(group: group, partition: partition(number), offsets: offsets)
            }
            func gaps() throws -> Set<PartitionGap> { Set(try store.gaps()) }
            #expect(try gaps().isEmpty)
            try store.note([gap(3..<8), gap(0..<4, 7), gap(3..<8, group: "another")])
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 20))
            try store.note([gap(3..<9), gap(3..<5), gap(20..<22)])
            #expect(try gaps() == [gap(3..<9), gap(20..<22), gap(0..<4, 7), gap(3..<8, group: "another")])
            try store.close([partition(): 5..<7, partition(9): 0..<99], of: Scenario.group)
            #expect(
                try gaps() == [
                    gap(3..<5), gap(7..<9), gap(20..<22), gap(0..<4, 7), gap(3..<8, group: "another"),
                ])
            try store.noteRead([partition(): 0..<21], of: Scenario.group)
            #expect(try gaps() == [gap(21..<22), gap(0..<4, 7), gap(3..<8, group: "another")])
            try store.close([partition(): 21..<Int64.max, partition(7): 0..<4], of: Scenario.group)
            #expect(try gaps() == [gap(3..<8, group: "another")])
        },
        ConformanceCase("with a replay its group's gaps go") { scenario in
            let store = scenario.fixture.store
            let replay = scenario.replay("b")
            try store.remember(replay)
            try store.note([PartitionGap(group: replay.group, partition: partition(), offsets: 1..<2)])
            try store.forgetReplay("b")
            #expect(try store.gaps().isEmpty)
        },
    ]
}
