import ContactStore
import ProtectedIdentity
import Testing

extension ContactStoreConformance {
    static let boundaries = [
        ConformanceCase("nobody else's contact is changed by a byte") { scenario in
            var plain = try fullContact("c-2", number: TestNumbers.bo)
            plain.details.street = Sensitive("  Gränd\u{301}\t1 \u{1F3E0} 'x' \"y\" ")
            plain.details.careOf = nil
            var marked = try fullContact("c-3", number: TestNumbers.cecilia)
            marked.isProtected = true
            marked.deletionNotBefore = Scenario.now
            let unreadable = try fullContact("c-4", number: "see file 7")
            let foreign = try fullContact("c-5", number: TestNumbers.asa, country: "NO")
            let others = [plain, marked, unreadable, foreign]
            try scenario.fixture.add(others + [try fullContact("c-1", number: TestNumbers.asa)])
            try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0))
            try scenario.expect("c-1", isProtected: true, holds: [])
            for other in others {
                let now = try scenario.contact(other.key.id.rawValue)
                #expect(now == other)
                #expect(
                    now.details.street.map { Array($0.reveal().utf8) }
                        == other.details.street.map { Array($0.reveal().utf8) })
            }
        },
        ConformanceCase("tenants know nothing of each other") { scenario in
            try scenario.fixture.add([
                fullContact("c-1", number: TestNumbers.asa),
                fullContact("c-1", number: TestNumbers.asa, tenant: "other"),
            ])
            let protected = Said(id: "e-1", number: TestNumbers.asa, contact: "c-1")
            try scenario.apply(scenario.record(protected, at: 0))
            try scenario.expect("c-1", isProtected: true, holds: [])
            try scenario.expect("c-1", tenant: "other", isProtected: false, holds: everyField)
            let other = Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, tenant: "other")
            #expect(type(try scenario.apply(scenario.record(other, at: 1)).verdicts.first) == .unchanged)
            try scenario.expect("c-1", isProtected: true, holds: [])
        },
        ConformanceCase("a record that the store has refused is set aside and changes nothing") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let record = try scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0)
            let redaction = RedactionBatch(
                group: Scenario.group, records: [record], decidedAt: Scenario.now, policies: .keepEverywhere,
                keyring: scenario.keyring, refusedByStore: [record.coordinates])
            let batch = StoreBatch(redaction: redaction, slices: scenario.slices(of: [record]))
            let applied = try scenario.fixture.store.apply(batch)
            #expect(quarantine(applied.verdicts.first)?.reason == .refusedByStore)
            try scenario.expect("c-1", isProtected: false, holds: everyField)
        },
    ]

    static let atomicity = [
        ConformanceCase("a batch that fails in the middle leaves nothing behind") { scenario in
            let everything = [
                try fullContact("c-1", number: TestNumbers.asa), try fullContact("c-2", number: TestNumbers.bo),
            ]
            try scenario.fixture.add(everything)
            let records = [
                try scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 0),
                try scenario.record(Said(id: "e-2", number: TestNumbers.bo, others: [TestNumbers.asa]), at: 1),
                try scenario.record(Said(id: "e-3", number: TestNumbers.cecilia), at: 2, partition: 1),
            ]
            // Journal rows come after the contacts, and the last record's is in no slice.
            let torn = scenario.batch(records, slices: [BatchSlice(partition: partition(), first: 0, last: 1)])
            #expect(throws: StoreError.self) { try scenario.fixture.store.apply(torn) }

            #expect(try [scenario.contact("c-1"), scenario.contact("c-2")] == everything)
            #expect(try scenario.fixture.store.unpublishedSlices().isEmpty)
            #expect(try scenario.fixture.store.digestKeyUse().isEmpty)
            let position = PartitionPosition(partition: partition(), committed: nil)
            #expect(try scenario.fixture.store.admit([position], of: Scenario.group).isEmpty)
            #expect(try scenario.apply(records).verdicts.map(type) == [.redacted, .redacted, .unmatched])
        },
        ConformanceCase("slices that a failed batch was to settle still stand") { scenario in
            let record = try scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0)
            let first = try scenario.apply(record)
            let settled = SettledSlice(id: try #require(first.sliceIDs.first), partition: partition(), last: 0)
            let next = try scenario.record(Said(id: "e-2", number: TestNumbers.asa), at: 1)
            let torn = scenario.batch([next], settling: [settled], slices: [])
            #expect(throws: StoreError.self) { try scenario.fixture.store.apply(torn) }
            #expect(try scenario.fixture.store.unpublishedSlices().map(\.id) == first.sliceIDs)
        },
    ]

    static let keys = [
        ConformanceCase("the use of digest keys counts persons' aliases and events") { scenario in
            #expect(try scenario.fixture.store.digestKeyUse().isEmpty)
            try scenario.apply(
                scenario.record(Said(id: "e-1", number: TestNumbers.asa, others: [TestNumbers.bo]), at: 0),
                scenario.record(Said(id: "e-2", number: "not a number"), at: 1))
            #expect(try scenario.fixture.store.digestKeyUse() == ["old": 4])
        },
        ConformanceCase("what an older key has written is found under it, and known under the new one from then on") {
            scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let said = Said(id: "e-1", number: TestNumbers.asa)
            let before = try scenario.apply(scenario.record(said, at: 0))
            var later = scenario
            later.keyring = try TestKeys.rotated()
            #expect(try later.apply(later.record(said, at: 0)).verdicts == before.verdicts)
            let lifted = Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, observed: -10)
            #expect(contacts(try later.apply(later.record(lifted, at: 1)).verdicts.first) == ["c-1"])
            #expect(try later.fixture.store.digestKeyUse() == ["old": 2, "new": 2])
        },
    ]
}
