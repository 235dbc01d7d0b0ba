public import KafkaClient

/// Where a pipeline's records come from.
public enum RecordSource: Sendable {
    /// What the consumer group gives to this member of these topics, for ever.
    case group(topics: [String])
    /// Stretches of partitions, chosen by hand, by a member of no group. Reading begins where the offsets of the consumer's own
    /// group stand, and the pipeline ends by itself when all of it is read, applied, published and settled.
    ///
    /// Only one process may do so for one group: the producer's transactional id tells, so give it one for the group.
    case ranges([TopicPartition: Range<Int64>], recordsPerSecond: Int? = nil)
}
