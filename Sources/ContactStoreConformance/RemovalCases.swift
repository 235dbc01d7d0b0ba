import ContactStore
import ProtectedIdentity
import Testing

extension Scenario {
    /// The record of a command, as the deletion worker reads it from its topic.
    func record(_ message: OwedMessage, at offset: Int64, redrives: Int = 0) throws -> IncomingRecord {
        guard case .command(let command) = message.content else { throw NotACommand() }
        let received = ReceivedCommand(
            identity: try #require(EventIdentity(source: "/protected-identity-worker", id: message.id.description)),
            tenant: command.tenant, command: command.command, redrives: redrives)
        let says = ContentDigestInput(raw: Array("\(command.command)".utf8)[...])
        let digest = keyring.contentDigest(of: says)
        return IncomingRecord(
            coordinates: RecordCoordinates(topic: "deletions", partition: 0, offset: offset),
            journalKeys: keyring.eventKeys(of: received.identity),
            placeKeys: keyring.placeKeys(
                topic: "deletions", partition: 0, offset: offset, timestamp: 0, content: digest.bytes),
            says: says, raw: says, digest: digest, redrives: redrives, content: .command(received))
    }

    /// What becomes of commands, in one batch of the deletion worker.
    func carryOut(
        _ messages: [OwedMessage], from offset: Int64 = 0, at moment: Timestamp = due,
        policies: TenantPolicies = deleting()
    ) throws -> [Verdict] {
        let records = try messages.enumerated().map { try record($1, at: offset + Int64($0)) }
        return try apply(records, group: "deletions", at: moment, policies: policies).verdicts
    }

    func exists(_ id: String) throws -> Bool { try fixture.contact(key(id)) != nil }
}

private struct NotACommand: Error {}

/// Why nothing was deleted; nil where something was.
private func withheld(_ verdict: Verdict?) -> WithheldReason? {
    guard case .publish(.decided(let outcome, _)) = verdict else { return nil }
    return outcome.withheld
}

extension ContactStoreConformance {
    static let removals = [
        ConformanceCase("a contact that is asked for is deleted, and nobody else is") { scenario in
            try scenario.schedule()
            try scenario.fixture.add([fullContact("other", number: TestNumbers.bo)])
            let other = try scenario.contact("other")
            let verdicts = try scenario.carryOut(try scenario.select().messages)
            #expect(verdicts.map(type) == [.deleted])
            #expect(contacts(verdicts.first) == ["c-1"])
            #expect(try !scenario.exists("c-1"))
            #expect(try scenario.contact("other") == other)
            #expect(try scenario.select(.unscheduled(after: nil)).counts == SelectionCounts())
        },
        ConformanceCase("a hundred contacts are deleted in one batch, each with an outcome of its own") { scenario in
            let ids = (0..<100).map { "c-\($0)" }
            for (index, id) in ids.enumerated() {
                try scenario.schedule(id, number: TestNumbers.number(index), at: Int64(index))
            }
            let verdicts = try scenario.carryOut(try scenario.select(limit: 30).messages)
            #expect(verdicts.map(type) == Array(repeating: .deleted, count: 100))
            #expect(Set(verdicts.flatMap { contacts($0) }) == Set(ids))
            #expect(try ids.allSatisfy { try !scenario.exists($0) })
        },
        ConformanceCase("a command that comes again from the same place publishes the same, from another place nothing")
        {
            scenario in
            try scenario.schedule()
            let messages = try scenario.select().messages
            let first = try scenario.carryOut(messages)
            #expect(try scenario.carryOut(messages) == first)
            #expect(try scenario.carryOut(messages, from: 7) == [.duplicate])
        },
        ConformanceCase("whoever was deleted is remembered by digest: a copy that is imported is cleared") { scenario in
            try scenario.schedule()
            _ = try scenario.carryOut(try scenario.select().messages)
            try scenario.fixture.add([fullContact("c-2", number: "000101-2384")])
            #expect(contacts(try scenario.reconcile(at: Scenario.due).messages) == ["c-2"])
            try scenario.expect("c-2", isProtected: true, holds: [])
        },
        ConformanceCase("one that comes back under its own id and without a number is cleared, too") { scenario in
            try scenario.schedule()
            _ = try scenario.carryOut(try scenario.select().messages)
            try scenario.fixture.add([fullContact("c-1", number: nil)])
            #expect(contacts(try scenario.reconcile(at: Scenario.due).messages) == ["c-1"])
            try scenario.expect("c-1", isProtected: true, holds: [])
        },
        ConformanceCase(
            "a contact that comes back is told and deleted as any other: with a notice and a request of its own"
        ) {
            scenario in
            try scenario.schedule()
            let first = try scenario.select().messages
            _ = try scenario.carryOut(first)
            try scenario.fixture.add([fullContact("c-1", number: TestNumbers.asa)])
            _ = try scenario.reconcile(at: Scenario.due, policies: deleting())
            let later = Scenario.due.adding(noticePeriod)
            #expect(try scenario.contact("c-1").deletionNotBefore == later)
            let second = try scenario.select(at: later).messages
            #expect(second.map(\.id) != first.map(\.id))
            #expect(try scenario.carryOut(second, from: 1, at: later).map(type) == [.deleted])
            #expect(try !scenario.exists("c-1"))
        },
        ConformanceCase("lifted between the request and its turn, a contact stays") { scenario in
            try scenario.schedule()
            let messages = try scenario.select().messages
            let lifted = Said(id: "lift", status: .notProtected, number: TestNumbers.asa, observed: -20)
            try scenario.apply(scenario.record(lifted, at: 1), policies: deleting())
            #expect(try scenario.carryOut(messages).map(withheld) == [.notProtected])
            #expect(try scenario.exists("c-1"))
        },
        ConformanceCase("protected anew since, it waits for its own request") { scenario in
            try scenario.schedule()
            let messages = try scenario.select().messages
            let lifted = Said(id: "lift", status: .notProtected, number: TestNumbers.asa, observed: -20)
            let again = Said(id: "again", number: TestNumbers.asa, observed: -10)
            try scenario.apply(scenario.record(lifted, at: 1), policies: deleting())
            try scenario.apply(scenario.record(again, at: 2), at: Scenario.due, policies: deleting())
            #expect(try scenario.carryOut(messages).map(withheld) == [.lapsed])
            let later = Scenario.due.adding(noticePeriod)
            #expect(try scenario.contact("c-1").deletionNotBefore == later)
            let second = try scenario.select(at: later).messages
            #expect(try scenario.carryOut(second, from: 1, at: later).map(type) == [.deleted])
        },
        ConformanceCase("a tenant that keeps its contacts by now loses none, and has none scheduled") { scenario in
            try scenario.schedule()
            let messages = try scenario.select().messages
            #expect(try scenario.carryOut(messages, policies: .keepEverywhere).map(withheld) == [.policyKeep])
            #expect(try scenario.contact("c-1").deletionNotBefore == nil)
        },
        ConformanceCase("where a notice is required by now, only who was told is deleted") { scenario in
            try scenario.schedule()
            try scenario.schedule("c-2", number: TestNumbers.bo, at: 1)
            let messages = try scenario.select().messages.sorted { $0.contactIDs[0] < $1.contactIDs[0] }
            let told = DeletionNotice(contact: try key("c-2"), deletionNotBefore: Scenario.due)
            try scenario.fixture.store.noteNotices([told])
            let verdicts = try scenario.carryOut(messages, policies: deleting(requiresNotice: true))
            #expect(verdicts.map(withheld) == [.notNotified, nil])
            #expect(verdicts.map(type) == [.withheld, .deleted])
            #expect(try scenario.contact("c-1").deletionNotBefore == nil)
            #expect(try !scenario.exists("c-2"))
        },
        ConformanceCase("nobody is forgotten who was deleted, while a register protects them") { scenario in
            try scenario.schedule()
            _ = try scenario.carryOut(try scenario.select().messages)
            let later = Scenario.due.adding(.seconds(400 * 86_400))
            #expect(try scenario.fixture.store.purgePersons(PersonPage(learntBefore: later, limit: 100)).count == 0)
            let lifted = Said(id: "lift", status: .notProtected, number: TestNumbers.asa, observed: -20)
            let verdict = try scenario.apply(scenario.record(lifted, at: 1), policies: deleting()).verdicts.first
            #expect(type(verdict) == .unmatched)
            #expect(try scenario.fixture.store.purgePersons(PersonPage(learntBefore: later, limit: 100)).count == 1)
        },
    ]
}
