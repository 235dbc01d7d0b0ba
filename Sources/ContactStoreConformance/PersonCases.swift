import ContactStore
import ProtectedIdentity
import Testing

extension ContactStoreConformance {
    static let persons = [
        ConformanceCase("a late event does not undo what a register has said since") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa, observed: -10), at: 0))
            let late = Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, observed: -20)
            #expect(type(try scenario.apply(scenario.record(late, at: 1)).verdicts.first) == .superseded)
            #expect(try scenario.contact("c-1").isProtected)
        },
        ConformanceCase("that somebody is not protected is remembered too") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let lifted = Said(id: "e-1", status: .notProtected, number: TestNumbers.asa, observed: -10)
            try scenario.apply(scenario.record(lifted, at: 0))
            let late = Said(id: "e-2", number: TestNumbers.asa, observed: -20)
            #expect(type(try scenario.apply(scenario.record(late, at: 1)).verdicts.first) == .superseded)
            try scenario.expect("c-1", isProtected: false, holds: everyField)
        },
        ConformanceCase("moments are kept to the microsecond, also before 1970") { scenario in
            let times: [Int64] = [-2_000_000_000, -1_999_999_999, -1, 0]
            for (index, seconds) in times.enumerated() {
                let status: ProtectionStatus = index.isMultiple(of: 2) ? .protected : .notProtected
                let said = Said(id: "e-\(index)", status: status, number: TestNumbers.asa, observed: seconds)
                #expect(type(try scenario.apply(scenario.record(said, at: Int64(index))).verdicts.first) == .unmatched)
            }
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let late = Said(id: "late", status: .protected, number: TestNumbers.asa, observed: -2)
            #expect(type(try scenario.apply(scenario.record(late, at: 9)).verdicts.first) == .superseded)
        },
        ConformanceCase("a person stays protected while any register says so") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa, registry: "SPAR"), at: 0))
            try scenario.apply(scenario.record(Said(id: "e-2", number: TestNumbers.asa, registry: ""), at: 1))
            var lifted = Said(id: "e-3", status: .notProtected, number: TestNumbers.asa, observed: -10)
            #expect(type(try scenario.apply(scenario.record(lifted, at: 2)).verdicts.first) == .unchanged)
            lifted.id = "e-4"
            lifted.registry = ""
            #expect(type(try scenario.apply(scenario.record(lifted, at: 3)).verdicts.first) == .protectionLifted)
        },
        ConformanceCase("a contact that appears later is cleared by the next event, whatever it says") { scenario in
            let unmatched = try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 0))
            #expect(type(unmatched.verdicts.first) == .unmatched)
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let other = Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, registry: "other")
            #expect(type(try scenario.apply(scenario.record(other, at: 1)).verdicts.first) == .redacted)
            try scenario.expect("c-1", isProtected: true, holds: [])
        },
        ConformanceCase("an id that the registry does not know is remembered until it does") { scenario in
            let unmatched = try scenario.apply(scenario.record(Said(id: "e-1", contact: "c-1"), at: 0))
            #expect(type(unmatched.verdicts.first) == .unmatched)
            try scenario.fixture.add([fullContact("c-1", number: nil)])
            let late = Said(id: "e-2", status: .notProtected, contact: "c-1", observed: -120)
            #expect(type(try scenario.apply(scenario.record(late, at: 1)).verdicts.first) == .redacted)
            try scenario.expect("c-1", isProtected: true, holds: [])
        },
        ConformanceCase("a contact that was lifted and protected again is marked again") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let said: [(ProtectionStatus, OutcomeType)] = [
                (.protected, .redacted), (.notProtected, .protectionLifted), (.protected, .redacted),
                (.protected, .unchanged), (.notProtected, .protectionLifted), (.notProtected, .unchanged),
            ]
            for (index, (status, expected)) in said.enumerated() {
                let event = Said(
                    id: "e-\(index)", status: status, number: TestNumbers.asa, observed: Int64(index - 10))
                let applied = try scenario.apply(scenario.record(event, at: Int64(index)))
                #expect(type(applied.verdicts.first) == expected)
                #expect(try scenario.contact("c-1").isProtected == (status == .protected))
            }
        },
        ConformanceCase("events of one person in one batch are decided in their order") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let applied = try scenario.apply(
                scenario.record(Said(id: "e-1", number: TestNumbers.asa, observed: -30), at: 0),
                scenario.record(Said(id: "e-2", status: .notProtected, contact: "c-1", observed: -20), at: 1),
                scenario.record(Said(id: "e-3", number: TestNumbers.asa, observed: -25), at: 2))
            #expect(applied.verdicts.map(type) == [.redacted, .protectionLifted, .superseded])
            try scenario.expect("c-1", isProtected: false, holds: [])
        },
    ]

    static let merges = [
        ConformanceCase("two numbers that turn out to be one person's share what is known") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa, registry: "A"), at: 0))
            try scenario.apply(scenario.record(Said(id: "e-2", number: TestNumbers.coordination, registry: "B"), at: 1))
            let both = Said(
                id: "e-3", status: .notProtected, number: TestNumbers.asa, others: [TestNumbers.coordination],
                registry: "A", observed: -10)
            // Register B still says so of the other number.
            #expect(type(try scenario.apply(scenario.record(both, at: 2)).verdicts.first) == .unchanged)
            let lifted = Said(
                id: "e-4", status: .notProtected, number: TestNumbers.coordination, registry: "B", observed: -5)
            let applied = try scenario.apply(scenario.record(lifted, at: 3))
            #expect(type(applied.verdicts.first) == .protectionLifted)
            #expect(contacts(applied.verdicts.first) == ["c-1"])
        },
        ConformanceCase("persons that are merged one after the other in a batch are one in the end") { scenario in
            let numbers = (0..<4).map { TestNumbers.number($0) }
            try scenario.fixture.add(
                try numbers.enumerated().map { try fullContact("c-\($0.offset)", number: $0.element) })
            for (index, number) in numbers.enumerated() {
                try scenario.apply(
                    scenario.record(Said(id: "e-\(index)", number: number, registry: "R\(index)"), at: Int64(index)))
            }
            let links = [(0, 1), (2, 3), (1, 2)].enumerated().map { index, pair in
                Said(
                    id: "m-\(index)", number: numbers[pair.0], others: [numbers[pair.1]], registry: "M", observed: -9)
            }
            try scenario.apply(
                try links.enumerated().map { try scenario.record($0.element, at: Int64(10 + $0.offset)) })
            for (index, registry) in ["R0", "R1", "R2", "R3"].enumerated() {
                let lifted = Said(
                    id: "l-\(index)", status: .notProtected, number: numbers[3 - index], registry: registry,
                    observed: -5)
                let applied = try scenario.apply(scenario.record(lifted, at: Int64(20 + index)))
                #expect(contacts(applied.verdicts.first) == ["c-0", "c-1", "c-2", "c-3"])
            }
            let last = Said(id: "l-4", status: .notProtected, number: numbers[2], registry: "M", observed: -4)
            let applied = try scenario.apply(scenario.record(last, at: 30))
            #expect(type(applied.verdicts.first) == .protectionLifted)
            #expect(contacts(applied.verdicts.first) == ["c-0", "c-1", "c-2", "c-3"])
        },
        ConformanceCase("a merged person's number is known by the other one in later batches") { scenario in
            let both = Said(id: "e-1", number: TestNumbers.asa, others: [TestNumbers.coordination])
            try scenario.apply(scenario.record(both, at: 0))
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let other = Said(
                id: "e-2", status: .notProtected, number: TestNumbers.coordination, contact: "c-1", registry: "other")
            #expect(type(try scenario.apply(scenario.record(other, at: 1)).verdicts.first) == .redacted)
        },
    ]
}
