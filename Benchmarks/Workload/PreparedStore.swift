import ContactStore
import ProtectedIdentity

/// A store that has found one contact with name and address for each event, and saves nothing.
struct PreparedStore: ContactStore {
    private let snapshot: Snapshot

    init() {
        var snapshot = Snapshot()
        for index in 0..<Events.count {
            guard let tenant = TenantName(rawValue: Events.tenant), let id = ContactID(rawValue: "\(index + 1)") else {
                continue
            }
            let key = ContactKey(tenant: tenant, id: id)
            snapshot.contacts[key] = ContactRecord(
                key: key, country: CountryCode(.sweden), number: Sensitive(Events.number(index)), mark: .absent,
                holding: [.name, .address], person: nil, deletionNotBefore: nil)
        }
        self.snapshot = snapshot
    }

    func decide(_ batch: RedactionBatch) -> Decision { batch.decide(snapshot) }

    func admit(_ positions: [PartitionPosition], of group: String) -> [PartitionName: Int64] { [:] }

    func apply(_ batch: StoreBatch) -> AppliedBatch {
        AppliedBatch(verdicts: decide(batch.redaction).verdicts, sliceIDs: batch.slices.indices.map(Int64.init))
    }

    func settle(_ slices: [SettledSlice], of group: String) {}

    func unpublishedSlices() -> [UnpublishedSlice] { [] }

    func note(_ gaps: [PartitionGap]) {}

    func gaps() -> [PartitionGap] { [] }

    func close(_ ranges: [PartitionName: Range<Int64>], of group: String) {}

    func digestKeyUse() -> [String: Int] { [:] }
}
