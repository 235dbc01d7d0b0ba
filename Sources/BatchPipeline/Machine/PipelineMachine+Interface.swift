public import KafkaClient

extension PipelineMachine {
    /// What a driver reports.
    public enum Input: Sendable {
        /// The reply to `Effect.poll`: records, possibly none.
        case polled([Slice<Item>])
        /// The reply to `Effect.poll`: the group wants to change the assignment and waits for `Effect.answer`.
        case rebalance(Rebalance)
        /// The reply to `Effect.lookUp`.
        case standing([PartitionStanding])
        /// The other reply to `Effect.lookUp`: it will be repeated.
        case standingFailed(String)
        /// The consumer is beyond repair.
        case consumerFailed(String)
        /// Another process has taken over this member's place in the group.
        case consumerFenced(String)
        /// The reply to `Effect.admit`, with what cannot be right.
        case admitted([StandingAlarm])
        /// The reply to `Effect.apply`.
        case applied([AppliedSlice<Message>])
        /// The reply to `Effect.settle`.
        case settled
        /// The other reply to `Effect.admit`, `Effect.apply` and `Effect.settle`.
        case storeFailed(StoreFailure)
        /// The reply to `Effect.publish`: the transaction is committed.
        case published
        /// The reply to `Effect.publish`: the transaction is known to be aborted, by us or by an error.
        case publishAborted(String)
        /// The reply to `Effect.publish`: the group takes no offsets from this member, and the transaction is aborted.
        case publishRefused(String)
        /// The reply to `Effect.publish`: nothing more is to be had from this producer.
        case publishEnded(SessionFailure)
        /// Nothing is left to be read, and nothing will be: the session ends once all that was is done with.
        case exhausted
        /// Time has passed.
        case tick
        /// Somebody wants the worker to end; said a second time it ends at once.
        case stop
    }

    /// What a driver has to do. Effects for one thread are performed in their order.
    public enum Effect: Sendable {
        /// Poll the consumer for at most `maximum` records; with 0, for rebalances only.
        case poll(maximum: Int)
        /// Give the group its answer.
        case answer(Rebalance)
        /// Ask the broker for committed offsets and the log's bounds.
        case lookUp([TopicPartition])
        /// Hold the standing of fresh partitions against the store, and settle what the committed offsets prove.
        case admit([PartitionStanding])
        /// Decide and apply in one store transaction that also settles slices known to be published.
        case apply([Slice<Item>], settling: [PublishedSlice])
        /// Settle slices in a store transaction of their own.
        case settle([PublishedSlice])
        /// Publish all messages and the offsets behind the slices in one Kafka transaction.
        case publish([AppliedSlice<Message>])
        /// Abort the open Kafka transaction, unless its commit is already under way. `publish` is answered as ever.
        case abandon
        /// Report `Input.tick` at this instant. Several may be outstanding.
        case wake(at: Instant)
        /// Tell people.
        case notice(Notice)
        /// The session is over: drop everything in memory. A new session starts from the committed offsets.
        case end(SessionEnd)
    }
}

/// What people may want to know about a session.
public enum Notice: Hashable, Sendable {
    /// Partitions were gained.
    case assigned([TopicPartition])
    /// Partitions were given up, or lost.
    case departed([TopicPartition], lost: Bool)
    /// Kafka and the store contradict each other.
    case alarm(StandingAlarm)
    /// The store failed; the same work is tried again after a while.
    case storeRetry(failures: Int, after: Duration, reason: String)
    /// A Kafka transaction was aborted; its batch is published again after a while.
    case kafkaRetry(failures: Int, after: Duration, reason: String)
    /// The broker did not tell where partitions stand; it is asked again after a while.
    case lookUpRetry(failures: Int, after: Duration, reason: String)
}

/// A failure of the store, in words without values.
public enum StoreFailure: Error, Hashable, Sendable {
    /// It may work next time.
    case transient(String)
    /// It will not work until somebody changes something.
    case permanent(String)
    /// The store has forgotten what it had done for this session: an older copy stands in its place.
    case setBack(String)
}

/// How a session ended.
public enum SessionEnd: Hashable, Sendable {
    /// As asked; `drained` tells whether everything in flight was finished.
    case stopped(drained: Bool)
    /// There was an end to what was to be read: all of it is admitted, applied, published and settled.
    case exhausted
    /// Not as asked.
    case failed(SessionFailure)
}

/// Why a session cannot go on. What was in flight is safe: its records come again.
public enum SessionFailure: Error, Hashable, Sendable {
    /// The producer has met a fatal error.
    case producer(String)
    /// Nobody knows whether a transaction was committed; only initialising the producer anew settles that.
    case unknownCommit(String)
    /// Another process has taken over our transactional id, or our place in the group.
    case fenced(String)
    /// The consumer has met a fatal error.
    case consumer(String)
    /// The store cannot be worked with.
    case store(String)
    /// An older copy of the store stands in its place. The next session's admission tells how far it is behind.
    case storeSetBack(String)
    /// A partition is read from an earlier offset again, though it never left us: another topic stands under its name.
    case logBegunAnew(TopicPartition, at: Int64, after: Int64)
    /// A partition is read from below the offset that the group has committed. Either the log has begun anew, which the next
    /// session's admission tells, or librdkafka has not waited for an offset that a transaction still held.
    case readFromBefore(TopicPartition, at: Int64, committed: Int64)
    /// A Kafka transaction neither ended nor could be aborted while the group waited for a revoke.
    case stuck
}
