import KafkaClient
import Operations
import ProtectedIdentity
import Testing

@Suite("Listing what was set aside", .serialized)
struct QuarantineListingTests {
    @Test("every record comes once, with its place, and is counted by its reason")
    func everything() throws {
        let world = try QuarantineWorld()
        try world.publish((0..<40).map { QuarantineWorld.event("e-\($0)", key: "k-\($0)") })
        let records = try world.read(QuarantineWorld.events)
        try world.setAside(Array(records[..<15]), reason: .unknownTenant)
        try world.setAside(Array(records[15...]), .coordinates, reason: .malformedNumber)
        try world.publish([OutgoingRecord(topic: QuarantineWorld.quarantine, value: Array("not ours".utf8))])
        let (lines, counts) = try world.list()
        #expect(Set(lines.map(\.entry.original)).count == 40)
        #expect(counts.byReason["unknown-tenant"]?.setAside == 15)
        #expect(counts.byReason["malformed-number"]?.setAside == 25)
        #expect(counts.foreign == 1 && counts.waiting == 40)
        #expect(lines.count { $0.entry.sealedBytes > 0 } == 15)
        #expect(lines.allSatisfy { $0.tenant == nil })
    }

    @Test("chosen by reason, by time and by topic; what was put back is told, or left out")
    func filters() throws {
        let world = try QuarantineWorld()
        try world.publish((0..<20).map { QuarantineWorld.event("e-\($0)", key: "k-\($0)") })
        let records = try world.read(QuarantineWorld.events)
        try world.setAside(Array(records[..<8]), reason: .unknownTenant)
        try world.setAside(Array(records[8...]), reason: .invalidData)
        var filter = QuarantineFilter()
        filter.reasons = [.unknownTenant]
        #expect(try world.list(filter).lines.count == 8)
        try world.redrive(filter)
        #expect(try world.list(filter).lines.allSatisfy(\.isRedriven))
        #expect(try world.list(filter, isWaitingOnly: true).lines.isEmpty)
        #expect(try world.list(isWaitingOnly: true).counts.waiting == 12)

        var other = QuarantineFilter()
        other.topic = "another"
        #expect(try world.list(other).lines.isEmpty)
        let moment = try #require(try world.list().lines.first?.entry.setAsideAt)
        var later = QuarantineFilter()
        later.from = moment.adding(.seconds(60))
        #expect(try world.list(later).lines.isEmpty)
        later.from = moment.adding(.seconds(-60))
        #expect(try world.list(later).lines.count == 20)
        later.to = moment.adding(.seconds(-1))
        #expect(try world.list(later).lines.isEmpty)
    }

    @Test("with the private key the tenant is told, and each opening is written down")
    func tenants() throws {
        let world = try QuarantineWorld()
        try world.publish(
            (0..<9).map { QuarantineWorld.event("e-\($0)", key: "k", tenant: $0 < 6 ? "nordic-sport" : "other") })
        let records = try world.read(QuarantineWorld.events)
        try world.setAside(Array(records[..<8]))
        try world.setAside([records[8]], .coordinates)
        var filter = QuarantineFilter()
        filter.tenant = TenantName(rawValue: "other")
        #expect(try world.list(filter, withKey: true).lines.count == 2)
        #expect(world.trail.entries.count == 8)
        #expect(world.trail.entries.allSatisfy { $0.action == .list })
        let all = try world.list(withKey: true).lines
        #expect(all.count == 9 && all.count { $0.tenant == nil } == 1)
    }

    @Test("one record is found by either coordinates, and opened only once that is written down")
    func show() throws {
        let world = try QuarantineWorld()
        try world.publish((0..<3).map { QuarantineWorld.event("e-\($0)", key: "k") })
        let records = try world.read(QuarantineWorld.events)
        try world.setAside([records[0]])
        try world.setAside([records[1]], .damaged)
        try world.setAside([records[2]], .coordinates)
        let lines = try world.list().lines.sorted { $0.entry.original.offset < $1.entry.original.offset }
        let topic = try QuarantineTopic(QuarantineWorld.quarantine, in: world.kafka)
        defer { topic.close() }
        func open(_ coordinates: RecordCoordinates, withKey: Bool = true) throws -> OpenedRecord {
            let person = Operator(said: "ann", environment: [:])
            return try topic.open(
                coordinates, with: withKey ? world.sealed(.show) : nil, in: world.kafka, trail: world.trail,
                line: { AuditEntry(.show, by: person, at: "now", reason: nil) })
        }
        for place in [lines[0].entry.original, lines[0].entry.place] {
            #expect(try open(place).original.value.map { Array($0) } == records[0].value.map { Array($0) })
        }
        #expect(
            try open(lines[2].entry.original).original.value.map { Array($0) } == records[2].value.map { Array($0) })
        #expect(world.trail.entries.count == 3)
        #expect(throws: UnshownRecord.unopened(.damaged)) { try open(lines[1].entry.original) }
        #expect(throws: UnshownRecord.needsKey(keyID: lines[0].entry.headers.keyID ?? "")) {
            try open(lines[0].entry.original, withKey: false)
        }
        #expect(throws: UnshownRecord.unknown) {
            try open(RecordCoordinates(topic: "events", partition: 0, offset: 99_999))
        }
        world.trail.fill()
        #expect(throws: AuditFailure.self) { try open(lines[0].entry.original) }
        #expect(throws: AuditFailure.self) { try open(lines[2].entry.original) }
    }
}
