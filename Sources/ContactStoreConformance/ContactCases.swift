import ContactStore
import ProtectedIdentity
import Testing

extension ContactStoreConformance {
    static let contactsByKey = [
        ConformanceCase("a contact is found by its id, marked and cleared") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            let applied = try scenario.apply(scenario.record(Said(id: "e", contact: "c-1"), at: 0))
            #expect(type(applied.verdicts.first) == .redacted)
            try scenario.expect("c-1", isProtected: true, holds: [])
        },
        ConformanceCase("a cleared contact keeps its e-mail address and telephone for the notice") { scenario in
            let contact = try fullContact("c-1", number: TestNumbers.asa)
            try scenario.fixture.add([contact])
            try scenario.apply(scenario.record(Said(id: "e", contact: "c-1"), at: 0))
            #expect(try scenario.contact("c-1").details == contact.details.cleared)
        },
        ConformanceCase("an outcome says which fields held something") { scenario in
            var contact = try fullContact("c-1", number: nil)
            contact.details.firstName = nil
            contact.details.lastName = Sensitive("")
            contact.details.street = nil
            try scenario.fixture.add([contact])
            let applied = try scenario.apply(scenario.record(Said(id: "e", contact: "c-1"), at: 0))
            guard case .publish(.decided(let outcome, _)) = applied.verdicts.first else {
                Issue.record("nothing is published")
                return
            }
            #expect(outcome.cleared == [.address])
        },
        ConformanceCase("a contact that is marked and still holds something is cleared") { scenario in
            var contact = try fullContact("c-1", number: nil)
            contact.isProtected = true
            try scenario.fixture.add([contact])
            let applied = try scenario.apply(scenario.record(Said(id: "e", contact: "c-1"), at: 0))
            #expect(type(applied.verdicts.first) == .redacted)
            try scenario.expect("c-1", isProtected: true, holds: [])
        },
        ConformanceCase("ids are compared byte for byte") { scenario in
            let ids = ["É", "E\u{301}", "é", "x ", "x", "'; DROP TABLE contacts; --", "\"", "[1]", "\u{1F511}"]
            try scenario.fixture.add(try ids.map { try fullContact($0, number: nil) })
            for (index, id) in ids.enumerated() {
                let applied = try scenario.apply(
                    scenario.record(Said(id: "e-\(index)", contact: id), at: Int64(index)))
                #expect(contacts(applied.verdicts.first).map { Array($0.utf8) } == [Array(id.utf8)])
                for later in ids[(index + 1)...] { #expect(try !scenario.contact(later).isProtected) }
            }
        },
    ]

    static let contactsByNumber = [
        ConformanceCase("a contact is found by its number in each written form") { scenario in
            let numbers = [
                (TestNumbers.asa, "SE"), (TestNumbers.coordination, "SE"), (TestNumbers.centenarian, "SE"),
                (TestNumbers.danish, "DK"), (TestNumbers.danishEarlyDay, "DK"),
            ]
            for (index, (number, country)) in numbers.enumerated() {
                let served = try #require(Country(rawValue: country))
                let parsed = try PersonalIdentityNumber.parse(number, country: served, today: Scenario.now.date)
                let forms = parsed.writtenForms(today: Scenario.now.date).reveal()
                let ids = forms.indices.map { "c-\(index)-\($0)" }
                try scenario.fixture.add(
                    try zip(ids, forms).map { try fullContact($0, number: $1, country: country) })
                let event = Said(id: "e-\(index)", number: number, country: country)
                let applied = try scenario.apply(scenario.record(event, at: 0))
                #expect(contacts(applied.verdicts.first) == ids.sorted())
                for id in ids { try scenario.expect(id, isProtected: true, holds: []) }
            }
        },
        ConformanceCase("a number that begins with zeros is found") { scenario in
            try scenario.fixture.add([
                fullContact("c-1", number: "000101-2384"), fullContact("c-2", number: "0103922852", country: "DK"),
            ])
            let applied = try scenario.apply(
                scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 0),
                scenario.record(Said(id: "e-2", number: "010392-2852", country: "DK"), at: 1))
            #expect(applied.verdicts.map { contacts($0) } == [["c-1"], ["c-2"]])
        },
        ConformanceCase("a stored short form that fits two centuries is not guessed at") { scenario in
            let number = TestNumbers.number(3, year: 2_015)
            try scenario.fixture.add([fullContact("c-1", number: String(number.dropFirst(2)))])
            let byNumber = try scenario.apply(scenario.record(Said(id: "e-1", number: number), at: 0))
            #expect(quarantine(byNumber.verdicts.first)?.reason == .ambiguousMatch)
            try scenario.expect("c-1", isProtected: false, holds: everyField)

            let byBoth = Said(id: "e-2", number: number, contact: "c-1")
            #expect(type(try scenario.apply(scenario.record(byBoth, at: 1)).verdicts.first) == .redacted)
            try scenario.expect("c-1", isProtected: true, holds: [])
        },
        ConformanceCase("somebody a hundred years older with the same ten digits is another person") { scenario in
            try scenario.fixture.add([
                fullContact("young", number: "20\(TestNumbers.asa.dropFirst(2))"),
                fullContact("old", number: "19\(TestNumbers.asa.dropFirst(2))"),
            ])
            let applied = try scenario.apply(scenario.record(Said(id: "e", number: TestNumbers.asa), at: 0))
            #expect(contacts(applied.verdicts.first) == ["young"])
            try scenario.expect("old", isProtected: false, holds: everyField)
        },
        ConformanceCase("the same digits of another country are another person's") { scenario in
            try scenario.fixture.add([
                fullContact("c-1", number: TestNumbers.danish, country: "DK"),
                fullContact("c-2", number: TestNumbers.danish, country: "SE"),
            ])
            let event = Said(id: "e", number: TestNumbers.danish, country: "DK")
            #expect(contacts(try scenario.apply(scenario.record(event, at: 0)).verdicts.first) == ["c-1"])
            try scenario.expect("c-2", isProtected: false, holds: everyField)
        },
        ConformanceCase("all contacts of a person are meant, also when the event names one of them") { scenario in
            try scenario.fixture.add([
                fullContact("c-1", number: "20000101-2384"), fullContact("c-2", number: "0001012384"),
                fullContact("c-3", number: TestNumbers.bo),
            ])
            let applied = try scenario.apply(scenario.record(Said(id: "e", contact: "c-2"), at: 0))
            #expect(contacts(applied.verdicts.first) == ["c-1", "c-2"])
            for id in ["c-1", "c-2"] { try scenario.expect(id, isProtected: true, holds: []) }
            try scenario.expect("c-3", isProtected: false, holds: everyField)
        },
        ConformanceCase("an id and a number of two contacts with different numbers are set aside") { scenario in
            try scenario.fixture.add([
                fullContact("c-1", number: TestNumbers.asa), fullContact("c-2", number: TestNumbers.bo),
            ])
            let event = Said(id: "e", number: TestNumbers.asa, contact: "c-2")
            let applied = try scenario.apply(scenario.record(event, at: 0))
            #expect(quarantine(applied.verdicts.first)?.reason == .ambiguousIdentity)
            for id in ["c-1", "c-2"] { try scenario.expect(id, isProtected: false, holds: everyField) }
        },
        ConformanceCase("a contact without a number that the event names is the number's person from then on") {
            scenario in
            try scenario.fixture.add([fullContact("c-1", number: nil)])
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa, contact: "c-1"), at: 0))
            let lifted = Said(id: "e-2", status: .notProtected, number: TestNumbers.asa, observed: -10)
            #expect(contacts(try scenario.apply(scenario.record(lifted, at: 1)).verdicts.first) == ["c-1"])
        },
        ConformanceCase("a cleared contact is found by the number that it no longer has") { scenario in
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            try scenario.apply(scenario.record(Said(id: "e-1", number: TestNumbers.asa), at: 0))
            try scenario.expect("c-1", isProtected: true, holds: [])
            let lifted = Said(id: "e-2", status: .notProtected, number: "000101-2384", observed: -10)
            let applied = try scenario.apply(scenario.record(lifted, at: 1))
            #expect(type(applied.verdicts.first) == .protectionLifted)
            #expect(contacts(applied.verdicts.first) == ["c-1"])
            try scenario.expect("c-1", isProtected: false, holds: [])
        },
    ]
}
