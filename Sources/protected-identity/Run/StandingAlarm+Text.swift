import BatchPipeline
import KafkaClient

extension StandingAlarm {
    /// What the log says of it: what is wrong, and the way out.
    ///
    /// - Parameters:
    ///   - group: the group that it is about.
    ///   - readsEvents: whether the group reads the events topic. `replay` reads no other; a group of commands is moved back.
    func text(of group: String, readsEvents: Bool) -> String {
        switch self {
        case .storeBehindGroup(let standing, let missing):
            let place = standing.partition
            let wayOut =
                readsEvents
                ? """
                Read those records again, beside the workers; what was applied stays applied: protected-identity replay \
                --from \(place.partition):\(missing.lowerBound) --to \(place.partition):\(missing.upperBound) \
                --restored (without --restored where nothing was restored: then nobody has heard of them yet)
                """
                : """
                Stop the workers of the group and have it read those records again; what was applied stays applied: \
                kafka-consumer-groups.sh --group \(group) --topic \(place.topic):\(place.partition) --reset-offsets \
                --to-offset \(missing.lowerBound) --execute
                """
            return """
                the group has committed offset \(standing.committed ?? 0) in \(place), but the store knows nothing of \
                \(missing.lowerBound) to \(missing.upperBound - 1): it was restored from an older copy (cleared data is alive \
                again), or offsets were moved forward. \(wayOut)
                """
        case .logBehindStore(let standing, let applied):
            return """
                \(standing.partition) ends at offset \(standing.end), but the store has applied up to \(applied): another topic \
                stands under the same name. Give the new topic a name of its own, or group \(group)
                """
        case .expiredUnread(let standing, let next):
            return """
                the records \(next) to \(standing.low - 1) of \(standing.partition) expired before they were read: ask \
                whoever wrote them to send them again, and give the topic a longer retention
                """
        }
    }
}
