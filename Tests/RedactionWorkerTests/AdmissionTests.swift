import BatchPipeline
import ContactStore
import KafkaClient
import ProtectedIdentity
import RegistryWorker
import Simulation
import Synchronization
import Testing

@testable import RedactionWorker

@Suite("Fresh partitions held against the store")
struct AdmissionTests {
    let desk: Desk
    private let partition = TopicPartition(topic: "events", partition: 0)

    init() throws {
        desk = try Desk()
    }

    private func standing(committed: Int64?, low: Int64 = 0, end: Int64 = 10) -> PartitionStanding {
        PartitionStanding(partition: partition, committed: committed, low: low, end: end)
    }

    /// Applies the records at 0 to 4.
    private func applyFive() throws {
        _ = try desk.apply((0..<5).map { .protection(testNumbers[$0], id: "event-\($0)") })
    }

    @Test("a fresh group on a fresh store is as it should be", arguments: [0, 100] as [Int64])
    func fresh(low: Int64) throws {
        #expect(try desk.work.admit([standing(committed: nil, low: low, end: 200)]) == [])
    }

    @Test(
        "a store that leads, or stands where the group does, is as it should be", arguments: [nil, 0, 3, 5] as [Int64?])
    func leads(committed: Int64?) throws {
        try applyFive()
        #expect(try desk.work.admit([standing(committed: committed)]) == [])
    }

    @Test("a group that is ahead of the store is an alarm")
    func behindGroup() throws {
        try applyFive()
        let ahead = standing(committed: 6)
        #expect(try desk.work.admit([ahead]) == [.storeBehindGroup(ahead, missing: 5..<6)])
    }

    @Test("so is a group that has read what a fresh store has never seen")
    func freshStore() throws {
        let ahead = standing(committed: 6)
        #expect(try desk.work.admit([ahead]) == [.storeBehindGroup(ahead, missing: 0..<6)])
    }

    @Test("a log that ends before what was applied is an alarm")
    func behindStore() throws {
        try applyFive()
        let short = standing(committed: nil, end: 4)
        #expect(try desk.work.admit([short]) == [.logBehindStore(short, applied: 5)])
    }

    @Test("records that expired unread are an alarm", arguments: [nil, 5] as [Int64?])
    func expired(committed: Int64?) throws {
        try applyFive()
        let gap = standing(committed: committed, low: 6)
        #expect(try desk.work.admit([gap]) == [.expiredUnread(gap, next: 5)])
        #expect(try desk.work.admit([standing(committed: committed, low: 5)]) == [])
    }

    @Test("each partition is held against its own progress")
    func partitions() throws {
        try applyFive()
        let other = PartitionStanding(
            partition: TopicPartition(topic: "events", partition: 1), committed: 3, low: 0, end: 10)
        #expect(try desk.work.admit([standing(committed: 5), other]) == [.storeBehindGroup(other, missing: 0..<3)])
    }

    @Test("an offset behind the end of the log was committed in another topic of this name, and proves nothing")
    func provesNothing() throws {
        try applyFive()
        _ = try desk.work.admit([standing(committed: 12, end: 10)])
        #expect(try desk.registry.unpublishedSlices().count == 1)
    }

    @Test("slices below the committed offset are proved to be published, and forgotten; others stand")
    func settles() throws {
        try applyFive()
        #expect(try desk.work.admit([standing(committed: 4)]) == [])
        #expect(try desk.registry.unpublishedSlices().count == 1)
        #expect(try desk.work.admit([standing(committed: 5)]) == [])
        #expect(try desk.registry.unpublishedSlices().isEmpty)
    }
}
