import ContactStore
import ContactStoreConformance
import ProtectedIdentity
import Simulation
import Testing

@Suite("The store in memory is a contact store")
struct InMemoryContactStoreTests {
    @Test("what every store does", arguments: ContactStoreConformance.cases)
    func conforms(to conformance: ConformanceCase) throws {
        try conformance.check(InMemoryFixture())
    }

    @Test("a failure before the commit leaves nothing", arguments: [StorePoint.before, .beforeCommit])
    func failureLeavesNothing(_ point: StorePoint) throws {
        let store = InMemoryContactStore { (now) throws(StoreError) in if now == point { throw .transient("\(now)") } }
        #expect(throws: StoreError.self) { try store.apply(Self.batch()) }
        #expect(try store.unpublishedSlices().isEmpty)
    }

    @Test("after a lost reply everything is done")
    func lostReply() throws {
        let store = InMemoryContactStore { (now) throws(StoreError) in
            if now == .afterCommit { throw .transient("\(now)") }
        }
        #expect(throws: StoreError.self) { try store.apply(Self.batch()) }
        #expect(try store.unpublishedSlices().map(\.slice) == Self.batch().slices)
    }

    private static func batch() throws -> StoreBatch {
        let redaction = RedactionBatch(
            group: "workers", records: [], decidedAt: Timestamp(microseconds: 0), policies: .keepEverywhere,
            keyring: try DigestKeyring(parsing: "test:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="))
        let slice = BatchSlice(partition: PartitionName(topic: "events", partition: 0), first: 0, last: 4)
        return StoreBatch(redaction: redaction, slices: [slice])
    }
}

private struct InMemoryFixture: ConformanceFixture {
    private let registry = InMemoryContactStore()

    var store: any OperationsStore { registry }

    func add(_ contacts: [RegistryContact]) {
        for contact in contacts { registry.put(contact) }
    }

    func contact(_ key: ContactKey) -> RegistryContact? {
        registry.contacts[key]
    }
}
