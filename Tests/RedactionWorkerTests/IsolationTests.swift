import BatchPipeline
import ContactStore
import KafkaClient
import ProtectedIdentity
import RegistryWorker
import Simulation
import Synchronization
import Testing

@testable import RedactionWorker

@Suite("A record that the store refuses")
struct IsolationTests {
    let desk: Desk

    init() throws {
        desk = try Desk()
        for (index, number) in testNumbers.enumerated() { try desk.put("c-\(index)", number: number) }
    }

    /// Twelve events, offsets 0 to 11 in one partition.
    private var events: [Fed] {
        testNumbers.enumerated().map { .protection($1, id: "event-\($0)") }
    }

    private func refuse(_ offsets: Set<Int64>) {
        desk.store.asked.withLock { $0.refused = offsets }
    }

    private var taken: [Int64] {
        desk.store.asked.withLock { $0.batches.filter(\.isTaken).flatMap(\.offsets) }
    }

    @Test("is set aside alone, and the others go on, each once", arguments: 0...11 as ClosedRange<Int64>)
    func alone(offset: Int64) throws {
        refuse([offset])
        let slices = try desk.apply(events)
        let quarantined = slices.messages(to: .quarantine)
        #expect(quarantined.map(\.keyText) == ["events-0@\(offset)"])
        #expect(quarantined.first?.header("quarantine-reason") == "refused-by-store")
        #expect(slices.messages(to: .outcomes).map(\.keyText) == (0...11).filter { $0 != offset }.map { "c-\($0)" })
        #expect(taken.sorted() == Array(0...11))
        #expect(desk.clearContacts.count == 11)
        #expect(!desk.clearContacts.contains("c-\(offset)"))
        // The parts hold together: nothing is left out between them.
        #expect(slices.map(\.last) == slices.map(\.last).sorted())
        #expect(slices.last?.last == 11)
        #expect(try desk.registry.unpublishedSlices().map(\.id) == slices.map(\.id))
    }

    @Test("so is each of several")
    func several() throws {
        refuse([0, 5, 6, 11])
        let slices = try desk.apply(events)
        #expect(
            slices.messages(to: .quarantine).map(\.keyText) == [
                "events-0@0", "events-0@5", "events-0@6", "events-0@11",
            ])
        #expect(slices.messages(to: .outcomes).count == 8)
        #expect(taken.sorted() == Array(0...11))
    }

    @Test("so are all, if it must be")
    func all() throws {
        refuse(Set(0...11))
        #expect(try desk.apply(events).messages(to: .quarantine).count == 12)
        #expect(desk.clearContacts.isEmpty)
    }

    @Test("is found in whichever partition it is")
    func partitions() throws {
        var fed = events
        for index in 4..<12 { fed[index].partition = index < 9 ? 1 : 2 }
        // Offsets begin anew in each partition: offset 4 is in partition 1 alone.
        refuse([4])
        let slices = try desk.apply(fed)
        #expect(slices.messages(to: .quarantine).map(\.keyText) == ["events-1@4"])
        #expect(slices.messages(to: .outcomes).count == 11)
        let ends = Dictionary(slices.map { ($0.partition.partition, $0.last) }) { max($0, $1) }
        #expect(ends == [0: 3, 1: 4, 2: 2])
    }

    @Test("is quarantined once where the store fails between the halves and everything comes again")
    func failureBetween() throws {
        refuse([7])
        let slices = desk.work.decode(desk.batch(events))
        // The whole, the front half, and then the back half fails.
        desk.store.asked.withLock { $0.failures = [2: .transient("gone")] }
        #expect(throws: StoreFailure.transient("gone")) { try desk.work.apply(slices, settling: []) }
        let applied = try desk.work.apply(slices, settling: [])
        #expect(applied.messages(to: .quarantine).map(\.keyText) == ["events-0@7"])
        #expect(applied.messages(to: .outcomes).map(\.keyText) == (0...11).filter { $0 != 7 }.map { "c-\($0)" })
        // Once these are settled nothing is left of the first attempt.
        try desk.work.settle(applied.map { PublishedSlice(id: $0.id, partition: $0.partition, last: $0.last) })
        #expect(try desk.registry.unpublishedSlices().isEmpty)
        #expect(try desk.work.apply(slices, settling: []).allMessages.isEmpty)
    }

    @Test("ends the session where even setting it aside is refused")
    func notEvenAside() {
        refuse([3])
        desk.store.asked.withLock { $0.refusesSettingAside = true }
        #expect(throws: StoreFailure.permanent("check")) { try desk.apply(events) }
    }

    @Test("what is to be settled is settled with the first part, and not again")
    func settling() throws {
        refuse([11])
        let published = PublishedSlice(id: 99, partition: TopicPartition(topic: "events", partition: 0), last: -1)
        _ = try desk.work.apply(desk.work.decode(desk.batch(events)), settling: [published])
        let settled = desk.store.asked.withLock { $0.batches.filter(\.isTaken).map(\.settling) }
        #expect(settled.first == [99])
        #expect(settled.dropFirst().flatMap { $0 } == [])
    }
}

@Suite("A store that fails")
struct StoreFailureTests {
    @Test("for a while, or for good")
    func kinds() throws {
        let desk = try Desk()
        let slices = desk.work.decode(desk.batch([.protection(testNumbers[0])]))
        desk.store.asked.withLock { $0.failures = [0: .transient("busy"), 1: .unusable("no table")] }
        #expect(throws: StoreFailure.transient("busy")) { try desk.work.apply(slices, settling: []) }
        #expect(throws: StoreFailure.permanent("no table")) { try desk.work.apply(slices, settling: []) }
        #expect(try desk.work.apply(slices, settling: []).allMessages.count == 1)
    }

    @Test("is not believed when it answers for another number of records")
    func miscounts() throws {
        let desk = try Desk()
        desk.store.asked.withLock { $0.forgetsVerdicts = true }
        let error = #expect(throws: StoreFailure.self) { try desk.apply([.protection(testNumbers[0])]) }
        guard case .permanent = error else {
            Issue.record("goes on after \(String(describing: error))")
            return
        }
    }
}
