import BatchPipeline
import ContactStore
import Foundation
import KafkaClient
import ProtectedIdentity

/// Judges a world that has come to rest, from outside: what a `read_committed` reader sees, what the registry holds, and
/// what people were told.
struct Oracle {
    let feed: Feed
    let chronicle: Chronicle
    let log: SimulatedLog
    let registry: any SimulatedRegistry

    func violations() throws -> [String] {
        try outcomes() + quarantine() + contacts() + commands() + leftovers() + alarms() + chronicle.violations
    }

    /// All records of one event identity.
    private struct Identity {
        var records: [Chronicle.Fed] = []
        var dresses: [Int: Int] = [:]
        var isPoison = false

        /// How many records bear another content than the one that came first, which may be any.
        var others: (min: Int, max: Int) {
            let all = dresses.values.reduce(0, +)
            return (all - (dresses.values.max() ?? 0), all - (dresses.values.min() ?? 0))
        }
    }

    private var identities: [String: Identity] {
        var identities: [String: Identity] = [:]
        for record in chronicle.fed {
            guard case .event(let id, let word, let dress) = record.arrival.content else { continue }
            identities[id, default: Identity()].records.append(record)
            identities[id]?.dresses[dress, default: 0] += 1
            identities[id]?.isPoison = word.isPoison
        }
        return identities
    }

    /// Records of a deleted topic need not have been read, and of a new one not those below the old one's position.
    private func mayBeLost(_ record: Chronicle.Fed) -> Bool {
        guard let deletedAt = chronicle.deletedAt else { return false }
        // A log that has grown past the old one's length, or past what was committed in it, cannot be told from it by its
        // offsets.
        let partition = record.arrival.partition
        return record.wasDeleted || deletedAt[partition] ?? 0 <= log.end(of: partition)
            || chronicle.mayBeSkipped(record)
    }

    /// Records that stand in the deleted topic and the new one at the same place are one record to the journal: what was not
    /// marked as published there is published again here.
    private func isAtBothPlaces(_ identity: Identity) -> Bool {
        let (old, new) = (identity.records.filter(\.wasDeleted), identity.records.filter { !$0.wasDeleted })
        return old.contains { record in
            new.contains { $0.offset == record.offset && $0.arrival.partition == record.arrival.partition }
        }
    }

    /// One committed outcome for each event identity, and nothing besides.
    private func outcomes() -> [String] {
        var violations: [String] = []
        var outcomes: [String: [OutgoingRecord]] = [:]
        for record in log.committedRecords(of: "protected-identity.outcomes") {
            guard let id = Self.eventID(in: record) else {
                violations.append("an outcome names no event")
                continue
            }
            outcomes[id, default: []].append(record)
        }
        let identities = identities
        for (id, identity) in identities.sorted(by: { $0.key < $1.key }) {
            let copies = outcomes[id] ?? []
            let fewest = identity.isPoison || identity.records.contains(where: mayBeLost) ? 0 : 1
            let isForgotten = !identity.records.contains(where: chronicle.isRemembered)
            let mayStandTwice =
                isForgotten || isAtBothPlaces(identity) || identity.records.contains(where: chronicle.mayStandTwice)
            let most = identity.isPoison ? 0 : mayStandTwice ? 2 : 1
            if copies.count < fewest || copies.count > most {
                violations.append("\(id) of \(identity.records.count) records has \(copies.count) outcomes")
            }
            if Set(copies.map { $0.value ?? [] }).count > 1, !isForgotten {
                violations.append("the outcomes of \(id) differ")
            }
            violations += copies.compactMap { wrong($0, about: identity) }.map { "the outcome of \(id) \($0)" }
        }
        for id in outcomes.keys.sorted() where identities[id] == nil { violations.append("\(id) was never fed") }
        return violations
    }

    /// What is wrong with an outcome: that it names contacts of others, or none of somebody who has some, or that it says of
    /// somebody who never was protected that they were.
    private func wrong(_ outcome: OutgoingRecord, about identity: Identity) -> String? {
        guard let said = SaidOutcome(outcome), case .event(_, let word, _)? = identity.records.first?.arrival.content
        else { return "cannot be read" }
        let person = feed.people[word.person]
        let all = Set(person.contacts.map(\.id.rawValue))
        if said.tenant != person.tenant.rawValue { return "names another tenant" }
        if !all.isSuperset(of: said.contacts) { return "names others" }
        if said.contacts.isEmpty != all.isEmpty { return "names \(said.contacts.count) of \(all.count) contacts" }
        if (said.outcome == "unmatched") != all.isEmpty { return "says \(said.outcome)" }
        if said.outcome == "redacted", !words(of: word.person).wasProtected { return "says redacted" }
        return nil
    }

    /// One quarantine record for each record that is no event, is refused by the store or bears another's identity.
    private func quarantine() -> [String] {
        // Places of a deleted topic are places of the new one as well.
        if chronicle.deletedAt != nil { return [] }
        var violations: [String] = []
        let quarantined = log.committedRecords(of: "protected-identity.quarantine")
        let places = Set(quarantined.map { $0.key.map { String(decoding: $0, as: UTF8.self) } ?? "" })
        if places.count != quarantined.count, !chronicle.wasRestored, !chronicle.mayAnyStandTwice {
            violations.append("a record is quarantined twice")
        }
        let garbage = chronicle.fed.count { if case .garbage = $0.arrival.content { true } else { false } }
        let identities = identities.values
        let refused = garbage + identities.count(where: \.isPoison)
        let fewest = identities.reduce(refused) { $0 + $1.others.min }
        let most = identities.reduce(refused) { $0 + $1.others.max }
        // Whoever has forgotten which of two contents came first may find the other one.
        if places.count < fewest || places.count > most && !chronicle.wasRestored {
            violations.append("\(places.count) records are quarantined, expected \(fewest) to \(most)")
        }
        return violations
    }

    /// Everyone said to be protected is clear and marked, everyone else is not marked, and who never was protected is as
    /// they were.
    private func contacts() throws -> [String] {
        var violations: [String] = []
        let now = try registry.contacts
        for (index, person) in feed.people.enumerated() {
            let standing = words(of: index)
            for key in person.contacts {
                guard let contact = now[key], let before = feed.contacts[key] else {
                    violations.append("contact \(key.id.rawValue) is gone")
                    continue
                }
                if !standing.wasProtected, contact != before {
                    violations.append("contact \(key.id.rawValue) was changed")
                }
                if standing.isUnknown { continue }
                if standing.isProtected, !contact.details.holding.isEmpty {
                    violations.append("contact \(key.id.rawValue) is exposed")
                }
                if contact.isProtected != standing.isProtected {
                    violations.append("contact \(key.id.rawValue) has the wrong mark")
                }
            }
        }
        return violations
    }

    /// What the registers have said of a person, in the end and ever.
    private func words(of person: Int) -> (isProtected: Bool, wasProtected: Bool, isUnknown: Bool) {
        var latest: [String: Feed.Word] = [:]
        var wasProtected = false
        var isUnknown = false
        for record in chronicle.fed {
            guard case .event(_, let word, _) = record.arrival.content, word.person == person, !word.isPoison else {
                continue
            }
            isUnknown = isUnknown || mayBeLost(record)
            wasProtected = wasProtected || word.isProtected
            let known = latest[word.registry]
            let stands =
                known.map { $0.second < word.second || $0.second == word.second && word.isProtected } ?? true
            if stands { latest[word.registry] = word }
        }
        return (latest.values.contains(where: \.isProtected), wasProtected, isUnknown)
    }

    /// What outcomes and commands say of a contact adds up to what has become of it.
    private func commands() throws -> [String] {
        // What was forgotten is said anew, and what was published of a deleted topic need not have been.
        if chronicle.wasRestored || chronicle.deletedAt != nil { return [] }
        var tally = Tally()
        for record in log.committedRecords(of: "protected-identity.outcomes") { tally.count(outcome: record) }
        for topic in ["protected-identity.notifications", "protected-identity.deletions"] {
            for record in log.committedRecords(of: topic) { tally.count(command: record) }
        }
        return try registry.contacts.values.sorted { $0.key < $1.key }.flatMap { tally.contradictions(to: $0) }
    }

    private func leftovers() throws -> [String] {
        // What a deleted topic has left behind is owed for good.
        if chronicle.deletedAt != nil { return [] }
        return try registry.unpublishedSlices().map { standing in
            "slice \(standing.id) of \(standing.slice.partition) stands as unpublished for \(standing.group)"
        }
    }

    /// What is wrong was said, and nothing that is not.
    private func alarms() -> [String] {
        var violations: [String] = []
        var (behind, anew): (Set<TopicPartition>, Set<TopicPartition>) = ([], [])
        for alarm in chronicle.alarms {
            switch alarm {
            case .storeBehindGroup(let standing, _):
                behind.insert(standing.partition)
                if !chronicle.wasRestored { violations.append("a false alarm: \(alarm)") }
            case .logBehindStore(let standing, _):
                anew.insert(standing.partition)
                if chronicle.deletedAt == nil { violations.append("a false alarm: \(alarm)") }
            case .expiredUnread:
                violations.append("a false alarm: \(alarm)")
            }
        }
        for partition in chronicle.mustBeBehind.subtracting(behind).sorted() {
            violations.append("nobody was told that the store was set back in \(partition)")
        }
        for (partition, applied) in (chronicle.deletedAt ?? [:]).sorted(by: { $0.key < $1.key })
        where applied > log.end(of: partition) && !anew.contains(partition) {
            violations.append("nobody was told that \(partition) is another topic's")
        }
        return violations
    }

    private static func eventID(in record: OutgoingRecord) -> String? {
        SaidOutcome(record)?.event
    }
}
