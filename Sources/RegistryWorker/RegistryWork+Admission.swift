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
        return standings.flatMap { standing in
            alarms(for: standing, applied: applied[PartitionName(standing.partition)])
        }
    }

    private func alarms(for standing: PartitionStanding, applied: Int64?) -> [StandingAlarm] {
        var alarms: [StandingAlarm] = []
        let committed = standing.committed ?? 0
        if committed > applied ?? 0 {
            alarms.append(.storeBehindGroup(standing, applied: applied ?? 0))
        }
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
