import Testing

@testable import ProtectedIdentity

@Suite("The scheduled selection")
struct DeletionSelectionTests {
    private func selection(_ policy: TenantPolicy, at time: String = "2026-12-23T09:30:00Z") throws -> DeletionSelection
    {
        DeletionSelection(
            decidedAt: try moment(time), policies: TenantPolicies(named: [:], fallback: policy),
            keyring: try testKeyring((id: "a", byte: 1)))
    }

    private let policy = TenantPolicy.delete(
        noticePeriod: .seconds(86_400), termsUrl: "https://example.com/terms", supportContact: "help", language: "sv",
        requiresNotice: false)

    private func scheduled(
        _ id: String = "c-1", tenant name: String = "nordic-sport", exists: Bool = true, isProtected: Bool = true,
        at time: String? = "2026-12-23T09:30:00Z"
    ) throws -> ScheduledContact {
        ScheduledContact(
            key: ContactKey(tenant: try tenant(name), id: try contact(id)), exists: exists, isProtected: isProtected,
            deletionNotBefore: try time.map(moment), noticeSentFor: nil)
    }

    @Test("the same schedule has the same request whoever selects it and when; another schedule has another")
    func identity() throws {
        func id(_ contact: ScheduledContact, at time: String = "2026-12-23T09:30:00Z") throws -> String? {
            try selection(policy, at: time).decide([contact], remembered: []).owed.first?.message.id.description
        }
        let first = try id(scheduled())
        #expect(first == "4f9f4976-2803-5a25-91e3-5d5630d31028")
        #expect(try id(scheduled(), at: "2027-01-01T00:00:00Z") == first)
        #expect(try id(scheduled(at: "2026-12-23T09:29:59Z")) != first)
        #expect(try id(scheduled(tenant: "kaffe-klubben")) != first)
        #expect(try id(scheduled("c-2")) != first)
    }

    @Test("request, cancellation and notice of one schedule are three messages")
    func kinds() throws {
        let request = try selection(policy).decide([scheduled()], remembered: []).owed.map(\.message.id)
        let cancellation = try selection(.keep).decide([scheduled()], remembered: []).owed.map(\.message.id)
        let notice = try selection(policy, at: "2026-12-22T09:30:00Z")
            .decide([scheduled(at: nil)], remembered: []).owed.map(\.message.id)
        #expect(Set(request + cancellation + notice).count == 3)
    }

    @Test("whoever the registry no longer has, or no longer protects, leaves the schedule without a word")
    func gone() throws {
        for contact in [try scheduled(exists: false), try scheduled(isProtected: false)] {
            let decision = try selection(policy).decide([contact], remembered: [])
            #expect(decision.deletions == [contact.key: nil])
            #expect(decision.owed.isEmpty)
            #expect(decision.requests.isEmpty)
            #expect(decision.counts.gone == 1)
        }
    }

    @Test(
        "a key that holds the number of somebody who is remembered is published as a pseudonym, at every time the same")
    func pseudonym() throws {
        let contact = try scheduled("m-20000101-2384")
        let selection = try selection(policy)
        let aliases = selection.aliases(in: [contact])
        #expect(!aliases.isEmpty)
        let known = selection.decide([contact], remembered: aliases).owed.flatMap(\.message.contactIDs)
        let expected = Pseudonymiser(keyring: try testKeyring((id: "a", byte: 1)))
            .published(contact.key.id, traces: NumberTraces(numbers: [try swedish("200001012384")]))
        #expect(known == [expected])
        #expect(expected != contact.key.id)
        #expect(try selection.aliases(in: [scheduled("c-1")]).isEmpty)
    }

    @Test("what is owed is read back as it was written, and nothing else is read")
    func coding() throws {
        let sent = try selection(policy).decide([scheduled()], remembered: []).owed.map(\.message)
        let cancelled = try selection(.keep).decide([scheduled()], remembered: []).owed.map(\.message)
        for message in sent + cancelled {
            let bytes = message.stored()
            #expect(try OwedMessage(storedAs: bytes) == message)
            for end in bytes.indices {
                #expect(throws: StoredOutcomeError.self) { try OwedMessage(storedAs: Array(bytes[..<end])) }
            }
            #expect(throws: StoredOutcomeError.self) { try OwedMessage(storedAs: bytes + [0]) }
            #expect(throws: StoredOutcomeError.unknownVersion(9)) { try OwedMessage(storedAs: [9] + bytes.dropFirst()) }
        }
    }
}
