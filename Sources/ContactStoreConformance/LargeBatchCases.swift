import ContactStore
import ProtectedIdentity
import Testing

extension ContactStoreConformance {
    static let largeBatches = [
        ConformanceCase("a thousand mixed records in a batch leave each person as the registers last said") {
            scenario in
            var generator = SeededGenerator(seed: UInt64.random(in: .min ... .max))
            let seed = generator.seed
            let numbers = (0..<300).map { TestNumbers.number($0) }
            // Every other person has a contact, every sixth has two.
            var owned: [String: [RegistryContact]] = [:]
            for (index, number) in numbers.enumerated() where index.isMultiple(of: 2) {
                let forms = [number, "\(number.dropLast(4))-\(number.suffix(4))"]
                owned[number] = try (0..<(index.isMultiple(of: 6) ? 2 : 1)).map {
                    try fullContact("c-\(index)-\($0)", number: forms[$0])
                }
            }
            try scenario.fixture.add(owned.values.flatMap { $0 })

            var latest: [String: Said] = [:]
            var wasProtected: Set<String> = []
            let records = try (0..<1_000).map { index in
                let number = numbers[Int.random(in: 0..<numbers.count, using: &generator)]
                var said = Said(
                    id: "e-\(index)", status: Bool.random(using: &generator) ? .protected : .notProtected,
                    number: number, observed: -Int64(2_000 - index))
                if index.isMultiple(of: 50) {
                    said.number = "not a number"
                } else {
                    latest[number] = said
                    if said.status == .protected { wasProtected.insert(number) }
                }
                return try scenario.record(said, at: Int64(index / 4), partition: Int32(index % 4))
            }
            let applied = try scenario.apply(records)
            #expect(applied.verdicts.count == records.count, "seed \(seed)")
            #expect(applied.verdicts.compactMap(quarantine).count == 20, "seed \(seed)")
            for (number, contacts) in owned {
                for contact in contacts {
                    let now = try scenario.contact(contact.key.id.rawValue)
                    #expect(now.isProtected == (latest[number]?.status == .protected), "seed \(seed)")
                    let expected = wasProtected.contains(number) ? contact.details.cleared : contact.details
                    #expect(now.details == expected, "seed \(seed)")
                }
            }
            #expect(try scenario.apply(records).verdicts == applied.verdicts, "seed \(seed)")
        }
    ]
}
