import ContactStore
import ProtectedIdentity
import Testing

extension ContactStoreConformance {
    static let journal = [
        ConformanceCase("an event that nobody has seen is decided and published") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let applied = try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5))
            #expect(applied.verdicts.map(type) == [.redacted])
            #expect(contacts(applied.verdicts.first) == ["c-1"])
            #expect(applied.sliceIDs.count == 1)
        },
        ConformanceCase("a record that comes again before it is published has the very same outcome") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let record = try scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5)
            let first = try scenario.apply(record)
            let second = try scenario.apply(record, at: Scenario.now.adding(.seconds(600)))
            #expect(second.verdicts == first.verdicts)
            #expect(second.sliceIDs != first.sliceIDs)
        },
        ConformanceCase("an outcome that is published again stands in the later slice alone") { scenario in
            let record = try scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5)
            let first = try scenario.apply(record)
            let second = try scenario.apply(record)
            let slice = SettledSlice(id: try #require(first.sliceIDs.first), partition: partition(), last: 5)
            try scenario.fixture.store.settle([slice], of: Scenario.group)
            #expect(try scenario.fixture.store.unpublishedSlices().map(\.id) == second.sliceIDs)
            #expect(try scenario.apply(record).verdicts == first.verdicts)
        },
        ConformanceCase("a record whose slice is settled publishes nothing when it comes again") { scenario in
            let record = try scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5)
            let first = try scenario.apply(record)
            let slice = SettledSlice(id: try #require(first.sliceIDs.first), partition: partition(), last: 5)
            try scenario.fixture.store.settle([slice], of: Scenario.group)
            #expect(try scenario.apply(record).verdicts == [.alreadyPublished])
        },
        ConformanceCase("the same identity with the same data at another place is a duplicate") { scenario in
            let said = Said(id: "e", number: TestNumbers.asa)
            try scenario.apply(scenario.record(said, at: 5))
            #expect(try scenario.apply(scenario.record(said, at: 6)).verdicts == [.duplicate])
            #expect(try scenario.apply(scenario.record(said, at: 5, partition: 1)).verdicts == [.duplicate])
        },
        ConformanceCase("the same record read by another group is a duplicate") { scenario in
            let record = try scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5)
            try scenario.apply(record)
            #expect(try scenario.apply(record, group: "replay").verdicts == [.duplicate])
            #expect(type(try scenario.apply(record).verdicts.first) == .unmatched)
        },
        ConformanceCase("of one identity twice in a batch the first is published") { scenario in
            let said = Said(id: "e", number: TestNumbers.asa)
            let applied = try scenario.apply(scenario.record(said, at: 5), scenario.record(said, at: 5, partition: 1))
            #expect(applied.verdicts.map(type) == [.unmatched, nil])
            #expect(applied.verdicts.last == .duplicate)
        },
        ConformanceCase("one identity with other data is set aside, and stays so when it comes again") { scenario in
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 5))
            let other = try scenario.record(Said(id: "e", number: TestNumbers.bo), at: 6)
            let first = try scenario.apply(other)
            #expect(quarantine(first.verdicts.first)?.reason == .identityReused)
            #expect(try scenario.apply(other).verdicts == first.verdicts)
            let slice = SettledSlice(id: .max, partition: partition(), last: 6)
            try scenario.fixture.store.settle([slice], of: Scenario.group)
            #expect(try scenario.apply(other).verdicts == [.alreadyPublished])
        },
        ConformanceCase("a whole batch that comes again after a lost reply has the same outcomes and changes nothing") {
            scenario in
            try scenario.fixture.add([
                fullContact("c-1", number: TestNumbers.asa), fullContact("c-2", number: TestNumbers.bo),
            ])
            let records = [
                try scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 1),
                try scenario.record(Said(id: "e-2", number: "not a number"), at: 2),
                try scenario.record(
                    Said(id: "e-3", status: .notProtected, number: TestNumbers.bo), at: 0, partition: 1),
            ]
            let first = try scenario.apply(records)
            let contacts = try [scenario.contact("c-1"), scenario.contact("c-2")]
            let second = try scenario.apply(records, at: Scenario.now.adding(.seconds(3_600)))
            #expect(second.verdicts == first.verdicts)
            #expect(try [scenario.contact("c-1"), scenario.contact("c-2")] == contacts)
        },
    ]

    static let redriving = [
        ConformanceCase("a redriven record that now succeeds takes the place of what was set aside") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            var said = Said(id: "e", status: .notProtected, number: TestNumbers.asa, observed: 3_600)
            let original = try scenario.record(said, at: 5)
            #expect(quarantine(try scenario.apply(original).verdicts.first)?.reason == .implausibleTime)
            let slice = SettledSlice(id: .max, partition: partition(), last: 5)
            try scenario.fixture.store.settle([slice], of: Scenario.group)

            said.redrives = 1
            let later = Scenario.now.adding(.seconds(3_600))
            let redriven = try scenario.record(said, at: 9)
            #expect(type(try scenario.apply(redriven, at: later).verdicts.first) == .unchanged)
            #expect(type(try scenario.apply(redriven, at: later).verdicts.first) == .unchanged)
            #expect(try scenario.apply(original, at: later).verdicts == [.duplicate])
        },
        ConformanceCase("each attempt at a record that is set aside again counts") { scenario in
            var said = Said(id: "e", number: "not a number")
            for redrives in 0...2 {
                said.redrives = redrives
                let applied = try scenario.apply(scenario.record(said, at: Int64(redrives)))
                #expect(quarantine(applied.verdicts.first)?.reason == .malformedNumber)
                #expect(quarantine(applied.verdicts.first)?.attempts == redrives + 1)
            }
        },
        ConformanceCase("a record that a version could not read has its outcome when a later one reads it, put back") {
            scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            var said = Said(id: "e", number: TestNumbers.asa)
            try scenario.apply(scenario.refusedRecord(said, .unknownType, at: 5))
            let again = try scenario.record(said, at: 6, rawAs: "its bytes")
            #expect(try scenario.apply(again).verdicts == [.duplicate])
            said.redrives = 1
            let putBack = try scenario.record(said, at: 7, rawAs: "its bytes")
            #expect(type(try scenario.apply(putBack).verdicts.first) == .redacted)
            #expect(type(try scenario.apply(putBack).verdicts.first) == .redacted)
            said.redrives = 2
            #expect(try scenario.apply(scenario.record(said, at: 8)).verdicts == [.duplicate])
        },
        ConformanceCase("a record put back under an identity that was reused says so at each attempt, by its place") {
            scenario in
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0))
            var other = Said(id: "e", number: TestNumbers.bo)
            for redrives in 0...2 {
                other.redrives = redrives
                let applied = try scenario.apply(scenario.record(other, at: Int64(1 + redrives)))
                #expect(quarantine(applied.verdicts.first)?.reason == .identityReused)
                #expect(quarantine(applied.verdicts.first)?.attempts == redrives + 1)
            }
        },
        ConformanceCase("attempts at one record in one batch are each set aside, and the last one stands") { scenario in
            var said = Said(id: "e", number: "not a number")
            let first = try scenario.record(said, at: 0)
            said.redrives = 1
            let second = try scenario.record(said, at: 1)
            let applied = try scenario.apply(first, second)
            #expect(applied.verdicts.compactMap(quarantine).map(\.attempts) == [1, 2])
            #expect(try scenario.apply(first).verdicts == [.duplicate])
            #expect(try scenario.apply(second).verdicts == [applied.verdicts[1]])
        },
    ]
}
