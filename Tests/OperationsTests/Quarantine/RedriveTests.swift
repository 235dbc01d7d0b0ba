import Foundation
import KafkaClient
import Operations
import ProtectedIdentity
import Synchronization
import Testing

@Suite("Putting back what was set aside", .serialized)
struct RedriveTests {
    /// A world in which `count` events of ten keys were set aside.
    private func world(_ count: Int, _ payload: QuarantineWorld.Payload = .sealed) throws -> QuarantineWorld {
        let world = try QuarantineWorld()
        try world.publish((0..<count).map { QuarantineWorld.event("e-\($0)", key: "k-\($0 % 10)") })
        try world.setAside(try world.read(QuarantineWorld.events), payload)
        return world
    }

    private func originals(_ world: QuarantineWorld) throws -> [RecordView] {
        try world.read(QuarantineWorld.events).filter { $0.header("quarantine-redrives") == nil }
    }

    @Test("each comes back once, with its key, headers, bytes and partition, in the order of the originals")
    func order() throws {
        let world = try world(95)
        let report = try world.redrive()
        #expect(report.selected == 95 && report.redriven == 95 && report.left.isEmpty)
        let (originals, copies) = (try originals(world), try world.copies())
        #expect(copies.map(\.content) == originals.map(\.content))
        #expect(copies.allSatisfy { $0.text("quarantine-redrives") == "1" })
    }

    @Test("every opening is written down before, and nothing of the content is")
    func audited() throws {
        let world = try world(12)
        try world.redrive()
        let places = try originals(world).map { "\($0.topicPartition)@\($0.offset)" }
        #expect(Set(world.trail.entries.compactMap(\.coordinates)) == Set(places))
        #expect(world.trail.entries.count == 12)
        #expect(world.trail.entries.allSatisfy { $0.operator == "ann" && $0.action == .redrive })
    }

    @Test("where it cannot be written down nothing is opened or put back")
    func auditFull() throws {
        let world = try world(12)
        world.trail.fill()
        #expect(throws: AuditFailure.self) { try world.redrive() }
        #expect(try world.copies().isEmpty)
        #expect(try world.list().counts.waiting == 12)
    }

    @Test("without a private key, and where there is no payload, the originals are taken from their topic")
    func fromTheSource() throws {
        for payload in [QuarantineWorld.Payload.sealed, .coordinates] {
            let world = try world(25, payload)
            let report = try world.redrive(withKey: payload == .coordinates)
            #expect(report.redriven == 25)
            #expect(try world.copies().map(\.content) == (try originals(world).map(\.content)))
            #expect(world.trail.entries.isEmpty)
        }
    }

    @Test("what its topic retains no longer stays, and so does what has another's place by now")
    func notRetained() throws {
        let world = try QuarantineWorld()
        try world.publish([QuarantineWorld.event("e-1", key: "k"), QuarantineWorld.event("e-2", key: "k")])
        let records = try world.read(QuarantineWorld.events)
        try world.setAside([records[0]], .coordinates, timestamp: 4_711)
        try world.setAside([records[1]], .coordinates)
        let report = try world.redrive()
        #expect(report.redriven == 1 && report.left == [.notRetained: 1])
        #expect(try world.copies().map(\.id) == ["e-2"])
        #expect(try world.list().counts.waiting == 1)
    }

    @Test(
        "whose timestamp nobody knew is known by its place alone, as what a replay has published for a group that is gone"
    )
    func withoutTimestamp() throws {
        let world = try QuarantineWorld()
        try world.publish([QuarantineWorld.event("e-1", key: "k")])
        try world.setAside(try world.read(QuarantineWorld.events), .coordinates, timestamp: -1)
        let entry = try #require(try world.list().lines.first?.entry)
        let shown = try world.open(QuarantineWorld.events, partition: entry.original.partition, offset: 0)
        #expect(shown.original.value == (try originals(world).first?.value.map { Data($0) }))
        #expect(try world.redrive().redriven == 1)
        #expect(try world.copies().map(\.id) == ["e-1"])
    }

    @Test("what is sealed to another key, or was changed, stays and is named by its coordinates")
    func unopened() throws {
        let world = try QuarantineWorld()
        try world.publish((0..<3).map { QuarantineWorld.event("e-\($0)", key: "k") })
        let records = try world.read(QuarantineWorld.events)
        try world.setAside([records[0]], .sealedToAnother)
        try world.setAside([records[1]], .damaged)
        try world.setAside([records[2]], .sealed)
        let report = try world.redrive()
        #expect(report.left == [.otherKey: 1, .damaged: 1])
        #expect(report.examples[.damaged]?.map(\.offset) == [records[1].offset])
        #expect(try world.copies().map(\.id) == ["e-2"])
        // Its topic has them still.
        #expect(try world.redrive(withKey: false).redriven == 2)
    }

    @Test("a second redrive, of any selection, skips what was put back")
    func again() throws {
        let world = try QuarantineWorld()
        try world.publish((0..<30).map { QuarantineWorld.event("e-\($0)", key: "k-\($0)") })
        let records = try world.read(QuarantineWorld.events)
        try world.setAside(Array(records[..<10]), reason: .unknownTenant)
        try world.setAside(Array(records[10...]), reason: .invalidData)
        var filter = QuarantineFilter()
        filter.reasons = [.unknownTenant]
        #expect(try world.redrive(filter).redriven == 10)
        let everything = try world.redrive()
        #expect(everything.already == 10 && everything.redriven == 20)
        #expect(try world.redrive().redriven == 0)
        #expect(try world.copies().count == 30)
    }

    @Test("one that was stopped goes on where it was")
    func stopped() throws {
        let world = try world(60)
        let transactions = Mutex(0)
        let first = try world.redrive(
            progress: { _, _ in transactions.withLock { $0 += 1 } }, isStopped: { transactions.withLock { $0 } >= 2 })
        #expect(first.isStopped && first.redriven > 0 && first.redriven < 60)
        let second = try world.redrive()
        #expect(second.already == first.redriven && second.redriven == 60 - first.redriven)
        #expect(try world.copies().map(\.content) == (try originals(world).map(\.content)))
    }

    @Test("progress begins with nothing done, before the first transaction, and ends with everything")
    func progress() throws {
        let world = try world(30)
        let told = Mutex<[Int]>([])
        try world.redrive(progress: { done, total in
            #expect(total == 30)
            told.withLock { $0.append(done) }
        })
        let steps = told.withLock { $0 }
        #expect(steps.first == 0 && steps.last == 30 && steps == steps.sorted() && steps.count > 2)
        try world.redrive(progress: { _, _ in Issue.record("nothing is left to do") })
    }

    @Test("one whose broker fails in the middle loses nothing, and the next one goes on")
    func broken() throws {
        let world = try world(60)
        let transactions = Mutex(0)
        #expect(throws: KafkaError.self) {
            try world.redrive(
                progress: { [broker = world.broker] _, _ in
                    let count = transactions.withLock { count in
                        count += 1
                        return count
                    }
                    if count == 2 {
                        broker.pushErrors(.addPartitionsToTransaction, [.transactionalIDAuthorizationFailed])
                    }
                })
        }
        world.broker.clearErrors(.addPartitionsToTransaction)
        let second = try world.redrive()
        #expect(second.already > 0 && second.already + second.redriven == 60)
        #expect(Set(try world.copies().map(\.id)).count == 60)
        #expect(try world.list().counts.waiting == 0)
    }

    @Test("what is set aside again is another attempt, until it was put back as often as is allowed")
    func attempts() throws {
        let world = try world(5)
        for attempt in 1...3 {
            #expect(try world.redrive().redriven == 5)
            let copies = try world.copies().filter { $0.text("quarantine-redrives") == "\(attempt)" }
            #expect(copies.count == 5)
            try world.setAside(copies)
        }
        let report = try world.redrive()
        #expect(report.redriven == 0 && report.left == [.exhausted: 5] && report.already == 15)
        #expect(try world.redrive { $0.maximumRedrives = 4 }.redriven == 5)
    }

    @Test("of a record that was set aside twice at one place one copy comes back")
    func twice() throws {
        let world = try world(5)
        try world.setAside(try originals(world))
        let report = try world.redrive()
        #expect(report.selected == 5 && report.redriven == 5)
        #expect(try world.copies().count == 5)
        #expect(try world.redrive().already == 5)
    }

    @Test("a dry run counts, writes nothing and opens nothing")
    func dry() throws {
        let world = try world(20)
        try world.setAside([try #require(try originals(world).first)], .sealedToAnother)
        let report = try world.redrive { $0.isDry = true }
        #expect(report.isDry && report.redriven == 20)
        #expect(try world.copies().isEmpty)
        #expect(world.trail.entries.isEmpty)
        #expect(try world.list().counts.waiting == 21)
    }

    @Test("chosen by coordinates, of the original or of the quarantine, or by tenant")
    func chosen() throws {
        let world = try QuarantineWorld()
        try world.publish(
            (0..<6).map { QuarantineWorld.event("e-\($0)", key: "k", tenant: $0 < 4 ? "nordic-sport" : "other") })
        try world.setAside(try world.read(QuarantineWorld.events))
        let lines = try world.list().lines
        let byOriginal = try #require(lines.first { $0.entry.original.offset == 0 })
        let byPlace = try #require(lines.first { $0.entry.original.offset == 1 })
        var filter = QuarantineFilter()
        filter.coordinates = [byOriginal.entry.original, byPlace.entry.place]
        let nowhere = RecordCoordinates(topic: QuarantineWorld.events, partition: 0, offset: 4_711)
        filter.coordinates.insert(nowhere)
        let report = try world.redrive(filter)
        #expect(report.redriven == 2 && report.unknown == [nowhere])
        // What was put back is there.
        #expect(try world.redrive(filter).unknown == [nowhere])
        filter.reasons = [.invalidData]
        #expect(try world.redrive(filter).unknown.count == 3)
        var tenants = QuarantineFilter()
        tenants.tenant = TenantName(rawValue: "other")
        #expect(try world.redrive(tenants).redriven == 2)
        #expect(try world.copies().map(\.id).sorted() == ["e-0", "e-1", "e-4", "e-5"])
    }

    @Test("each goes back into the topic and the partition that it was read from: commands among the commands")
    func ownTopic() throws {
        let world = try QuarantineWorld()
        try world.publish(
            (0..<20).map { QuarantineWorld.event("e-\($0)", key: "k-\($0)") }
                + (0..<20).map { QuarantineWorld.event("c-\($0)", key: "k-\($0)", to: QuarantineWorld.deletions) })
        for topic in [QuarantineWorld.events, QuarantineWorld.deletions] {
            try world.setAside(try world.read(topic))
        }
        #expect(try world.redrive { $0.isDry = true }.redriven == 40)
        var filter = QuarantineFilter()
        filter.topic = QuarantineWorld.deletions
        #expect(try world.redrive(filter).redriven == 20)
        #expect(try world.copies().isEmpty)
        #expect(try world.redrive().redriven == 20)
        for topic in [QuarantineWorld.events, QuarantineWorld.deletions] {
            let records = try world.read(topic)
            #expect(records.count == 40)
            #expect(
                try world.copies(in: topic).map(\.content)
                    == records.filter { $0.header("quarantine-redrives") == nil }.map(\.content))
        }
    }

    @Test("what comes from a topic that no worker reads stays, and another configuration may put it back")
    func otherTopic() throws {
        let world = try world(3)
        try world.publish([QuarantineWorld.event("c", key: "k", to: QuarantineWorld.deletions)])
        try world.setAside(try world.read(QuarantineWorld.deletions))
        for isDry in [true, false] {
            let report = try world.redrive {
                $0.topics = [QuarantineWorld.events]
                $0.isDry = isDry
            }
            #expect(report.selected == 4 && report.redriven == 3 && report.left == [.otherTopic: 1])
            #expect(report.examples[.otherTopic]?.map(\.topic) == [QuarantineWorld.deletions])
        }
        #expect(try world.list().counts.waiting == 1)
        #expect(try world.redrive().redriven == 1)
        #expect(try world.copies(in: QuarantineWorld.deletions).map(\.id) == ["c"])
    }

    @Test("a record that names a place where none can be is nobody's, and one at the last place is found nowhere")
    func impossiblePlaces() throws {
        let world = try world(2, .coordinates)
        for offset in [Int64.max, -1, .min] { try world.setAsideCoordinates(QuarantineWorld.events, offset: offset) }
        try world.setAsideCoordinates(QuarantineWorld.events, offset: .max - 1)
        let counts = try world.list().counts
        #expect(counts.foreign == 3 && counts.waiting == 3)
        let report = try world.redrive()
        #expect(report.redriven == 2 && report.left == [.notRetained: 1])
        var filter = QuarantineFilter()
        filter.coordinates = [RecordCoordinates(topic: QuarantineWorld.events, partition: 0, offset: .max)]
        let nothing = try world.redrive(filter)
        #expect(nothing.selected == 0 && nothing.unknown == Array(filter.coordinates))
        #expect(throws: UnshownRecord.unknown) { try world.open(QuarantineWorld.events, offset: .max) }
        #expect(throws: UnshownRecord.notRetained) { try world.open(QuarantineWorld.events, offset: .max - 1) }
    }

    @Test("a topic that is not there is named, where something would go back into it")
    func missingTopic() throws {
        let world = try world(1)
        #expect(throws: MissingTopic(name: "nowhere")) { try QuarantineTopic("nowhere", in: world.kafka) }
        #expect(try world.redrive { $0.topics = ["nowhere", QuarantineWorld.events] }.redriven == 1)
        try world.setAsideCoordinates("nowhere", offset: 0)
        for isDry in [true, false] {
            #expect(throws: MissingTopic(name: "nowhere")) {
                try world.redrive {
                    $0.topics = ["nowhere", QuarantineWorld.events]
                    $0.isDry = isDry
                }
            }
        }
    }
}
