import BatchPipeline
import ContactStore
import ContactStoreConformance
import Foundation
import KafkaClient
import Operations
import ProtectedIdentity
import Simulation
import Testing

@Suite("A replay", .serialized)
struct ReplayTests {
    @Test("applies and publishes what was missed; what was applied stays as it is, and nothing of it is published")
    func missed() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<40)
        try world.live { $0 == "e-7" || $0 == "e-12" }
        #expect(try world.contact("c-7").isProtected == false)
        let before = world.registry.journalCount
        guard case .finished(let report) = try await world.replay(ReplayWorld.request()) else {
            return #expect(Bool(false), "it did not come to its end")
        }
        #expect(report.read == 40)
        #expect(report.applied == ["redacted": 2])
        #expect(report.known == 38)
        #expect(report.filtered == 0 && report.republished == 0)
        let outcomes = try world.read("outcomes")
        #expect(Set(outcomes.compactMap { $0.key.map { String(decoding: $0, as: UTF8.self) } }) == ["c-7", "c-12"])
        #expect(outcomes.count == 2 && outcomes.allSatisfy { !$0.text.contains("replay") })
        #expect(try world.read("notifications").count == 2)
        #expect(try world.contact("c-7").isProtected && world.contact("c-7").details.holding.isEmpty)
        #expect(world.registry.journalCount == before + 2)
        #expect(try world.registry.unpublishedSlices().isEmpty)
        #expect(try world.registry.unfinishedReplays().isEmpty)
    }

    @Test("once more it finds nothing to do")
    func twice() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<10)
        _ = try await world.replay(ReplayWorld.request())
        let report = try await world.replay(ReplayWorld.request()).report
        #expect(report.applied.isEmpty && report.known == 10 && report.isFinished)
        #expect(try world.read("outcomes").count == 10)
    }

    @Test(
        "publishes stored outcomes again where it is asked to: the same bytes but for the mark, one for each event, no commands"
    )
    func republish() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<10)
        // The same identity at another place has no outcome of its own.
        try world.publish([
            ReplayWorld.event(
                "e-3", partition: 0,
                #"{"tenant":"nordic-sport","status":"protected","origin":"monitoring","country":"SE","#
                    + #""observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"\#(Events.number(3))"}"#)
        ])
        _ = try await world.replay(ReplayWorld.request())
        let first = try world.read("outcomes")
        var request = ReplayWorld.request()
        request.isRepublishing = true
        let report = try await world.replay(request).report
        #expect(report.republished == 10 && report.known == 11)
        let all = try world.read("outcomes")
        #expect(all.count == 20)
        let copies = all.filter { $0.text.hasSuffix(#","replay":true}"#) }
        func byID(_ records: [RecordView]) -> [String: String] {
            Dictionary(records.map { ($0.text(of: "ce_id") ?? "", $0.text) }) { first, _ in first }
        }
        #expect(byID(copies).mapValues { $0.replacingOccurrences(of: #","replay":true"#, with: "") } == byID(first))
        #expect(try world.read("notifications").count == 10)
    }

    @Test("after a restore what it decides is told as a copy, with its commands")
    func restored() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<4)
        var request = ReplayWorld.request()
        request.isRestoring = true
        #expect(try await world.replay(request).report.applied == ["redacted": 4])
        #expect(try world.read("outcomes").allSatisfy { $0.text.hasSuffix(#","replay":true}"#) })
        #expect(try world.read("notifications").count == 4)
    }

    @Test("what was read from end to end is a gap of the live group no more, but for what a filter leaves out")
    func closesTheGap() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<10)
        let gap = PartitionGap(
            group: ReplayWorld.group, partition: PartitionName(topic: "events", partition: 0), offsets: 2..<5)
        try world.registry.note([gap])
        var filter = ReplayFilter()
        filter.tenant = TenantName(rawValue: "nordic-sport")
        _ = try await world.replay(ReplayWorld.request(from: .offsets([0: 2]), filter: filter))
        #expect(try world.registry.gaps() == [gap])
        _ = try await world.replay(ReplayWorld.request(from: .offsets([0: 3])))
        #expect(try world.registry.gaps().map(\.offsets) == [2..<3])
        _ = try await world.replay(ReplayWorld.request(from: .offsets([0: 2])))
        #expect(try world.registry.gaps().isEmpty)
    }

    @Test("a range ends where it is said to, and other partitions are not read")
    func range() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<20)
        let one = ReplayWorld.request(from: .offsets([1: 2]), to: .offset(5))
        #expect(try await world.replay(one).report.applied == ["redacted": 3])
        let ids = try world.read("outcomes").map(\.text).joined()
        #expect([5, 7, 9].allSatisfy { ids.contains("\"e-\($0)\"") })
        let empty = ReplayWorld.request(from: .offset(4), to: .offset(4), partitions: [0])
        #expect(try await world.replay(empty).report.read == 0)
    }

    @Test("filters leave out what is not meant; the number is compared by its digests, in any form")
    func filters() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<6)
        try world.publish([
            ReplayWorld.event(
                "e-x", partition: 0,
                #"{"tenant":"other","status":"protected","origin":"lookup","country":"SE","contactId":"c-0","#
                    + #""observedAt":"2026-11-23T09:29:58Z"}"#),
            OutgoingRecord(topic: "events", partition: 0, value: Array("not an event".utf8)),
        ])
        var filter = ReplayFilter()
        let number = try PersonalIdentityNumber.parse(
            Events.number(4), country: .sweden, today: ReplayWorld.now.date)
        filter.number = NumberDigests(of: number, keyring: world.keyring)
        func count(_ change: (inout ReplayFilter) -> Void) throws -> ReplayReport {
            var filter = ReplayFilter()
            change(&filter)
            return try ReplayRehearsal(ReplayWorld.request(filter: filter), in: world.surroundings).run()
        }
        let byNumber = try await world.replay(ReplayWorld.request(filter: filter)).report
        #expect(byNumber.applied == ["redacted": 1] && byNumber.filtered == 7)
        #expect(try world.contact("c-4").isProtected)
        #expect(try count { $0.tenant = TenantName(rawValue: "other") }.filtered == 7)
        #expect(try count { $0.origin = .monitoring }.filtered == 2)
        #expect(try count { $0.contactID = ContactID(rawValue: "c-0") }.filtered == 7)
        #expect(try count { $0.country = CountryCode(.denmark) }.filtered == 8)
        #expect(try count { $0.eventID = "e-2" }.applied == ["redacted": 1])
        #expect(try count { ($0.eventID, $0.eventSource) = ("e-2", "/other") }.filtered == 8)
        let all = try count { _ in }
        #expect(all.quarantined == [.undecodable: 1] || all.quarantined == [.invalidEnvelope: 1])
    }

    @Test("a dry run tells what would be done, by outcome, and writes nothing")
    func dry() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<12)
        try world.live { $0 == "e-5" }
        let contacts = world.registry.contacts
        var request = ReplayWorld.request()
        request.isRepublishing = true
        let dry = try ReplayRehearsal(request, in: world.surroundings).run()
        #expect(dry.isDry && dry.isFinished && dry.read == 12)
        #expect(dry.applied == ["redacted": 1] && dry.knownByOutcome == ["redacted": 11] && dry.republished == 11)
        #expect(world.registry.contacts == contacts)
        #expect(try world.read("outcomes").isEmpty)
        #expect(try world.registry.unfinishedReplays().isEmpty)
        let real = try await world.replay(request).report
        #expect(real.applied == dry.applied && real.known == dry.known && real.republished == dry.republished)
    }

    @Test("what an interrupted one can read no more is told, and no gap is closed by it")
    func expired() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<100)
        let gap = PartitionGap(
            group: ReplayWorld.group, partition: PartitionName(topic: "events", partition: 0), offsets: 0..<50)
        try world.registry.note([gap])
        var request = ReplayWorld.request(from: .offset(0), partitions: [0])
        request.recordsPerSecond = 20
        let first = try Replay(request, in: world.surroundings, observer: SilentPipeline())
        async let end = first.run()
        try await Task.sleep(for: .seconds(1))
        first.stop()
        _ = try await end
        // The embedded broker keeps five MiB of a partition.
        try world.publish(
            (0..<8).map { _ in
                OutgoingRecord(topic: "events", partition: 0, value: Array(repeating: 0x20, count: 900_000))
            })
        (request.recordsPerSecond, request.isResuming) = (nil, true)
        let report = try await world.replay(request).report
        let missed = try #require(report.missed[TopicPartition(topic: "events", partition: 0)])
        #expect(!missed.isEmpty && missed.upperBound == 50)
        #expect(try world.registry.gaps() == [gap])
    }

    @Test("what had been set aside is told apart from what was applied")
    func setAside() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<4)
        try world.publish([OutgoingRecord(topic: "events", partition: 0, value: Array("not an event".utf8))])
        _ = try await world.replay(ReplayWorld.request())
        let report = try await world.replay(ReplayWorld.request()).report
        #expect(report.known == 5 && report.knownAside == 1)
    }

    @Test("stopped, it goes on under its name when it is asked to, and says nothing twice")
    func interrupted() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<200)
        var request = ReplayWorld.request()
        request.recordsPerSecond = 60
        let first = try Replay(request, in: world.surroundings, observer: SilentPipeline())
        #expect(!first.isResumed)
        async let end = first.run()
        try await Task.sleep(for: .seconds(1))
        first.stop()
        guard case .interrupted(let report) = try await end else { return #expect(Bool(false), "it was not stopped") }
        #expect(report.read > 0 && report.read < 200 && !report.isFinished)
        request.recordsPerSecond = nil
        request.isResuming = true
        let second = try Replay(request, in: world.surroundings, observer: SilentPipeline())
        #expect(second.isResumed && second.id == first.id && second.ranges == first.ranges)
        guard case .finished = try await second.run() else { return #expect(Bool(false), "it did not end") }
        let ids = try world.read("outcomes").compactMap { $0.text(of: "ce_id") }
        #expect(ids.count == 200 && Set(ids).count == 200)
    }

    @Test("one that has begun is not taken for another, and where none has begun there is nothing to go on with")
    func refusals() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<4)
        var request = ReplayWorld.request()
        request.isResuming = true
        #expect(throws: ReplayRefusal.nothingToResume(unfinished: [])) {
            try Replay(request, in: world.surroundings, observer: SilentPipeline())
        }
        (request.isResuming, request.id) = (false, "friday")
        _ = try Replay(request, in: world.surroundings, observer: SilentPipeline())
        var other = ReplayWorld.request(to: .offsets([0: 1, 1: 1]))
        other.id = "friday"
        #expect(throws: ReplayRefusal.otherRequest(id: "friday")) {
            try Replay(other, in: world.surroundings, observer: SilentPipeline())
        }
        let begun = try #require(try world.registry.unfinishedReplays().first?.begunAt)
        #expect(throws: ReplayRefusal.hasBegun(id: "friday", at: begun)) {
            try Replay(ReplayWorld.request(), in: world.surroundings, observer: SilentPipeline())
        }
        other.id = nil
        other.isResuming = true
        #expect(throws: ReplayRefusal.nothingToResume(unfinished: ["friday"])) {
            try Replay(other, in: world.surroundings, observer: SilentPipeline())
        }
    }

    @Test("ranges that the topic does not have are refused, with what it has")
    func ranges() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<4)
        func begin(_ request: ReplayRequest) throws { _ = try ReplayRehearsal(request, in: world.surroundings).run() }
        let first = TopicPartition(topic: "events", partition: 0)
        #expect(
            throws: ReplayRangeError.beyondEnd([.init(partition: first, asked: 9, retained: 0..<2)])
        ) { try begin(ReplayWorld.request(to: .offsets([0: 9, 1: 2]))) }
        #expect(throws: ReplayRangeError.offsetOfMany(partitions: 2)) {
            try begin(ReplayWorld.request(from: .offset(0)))
        }
        #expect(
            throws: ReplayRangeError.unknownPartitions([TopicPartition(topic: "events", partition: 7)], count: 2)
        ) { try begin(ReplayWorld.request(from: .offsets([7: 0]))) }
        // Nothing that is meant is left out without a word.
        #expect(
            throws: ReplayRangeError.beyondEnd([.init(partition: first, asked: 9, retained: 0..<2)])
        ) { try begin(ReplayWorld.request(from: .offsets([0: 9]))) }
        #expect(throws: ReplayRangeError.reversed([first])) {
            try begin(ReplayWorld.request(from: .offset(2), to: .offset(1), partitions: [0]))
        }
        #expect(throws: ReplayRangeError.unpaired([TopicPartition(topic: "events", partition: 1)])) {
            try begin(ReplayWorld.request(to: .offsets([0: 1])))
        }
        #expect(throws: ReplayRangeError.unpaired([first, TopicPartition(topic: "events", partition: 1)])) {
            try begin(ReplayWorld.request(from: .offsets([0: 0]), partitions: [1]))
        }
        #expect(throws: ReplayRangeError.future) {
            try begin(ReplayWorld.request(from: .time(ReplayWorld.now.adding(.seconds(1)))))
        }
        var surroundings = world.surroundings
        surroundings.eventsTopic = "nobody's"
        #expect(throws: MissingTopic.self) { try ReplayRehearsal(ReplayWorld.request(), in: surroundings).run() }
        // What expires: the embedded broker keeps five MiB of a partition.
        try world.publish(
            (0..<8).map { _ in
                OutgoingRecord(topic: "events", partition: 0, value: Array(repeating: 0x20, count: 900_000))
            })
        let error = #expect(throws: ReplayRangeError.self) { try begin(ReplayWorld.request()) }
        guard case .expired(let places)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(places.map(\.partition) == [first] && places[0].asked == 0 && places[0].retained.lowerBound > 0)
    }
}

@Suite("What is owed to groups that nobody runs", .serialized)
struct OwedReplayTests {
    @Test("is published from the journal, its slices are settled, and a second time nothing is")
    func owed() throws {
        let world = try ReplayWorld()
        try world.feed(0..<6)
        try world.publish([OutgoingRecord(topic: "events", partition: 0, value: Array("not an event".utf8))])
        try world.live(group: "of-long-ago", settles: false)
        let dry = try OwedReplay(of: nil, in: world.surroundings, isDry: true).run()
        #expect(dry.messages == ["of-long-ago": 13] && dry.isDry)
        #expect(try world.read("outcomes").isEmpty)
        let report = try OwedReplay(of: nil, in: world.surroundings).run()
        #expect(report.messages == ["of-long-ago": 13])
        #expect(try world.read("outcomes").count == 6 && world.read("notifications").count == 6)
        let quarantined = try #require(try world.read("quarantine").first)
        #expect(quarantined.value?.isEmpty ?? true)
        #expect(try world.registry.unpublishedSlices().isEmpty)
        #expect(try OwedReplay(of: nil, in: world.surroundings).run().messages.isEmpty)
        #expect(try world.read("outcomes").count == 6)
    }

    @Test("not of the live group, and not of a replay that may go on, unless they are named")
    func left() async throws {
        let world = try ReplayWorld()
        try world.feed(0..<6)
        try world.live(settles: false)
        var request = ReplayWorld.request()
        request.id = "friday"
        _ = try Replay(request, in: world.surroundings, observer: SilentPipeline())
        let replay = try #require(try world.registry.unfinishedReplays().first)
        try world.feed(6..<10)
        try world.live(group: replay.group, settles: false)
        try world.feed(10..<12)
        try world.live(group: "deletions", settles: false)
        let report = try OwedReplay(of: nil, in: world.surroundings).run()
        #expect(
            report.left == [
                ReplayWorld.group: .live, "deletions": .live, replay.group: .unfinished(replay: "friday"),
            ])
        #expect(try world.read("outcomes").isEmpty)
        #expect(try OwedReplay(of: replay.group, in: world.surroundings).run().messages == [replay.group: 8])
        #expect(try OwedReplay(of: ReplayWorld.group, in: world.surroundings).run().messages == [ReplayWorld.group: 12])
        #expect(try world.read("outcomes").count == 10)
    }

    @Test("of a deleted topic as well: there are no offsets to be moved")
    func deletedTopic() throws {
        let world = try ReplayWorld()
        var events = try Events(partition: 99, group: "of-long-ago")
        _ = try world.registry.apply(events.batch([Events.number(1)]))
        let report = try OwedReplay(of: nil, in: world.surroundings).run()
        #expect(report.messages.values.reduce(0, +) == 1)
        #expect(try world.registry.unpublishedSlices().isEmpty)
        #expect(try world.read("outcomes").count == 1)
    }
}
