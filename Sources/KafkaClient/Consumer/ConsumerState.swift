internal import CRdkafka

/// What the calls of a consumer that must not overlap (poll, answer, assign, leave) work on.
struct ConsumerState {
    /// A partition that is this consumer's.
    struct Assigned {
        /// Its fetch queue, forwarded to the consumer's data queue.
        var queue: Client.Pointer?
        /// The offset that comes next, once a record has come.
        var next: Int64?
        /// The end of the log, where it was met; see ``ConsumerConfiguration/tellsEnds``.
        var end: Int64?
    }

    /// How the partitions came to be this consumer's.
    enum Mode {
        case none
        case group
        case manual
    }

    var mode = Mode.none
    var assigned: [TopicPartition: Assigned] = [:]
    /// A rebalance that was handed out and waits for its answer.
    var pending: Rebalance?
    /// Whether the group has given anything yet, even nothing at all (see `leave`).
    var wasEverAssigned = false
    /// What came while something else was being looked for, for the next poll.
    var deferredFailure: KafkaError?
    /// Records that came by the group's queue, one in each.
    var strays: [RecordBatch] = []
    var hasLeft = false
    /// How many bytes the last batch had: the next one will be much the same.
    var expectedBytes = 0
}
