import ContactStore
import Foundation
import KafkaClient
import ProtectedIdentity

/// Judges a world that has come to rest, from outside: what a `read_committed` reader sees, what the registry holds.
struct Oracle {
    let feed: Feed
    let log: SimulatedLog
    let store: InMemoryContactStore

    func violations() -> [String] {
        outcomes() + contacts() + leftovers()
    }

    /// One committed outcome for each event identity, one quarantine record for each record that is no event or bears
    /// another's identity, and nothing besides.
    private func outcomes() -> [String] {
        var violations: [String] = []
        var outcomes: [String: Int] = [:]
        for record in log.committedRecords(of: "protected-identity.outcomes") {
            guard let id = Self.eventID(in: record) else {
                violations.append("an outcome names no event")
                continue
            }
            outcomes[id, default: 0] += 1
        }
        for (id, use) in feed.uses.sorted(by: { $0.key < $1.key }) where outcomes[id] != 1 {
            violations.append("\(id) of \(use.records.values.reduce(0, +)) records has \(outcomes[id] ?? 0) outcomes")
        }
        for id in outcomes.keys.sorted() where feed.uses[id] == nil { violations.append("\(id) was never fed") }

        let quarantined = log.committedRecords(of: "protected-identity.quarantine")
        let places = Set(quarantined.map { $0.key.map { String(decoding: $0, as: UTF8.self) } ?? "" })
        if places.count != quarantined.count { violations.append("a record is quarantined twice") }
        // Of two contents of one identity either may have come first; the records of the other one are set aside.
        let fewest = feed.uses.values.reduce(feed.malformed) { $0 + $1.others.min }
        let most = feed.uses.values.reduce(feed.malformed) { $0 + $1.others.max }
        if !(fewest...most).contains(quarantined.count) {
            violations.append("\(quarantined.count) records are quarantined, expected \(fewest) to \(most)")
        }
        return violations
    }

    /// Everyone said to be protected is clear and marked, everyone else is not marked, and who never was protected is as
    /// they were.
    private func contacts() -> [String] {
        var violations: [String] = []
        let now = store.contacts
        for person in feed.people {
            let isProtected = person.words.values.contains(where: \.isProtected)
            for key in person.contacts {
                guard let contact = now[key], let before = feed.contacts[key] else {
                    violations.append("contact \(key.id.rawValue) is gone")
                    continue
                }
                if isProtected, !contact.details.holding.isEmpty {
                    violations.append("contact \(key.id.rawValue) is exposed")
                }
                if contact.isProtected != isProtected {
                    violations.append("contact \(key.id.rawValue) has the wrong mark")
                }
                if !person.wasProtected, contact != before {
                    violations.append("contact \(key.id.rawValue) was changed")
                }
            }
        }
        return violations
    }

    private func leftovers() -> [String] {
        let standing = (try? store.unpublishedSlices()) ?? []
        return standing.map { "slice \($0.id) of \($0.slice.partition) stands as unpublished" }
    }

    private static func eventID(in record: OutgoingRecord) -> String? {
        guard
            let value = record.value,
            let json = try? JSONSerialization.jsonObject(with: Data(value)) as? [String: Any],
            let event = json["event"] as? [String: Any]
        else { return nil }
        return event["id"] as? String
    }
}

extension Feed.Use {
    /// How many records bear another content than the one that came first, which may be any.
    fileprivate var others: (min: Int, max: Int) {
        let all = records.values.reduce(0, +)
        return (all - (records.values.max() ?? 0), all - (records.values.min() ?? 0))
    }
}
