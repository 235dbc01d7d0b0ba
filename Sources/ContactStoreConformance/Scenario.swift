import ContactStore
import ProtectedIdentity
import Testing

/// A store, a clock that stands still, and short words for what happens in a case.
struct Scenario {
    let fixture: any ConformanceFixture
    var keyring: DigestKeyring

    init(fixture: any ConformanceFixture) throws {
        self.fixture = fixture
        keyring = try TestKeys.single()
    }

    /// 2026-11-23T09:30:00Z: when batches are decided unless a case says otherwise.
    static let now = Timestamp(milliseconds: 1_795_426_200_000)
    static let group = "workers"
    static let tenant = "nordic-sport"

    /// Applies records as one batch, each partition's share as one slice.
    @discardableResult
    func apply(
        _ records: IncomingRecord..., group: String = group, at now: Timestamp = now,
        policies: TenantPolicies = .keepEverywhere, settling: [SettledSlice] = []
    ) throws -> AppliedBatch {
        try apply(records, group: group, at: now, policies: policies, settling: settling)
    }

    /// As above, of an array.
    @discardableResult
    func apply(
        _ records: [IncomingRecord], group: String = group, at now: Timestamp = now,
        policies: TenantPolicies = .keepEverywhere, settling: [SettledSlice] = []
    ) throws -> AppliedBatch {
        try fixture.store.apply(
            batch(records, group: group, at: now, policies: policies, settling: settling, slices: slices(of: records)))
    }

    /// A batch with slices of the case's choice.
    func batch(
        _ records: [IncomingRecord], group: String = group, at now: Timestamp = now,
        policies: TenantPolicies = .keepEverywhere, settling: [SettledSlice] = [], slices: [BatchSlice]
    ) -> StoreBatch {
        let redaction = RedactionBatch(
            group: group, records: records, decidedAt: now, policies: policies, keyring: keyring)
        return StoreBatch(redaction: redaction, slices: slices, settling: settling)
    }

    /// The shares of the partitions, in the order of their names.
    func slices(of records: [IncomingRecord]) -> [BatchSlice] {
        let partitions = Dictionary(grouping: records) { record in
            PartitionName(topic: record.coordinates.topic, partition: record.coordinates.partition)
        }
        return partitions.sorted { $0.key < $1.key }.map { partition, records in
            let offsets = records.map(\.coordinates.offset)
            return BatchSlice(partition: partition, first: offsets.min() ?? 0, last: offsets.max() ?? 0)
        }
    }

    /// The contact `id` as the registry has it.
    func contact(_ id: String, tenant: String = tenant) throws -> RegistryContact {
        try #require(try fixture.contact(key(id, tenant: tenant)))
    }

    /// The contacts' standing: who is marked, and which fields hold something.
    func expect(
        _ id: String, tenant: String = tenant, isProtected: Bool, holds fields: Set<ClearableField>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let contact = try contact(id, tenant: tenant)
        #expect(contact.isProtected == isProtected, sourceLocation: sourceLocation)
        #expect(contact.details.holding == fields, sourceLocation: sourceLocation)
    }
}

/// Every field that is cleared.
let everyField: Set<ClearableField> = [.name, .address, .personalIdentityNumber]

/// A partition of the events topic.
func partition(_ number: Int32 = 0) -> PartitionName {
    PartitionName(topic: "events", partition: number)
}

/// The published outcome's type, or nil where nothing of that kind is published.
func type(_ verdict: Verdict?) -> OutcomeType? {
    guard case .publish(.decided(let outcome, _)) = verdict else { return nil }
    return outcome.type
}

/// The contacts that the published outcome names.
func contacts(_ verdict: Verdict?) -> [String] {
    guard case .publish(.decided(let outcome, _)) = verdict else { return [] }
    return outcome.contactIDs.map(\.rawValue)
}

/// The commands that are published with the outcome.
func commands(_ verdict: Verdict?) -> [Command] {
    guard case .publish(.decided(_, let commands)) = verdict else { return [] }
    return commands
}

/// Why the record was set aside, and for the how manieth time.
func quarantine(_ verdict: Verdict?) -> (reason: QuarantineReason, attempts: Int)? {
    guard case .publish(.quarantined(let reason, let attempts, _)) = verdict else { return nil }
    return (reason, attempts)
}
