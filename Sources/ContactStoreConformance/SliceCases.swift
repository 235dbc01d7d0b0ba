import ContactStore
import ProtectedIdentity
import Testing

extension ContactStoreConformance {
    static let slices = [
        ConformanceCase("a batch leaves a slice for each partition, in its order, with rising ids") { scenario in
            let applied = try scenario.apply(
                scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 5),
                scenario.record(Said(id: "e-2", number: TestNumbers.asa), at: 9),
                scenario.record(Said(id: "e-3", number: TestNumbers.asa), at: 2, partition: 7))
            let standing = try scenario.fixture.store.unpublishedSlices()
            #expect(standing.map(\.id) == applied.sliceIDs)
            #expect(applied.sliceIDs == applied.sliceIDs.sorted())
            #expect(
                standing.map(\.slice) == [
                    BatchSlice(partition: partition(), first: 5, last: 9),
                    BatchSlice(partition: partition(7), first: 2, last: 2),
                ])
            #expect(standing.map(\.group) == [Scenario.group, Scenario.group])
        },
        ConformanceCase("a slice without records leaves its trace as well") { scenario in
            let slice = BatchSlice(partition: partition(), first: 3, last: 8)
            let applied = try scenario.fixture.store.apply(scenario.batch([], slices: [slice]))
            #expect(applied.verdicts.isEmpty)
            #expect(try scenario.fixture.store.unpublishedSlices().map(\.slice) == [slice])
        },
        ConformanceCase("settling a slice takes earlier ones of its partition along, and no others") { scenario in
            let ids = try scenario.fourSlices()
            let store = scenario.fixture.store
            try store.settle([SettledSlice(id: ids[1], partition: partition(), last: 1)], of: Scenario.group)
            #expect(try store.unpublishedSlices().map(\.id) == [ids[2], ids[3]])
        },
        ConformanceCase("settling spares an earlier slice that reaches further") { scenario in
            let wide = try scenario.apply(
                scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 0),
                scenario.record(Said(id: "e-2", number: TestNumbers.asa), at: 9))
            let narrow = try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 0))
            let settled = SettledSlice(id: try #require(narrow.sliceIDs.first), partition: partition(), last: 0)
            try scenario.fixture.store.settle([settled], of: Scenario.group)
            #expect(try scenario.fixture.store.unpublishedSlices().map(\.id) == wide.sliceIDs)
        },
        ConformanceCase("another group's slices are not settled") { scenario in
            let ids = try scenario.fourSlices()
            let settled = SettledSlice(id: .max, partition: partition(), last: .max)
            try scenario.fixture.store.settle([settled], of: "replay")
            #expect(try scenario.fixture.store.unpublishedSlices().map(\.id) == ids)
        },
        ConformanceCase("slices that a batch settles count as published for its own records") { scenario in
            let record = try scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5)
            let id = try #require(try scenario.apply(record).sliceIDs.first)
            let settling = [SettledSlice(id: id, partition: partition(), last: 5)]
            #expect(try scenario.apply(record, settling: settling).verdicts == [.alreadyPublished])
            #expect(try scenario.fixture.store.unpublishedSlices().count == 1)
        },
        ConformanceCase("a committed offset settles the slices of its partition that end below it") { scenario in
            let ids = try scenario.fourSlices()
            let positions = [
                PartitionPosition(partition: partition(), committed: 2),
                PartitionPosition(partition: partition(1), committed: nil),
            ]
            _ = try scenario.fixture.store.admit(positions, of: Scenario.group)
            #expect(try scenario.fixture.store.unpublishedSlices().map(\.id) == [ids[2], ids[3]])
        },
        ConformanceCase("a committed offset of another group settles nothing") { scenario in
            let ids = try scenario.fourSlices()
            let positions = [PartitionPosition(partition: partition(), committed: 100)]
            _ = try scenario.fixture.store.admit(positions, of: "replay")
            #expect(try scenario.fixture.store.unpublishedSlices().map(\.id) == ids)
        },
        ConformanceCase("ids are never given twice") { scenario in
            let first = try #require(try scenario.fourSlices().last)
            let positions = [0, 1].map { PartitionPosition(partition: partition($0), committed: 100) }
            _ = try scenario.fixture.store.admit(positions, of: Scenario.group)
            #expect(try scenario.fixture.store.unpublishedSlices().isEmpty)
            let applied = try scenario.apply(scenario.record(Said(id: "new", number: TestNumbers.asa), at: 50))
            #expect(try #require(applied.sliceIDs.first) > first)
        },
    ]

    static let progress = [
        ConformanceCase("a partition's progress is the offset behind its last applied record") { scenario in
            try scenario.apply(
                scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 5),
                scenario.record(Said(id: "e-2", number: TestNumbers.asa), at: 2, partition: 1))
            let positions = (0...2).map { PartitionPosition(partition: partition($0), committed: nil) }
            let progress = try scenario.fixture.store.admit(positions, of: Scenario.group)
            #expect(progress == [partition(0): 6, partition(1): 3])
        },
        ConformanceCase("progress never goes back") { scenario in
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 5))
            try scenario.apply(scenario.record(Said(id: "e-0", number: TestNumbers.asa), at: 2))
            let position = PartitionPosition(partition: partition(), committed: 1)
            #expect(try scenario.fixture.store.admit([position], of: Scenario.group) == [partition(): 6])
        },
        ConformanceCase("a batch that follows what is applied, or less, is applied") { scenario in
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 5))
            let record = try scenario.record(Said(id: "e-2", number: TestNumbers.asa), at: 9)
            for follows in [0, 6] as [Int64] {
                let slice = BatchSlice(partition: partition(), first: 9, last: 9, follows: follows)
                #expect(try scenario.fixture.store.apply(scenario.batch([record], slices: [slice])).sliceIDs.count == 1)
            }
        },
        ConformanceCase("a batch that follows more than is applied finds the store set back, and leaves nothing") {
            scenario in
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 5))
            let record = try scenario.record(Said(id: "e-2", number: TestNumbers.asa), at: 9)
            for (number, applied) in [(0, 6), (1, 0)] as [(Int32, Int64)] {
                let record = number == 0 ? record : nil
                let slice = BatchSlice(partition: partition(number), first: 9, last: 9, follows: 7)
                #expect(throws: StoreError.setBack(partition(number), applied: applied, expected: 7)) {
                    try scenario.fixture.store.apply(
                        scenario.batch(record.map { [$0] } ?? [], slices: [slice]))
                }
            }
            let positions = [0, 1].map { PartitionPosition(partition: partition($0), committed: nil) }
            #expect(try scenario.fixture.store.admit(positions, of: Scenario.group) == [partition(): 6])
            #expect(try scenario.fixture.store.unpublishedSlices().count == 1)
        },
        ConformanceCase("each group has a progress of its own") { scenario in
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 5))
            let position = PartitionPosition(partition: partition(), committed: nil)
            #expect(try scenario.fixture.store.admit([position], of: "replay").isEmpty)
        },
    ]
}

extension Scenario {
    /// Slices of offsets 0, 1 and 2 in partition 0 (the second time with one of offset 0 in partition 1); their ids in
    /// the order 0, 1, partition 1, 2.
    fileprivate func fourSlices() throws -> [Int64] {
        let first = try apply(record(Said(id: "e-0", number: TestNumbers.asa), at: 0))
        let second = try apply(
            record(Said(id: "e-1", number: TestNumbers.asa), at: 1),
            record(Said(id: "e-2", number: TestNumbers.asa), at: 0, partition: 1))
        let third = try apply(record(Said(id: "e-3", number: TestNumbers.asa), at: 2))
        return first.sliceIDs + second.sliceIDs + third.sliceIDs
    }
}
