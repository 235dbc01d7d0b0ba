import KafkaClient

/// Poll, apply, publish, commit and revoke as one synchronous value: what a worker does next, and nothing of how.
///
/// A driver performs the effects and reports back with inputs. At most one poll or look-up, one store operation and one
/// Kafka transaction are under way at a time, so the depth is bounded: while one batch publishes, the next one is
/// applied and the one behind it is gathered. A batch closes when the store is free, or it is full.
///
/// What the machine holds to:
/// - a revoke is a barrier, answered only when no Kafka transaction is open, and nothing new begins before the answer;
/// - records of departed partitions are struck from every stage; what the store has applied of them stays;
/// - an aborted transaction is published again from memory; an unknown result ends the session, and memory with it;
/// - a partition's records are applied only after the store has seen where the group and the log stand;
/// - a store that was set back, or a log that begins anew, ends the session: the next one begins with such a look.
public struct PipelineMachine<Item: Sendable, Message: Sendable>: Sendable {
    enum Phase {
        case running
        /// Nothing more comes.
        case finishing
        case stopping(deadline: Instant)
        case ended
    }

    /// What the thread that owns the consumer is doing.
    enum ConsumerStage {
        case idle
        case polling
        case lookingUp
    }

    /// One store operation, repeated until it succeeds.
    enum StoreWork {
        case admit([PartitionStanding])
        case apply([Slice<Item>], settling: [PublishedSlice])
        case settle([PublishedSlice])
    }

    enum StoreStage {
        case idle
        case busy(StoreWork, departed: Set<TopicPartition>)
        case backingOff(StoreWork, until: Instant)
    }

    enum KafkaStage {
        case idle
        case publishing([AppliedSlice<Message>], departed: Set<TopicPartition>, abandoned: Bool)
        case backingOff([AppliedSlice<Message>], until: Instant)
    }

    /// Another owner may have applied records that were written after we looked: only a log that ends before what had been
    /// applied when we look once more is another one.
    enum Suspicion {
        case open(applied: Int64)
        case settled
    }

    /// A revoke that waits for its answer.
    struct Barrier {
        let rebalance: Rebalance
        let abandonAt: Instant
        let giveUpAt: Instant
        var hasSettled = false
    }

    let settings: PipelineSettings
    var phase = Phase.running
    var consumer = ConsumerStage.idle
    var store = StoreStage.idle
    var kafka = KafkaStage.idle
    var barrier: Barrier?

    /// The partitions that we own and have not begun to give up.
    var assigned: Set<TopicPartition> = []
    /// Those of them whose standing the store has not seen yet.
    var unadmitted: Set<TopicPartition> = []
    /// Those of them whose standing Kafka has not told yet.
    var toLookUp: Set<TopicPartition> = []
    var lookUpAt: Instant?
    var toAdmit: [PartitionStanding] = []
    /// The partitions whose log may end before what was applied, and whether a second look has told.
    var suspected: [TopicPartition: Suspicion] = [:]

    /// The offsets up to which this session has read our partitions, and knows them to be applied.
    var readTo: [TopicPartition: Int64] = [:]
    var appliedTo: [TopicPartition: Int64] = [:]

    /// Decoded and waiting for the store.
    var gathered = Gathered<Item>()
    /// Applied and waiting for the producer.
    var ready: [AppliedSlice<Message>] = []
    /// Published, and still unpublished in the store's eyes.
    var published: [PublishedSlice] = []
    var settleAt: Instant?
    var nextBatchAt = Instant(nanoseconds: .min)
    /// Since when the group has taken no offsets of the batch that is to be published.
    var refusedSince: Instant?

    var storeBackoff: Backoff
    var kafkaBackoff: Backoff
    var now = Instant(nanoseconds: .min)
    var effects: [Effect] = []

    /// A machine for one session: one membership in the group and one incarnation of the producer.
    public init(settings: PipelineSettings) {
        self.settings = settings
        let (store, kafka) = (settings.storeBackoff, settings.kafkaBackoff)
        storeBackoff = Backoff(base: store.base, ceiling: store.ceiling, seed: settings.seed)
        kafkaBackoff = Backoff(base: kafka.base, ceiling: kafka.ceiling, seed: ~settings.seed)
    }

    /// What follows from `input` at `now`. After `Effect.end` nothing does.
    public mutating func handle(_ input: Input, at now: Instant) -> [Effect] {
        if case .ended = phase { return [] }
        self.now = max(self.now, now)
        switch input {
        case .polled(let slices): receive(slices)
        case .rebalance(let rebalance): receive(rebalance)
        case .standing(let standings): receive(standings)
        case .standingFailed(let reason): lookUpFailed(reason)
        case .consumerFailed(let reason): end(.failed(.consumer(reason)))
        case .consumerFenced(let reason): end(.failed(.fenced(reason)))
        case .admitted(let alarms): storeAdmitted(alarms)
        case .applied(let slices): storeApplied(slices)
        case .settled: storeSettled()
        case .storeFailed(let failure): storeFailed(failure)
        case .published: kafkaPublished()
        case .publishAborted(let reason): kafkaAborted(reason)
        case .publishRefused(let reason): kafkaRefused(reason)
        case .publishEnded(let failure): end(.failed(failure))
        case .exhausted: exhaust()
        case .tick: break
        case .stop: stop()
        }
        advance()
        defer { effects = [] }
        return effects
    }

    /// Begins whatever can begin, the most urgent first.
    private mutating func advance() {
        advanceDeadline()
        advanceBarrier()
        advanceKafka()
        advanceStore()
        advanceConsumer()
        advanceStop()
        advanceFinish()
    }

    func has(passed instant: Instant) -> Bool {
        instant <= now
    }

    /// Asks for a tick at `instant`, and hands it back.
    mutating func wake(at instant: Instant) -> Instant {
        effects.append(.wake(at: instant))
        return instant
    }

    mutating func end(_ end: SessionEnd) {
        if case .ended = phase { return }
        phase = .ended
        effects.append(.end(end))
    }
}
