public import BatchPipeline
package import ContactStore
import KafkaClient

// What a fresh assignment is held against.
extension RegistryWork {
    /// Settles what the committed offsets prove, and tells where Kafka and the store contradict each other.
    public func admit(_ standings: [PartitionStanding]) throws(StoreFailure) -> [StandingAlarm] {
        let positions = standings.map { standing in
            // Behind the end of the log stands what was committed in another topic of this name. It proves nothing.
            PartitionPosition(
                partition: PartitionName(standing.partition),
                committed: standing.committed.flatMap { $0 <= standing.end ? $0 : nil })
        }
        let applied: [PartitionName: Int64]
        do {
            applied = try store.admit(positions, of: settings.group)
        } catch {
            throw StoreFailure(error)
        }
        let gaps = try gaps(of: standings, applied)
        return standings.flatMap { standing in
            missing(in: standing, gaps[PartitionName(standing.partition)] ?? [])
                + alarms(for: standing, applied: applied[PartitionName(standing.partition)])
        }
    }

    /// Where the group is beyond the store, since now or since earlier, by partition. It is remembered before anything is applied
    /// behind it: that lifts the progress, and with it the only trace. What the group will read again itself is no gap any
    /// more, and neither is what nobody can read any more: that is told this once.
    private func gaps(
        of standings: [PartitionStanding], _ applied: [PartitionName: Int64]
    ) throws(StoreFailure) -> [PartitionName: [PartitionGap]] {
        let new = standings.compactMap { standing -> PartitionGap? in
            let partition = PartitionName(standing.partition)
            let (applied, committed) = (applied[partition] ?? 0, standing.committed ?? 0)
            guard committed > applied else { return nil }
            return PartitionGap(group: settings.group, partition: partition, offsets: applied..<committed)
        }
        do {
            if !new.isEmpty { try store.note(new) }
            let known = try store.gaps().filter { $0.group == settings.group }
            guard !known.isEmpty else { return [:] }
            let next = standings.map { standing in
                (PartitionName(standing.partition), (standing.committed ?? standing.low)..<Int64.max)
            }
            let expired = standings.map { (PartitionName($0.partition), 0..<$0.low) }
            for stretches in [next, expired] {
                try store.close(Dictionary(stretches) { first, _ in first }, of: settings.group)
            }
            return Dictionary(grouping: known, by: \.partition)
        } catch {
            throw StoreFailure(error)
        }
    }

    private func missing(in standing: PartitionStanding, _ gaps: [PartitionGap]) -> [StandingAlarm] {
        gaps.flatMap { gap -> [StandingAlarm] in
            let end = min(gap.offsets.upperBound, standing.committed ?? standing.low)
            let readable = max(gap.offsets.lowerBound, standing.low)..<max(gap.offsets.lowerBound, standing.low, end)
            return
                (gap.offsets.lowerBound < min(standing.low, end)
                ? [.expiredUnread(standing, next: gap.offsets.lowerBound)] : [])
                + (readable.isEmpty ? [] : [.storeBehindGroup(standing, missing: readable)])
        }
    }

    private func alarms(for standing: PartitionStanding, applied: Int64?) -> [StandingAlarm] {
        var alarms: [StandingAlarm] = []
        if let applied, standing.end < applied {
            alarms.append(.logBehindStore(standing, applied: applied))
        }
        // Without a committed offset the group has read nothing, and what is gone before its time is nobody's gap.
        if let next = standing.committed ?? applied, next < standing.low {
            alarms.append(.expiredUnread(standing, next: next))
        }
        return alarms
    }
}

extension StoreFailure {
    /// What a store's error means for a batch.
    package init(_ error: StoreError) {
        self =
            switch error {
            case .transient(let reason): .transient(reason)
            case .refused(let reason), .unusable(let reason): .permanent(reason)
            case .setBack: .setBack(error.description)
            }
    }
}

extension PartitionName {
    init(_ partition: TopicPartition) {
        self.init(topic: partition.topic, partition: partition.partition)
    }
}

extension SettledSlice {
    init(_ slice: PublishedSlice) {
        self.init(id: slice.id, partition: PartitionName(slice.partition), last: slice.last)
    }
}
