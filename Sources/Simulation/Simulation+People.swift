import BatchPipeline
import ContactStore
import KafkaClient
import ProtectedIdentity
import RegistryWorker

// What people do to a group, a store and a topic, and what they do when they are told of it. A world sees one calamity at
// most: each bends the promise in a way of its own.
extension Simulation {
    func planCalamity() throws {
        let early = Instant(nanoseconds: 0) + random.duration(.seconds(2), .seconds(14))
        let late = early + random.duration(.seconds(1), .seconds(8))
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            if strikes(.offsetsMovedBack, onceIn: 1) {
                schedule(at: late) { self.stopGroup { self.moveOffsetsBack() } }
            }
        case 1:
            if strikes(.replay, onceIn: 1) { schedule(at: late) { self.replayBesideTheLiveGroup() } }
        case 2:
            guard strikes(.storeRestored, onceIn: 1) else { break }
            let stopsGroup = random.once(in: 2)
            schedule(at: early) {
                self.attempt {
                    self.chronicle.backUp(appliedTo: try self.progress())
                    try self.registry.backUp()
                }
            }
            schedule(at: late) { stopsGroup ? self.stopGroup { self.restoreStore() } : self.restoreStore() }
        case 3:
            if strikes(.topicMadeAnew, onceIn: 1) { schedule(at: late) { self.makeTopicAnew() } }
        default:
            break
        }
    }

    /// Somebody hears of an alarm, and does what it says.
    func hear(_ alarm: StandingAlarm, of group: String) {
        chronicle.add(alarm)
        guard case .storeBehindGroup(let standing, let missing) = alarm, group == Self.liveGroup else { return }
        let range = ReplayRange(
            from: [standing.partition: missing.lowerBound], to: [standing.partition: missing.upperBound])
        schedule(after: random.duration(.milliseconds(500), .seconds(3))) { self.replay(range) }
    }

    func hasApplied(
        _ slices: [BatchPipeline.Slice<RegistryItem>], as applied: [AppliedSlice<EncodedMessage>], of group: String
    ) {
        guard group == Self.liveGroup else { return }
        for slice in slices {
            // A batch that the store refuses is applied in parts.
            let parts = applied.filter { $0.partition == slice.partition }.sorted { $0.last < $1.last }
            var first = slice.first
            for part in parts {
                chronicle.apply(slice.partition, from: first, to: part.last, in: part.id)
                first = part.last + 1
            }
            for item in slice.items {
                let time = Instant(nanoseconds: (item.record.timestamp ?? 0) * 1_000_000)
                chronicle.apply(slice.partition, writtenAt: time, end: log.end(of: slice.partition))
            }
        }
    }

    private func replayBesideTheLiveGroup() {
        var range = ReplayRange(from: [:], to: [:])
        for partition in partitions {
            let end = log.end(of: partition)
            range.to[partition] = end
            range.from[partition] = Int64.random(in: 0...end, using: &random)
        }
        replay(range)
    }

    /// A group of its own reads records again.
    private func replay(_ range: ReplayRange) {
        let name = "replay-\(replays.count + 1)"
        groups[name] = newGroup
        let replay = SimulatedWorker(name: name, of: name, world: self, reading: range)
        replays.append(replay)
        replay.start()
    }

    /// What was read from end to end is no gap of the live group any more. Where the store fails it stays one, and is read again.
    func hasRead(_ range: ReplayRange) {
        let ranges = range.from.map { partition, first in
            (
                PartitionName(topic: partition.topic, partition: partition.partition),
                first..<max(first, range.to[partition] ?? first)
            )
        }
        try? registry.close(Dictionary(uniqueKeysWithValues: ranges), of: Self.liveGroup)
    }

    // MARK: Offsets moved back

    /// Stops all workers, some of them rudely, waits until the group is empty, and starts them again when `body` is done.
    private func stopGroup(_ body: @escaping () -> Void) {
        isUnderMaintenance = true
        for worker in workers {
            if random.once(in: 3) { worker.crash() } else { worker.stop() }
        }
        waitForEmptyGroup(body)
    }

    private func waitForEmptyGroup(_ body: @escaping () -> Void) {
        guard groups[Self.liveGroup]?.isEmpty ?? true else {
            return schedule(after: .milliseconds(200)) { self.waitForEmptyGroup(body) }
        }
        body()
        isUnderMaintenance = false
        for worker in workers where !worker.isUp { worker.start() }
    }

    private func moveOffsetsBack() {
        guard let partition = partitions.randomElement(using: &random) else { return }
        let committed = log.stableOffset(of: Self.liveGroup, in: partition).offset ?? 0
        let offset = Int64.random(in: 0...committed, using: &random)
        note("somebody", "moves the group back to \(partition)→\(offset)")
        attempt {
            // Published, perhaps, and not marked so: who dies so and is moved back says it twice.
            for standing in try self.registry.unpublishedSlices()
            where standing.slice.partition.partition == partition.partition {
                self.chronicle.moveBack(
                    standing: standing.id, in: partition, standing.slice.first...standing.slice.last)
            }
        }
        log.move(Self.liveGroup, in: partition, to: offset)
    }

    // MARK: The store set back, the topic made anew

    private func restoreStore() {
        note("somebody", "restores the store from the older copy")
        attempt { try self.registry.restore() }
        chronicle.restore()
    }

    private func makeTopicAnew() {
        note("somebody", "deletes the topic and makes it anew")
        attempt {
            let standing = try self.registry.unpublishedSlices().map { $0.slice.partition }
            self.chronicle.deleteTopic(
                appliedTo: try self.progress(),
                standing: standing.map { TopicPartition(topic: $0.topic, partition: $0.partition) }, at: self.now)
        }
        log.makeAnew(Feed.topic)
    }

    /// How far the live group was applied.
    private func progress() throws(StoreError) -> [TopicPartition: Int64] {
        let positions = partitions.map {
            PartitionPosition(
                partition: PartitionName(topic: $0.topic, partition: $0.partition), committed: nil)
        }
        let progress = try registry.admit(positions, of: Self.liveGroup)
        return Dictionary(
            uniqueKeysWithValues: progress.map {
                (TopicPartition(topic: $0.key.topic, partition: $0.key.partition), $0.value)
            })
    }

    /// A store's failure while somebody works on it is the simulation's own.
    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { fail("\(error)") }
    }
}
