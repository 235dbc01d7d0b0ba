import KafkaClient
import Logging
import Tracing

/// One session of the driver: one membership in the group and one producer, driven by one machine until it says end.
///
/// The session takes no decision. A serial loop hands the machine's effects to three threads and their replies back to
/// the machine.
struct Session<Work: PipelineWork>: Sendable {
    typealias Machine = PipelineMachine<Work.Item, Work.Message>

    let work: Work
    let consumer: KafkaConsumer
    let producer: TransactionalProducer
    /// In place of the group's assignment, where records are chosen by hand.
    let reader: RangeReader?
    let threads: Threads
    let observer: any PipelineObserver

    /// The threads for calls that block: librdkafka's and the store's.
    struct Threads: Sendable {
        let consumer = BlockingThread(name: "kafka-consumer")
        let producer = BlockingThread(name: "kafka-producer")
        let store = BlockingThread(name: "contact-store")
    }

    private enum Event: Sendable {
        case input(Machine.Input)
        case read(RecordBatch, as: [BatchPipeline.Slice<Work.Item>])
        case applied([AppliedSlice<Work.Message>], records: Int, took: Duration)
        case published([AppliedSlice<Work.Message>], took: Duration)
        case clientFailed(KafkaError)
        case brokersAnswered
    }

    /// How long the consumer's thread waits for records; a rebalance is noticed earlier.
    private static var pollTimeout: Duration { .milliseconds(100) }
    /// The same while there is no room for records. Short, since room comes at any moment.
    private static var serveTimeout: Duration { .milliseconds(5) }
    private static var lookUpTimeout: Duration { .seconds(2) }
    /// How often the session tells how far it is.
    private static var progressInterval: Duration { .seconds(2) }

    /// Runs until the machine ends the session.
    func run(settings: PipelineSettings, until stop: StopRequest) async -> SessionEnd {
        let clock = ContinuousClock()
        let origin = clock.now
        // Unbounded in name only: each thread has one reply under way, and timers are as many as the machine's deadlines.
        let (events, inbox) = AsyncStream.makeStream(of: Event.self)
        let timer = WakeTimer { inbox.yield(.input(.tick)) }
        stop.listen { inbox.yield(.input(.stop)) }
        defer {
            stop.stopListening()
            timer.cancel()
            inbox.finish()
        }
        var machine = Machine(settings: settings)
        var statistics = BatchStatistics()
        var book = ProgressBook()
        var isToldAt = clock.now + Self.progressInterval
        var areBrokersAway = false
        let abandon = PublishTask.AbandonFlag()
        inbox.yield(.input(.tick))

        for await event in events {
            observer.turned()
            let input: Machine.Input
            switch event {
            case .input(let reply):
                input = reply
                if case .standing(let standings) = reply { book.stand(standings) }
                if let end = TransactionEnd(reply) { observer.transactionEnded(end) }
            case .read(let batch, let slices):
                book.read(batch)
                input = .polled(slices)
            case .applied(let slices, let records, let took):
                statistics.applied(slices.map(\.id), records: records, took: took)
                input = .applied(slices)
            case .published(let slices, let took):
                let report = statistics.report(on: slices, took: took)
                book.published(report.offsets)
                observer.published(report)
                observer.transactionEnded(.committed)
                input = .published
            case .clientFailed(let error):
                areBrokersAway = areBrokersAway || error.isNobodyThere
                observer.clientFailed(error)
                continue
            case .brokersAnswered:
                areBrokersAway = false
                observer.brokersAnswered()
                continue
            }
            if let succeeded = input.storeSucceeded { observer.storeAnswered(succeeded) }
            let now = clock.now
            if now >= isToldAt {
                isToldAt = now + Self.progressInterval
                observer.stands(book.progress { consumer.knownEnd(of: $0) })
                if areBrokersAway { lookForBrokers(inbox) }
            }
            for effect in machine.handle(input, at: Instant(origin.duration(to: now))) {
                switch effect {
                case .wake(let instant): timer.wake(at: origin + instant.sinceOrigin)
                case .notice(let notice):
                    book.note(notice)
                    observer.noticed(notice)
                case .abandon: abandon.raise()
                case .end(let end): return end
                case .poll, .answer, .lookUp: performOnConsumer(effect, inbox)
                case .admit, .apply, .settle:
                    observer.storeAsked()
                    performOnStore(effect, inbox)
                case .publish(let slices): publish(slices, abandon, inbox)
                }
            }
        }
        return .stopped(drained: false)
    }

    // MARK: The consumer's thread

    private func performOnConsumer(_ effect: Machine.Effect, _ inbox: AsyncStream<Event>.Continuation) {
        threads.consumer.perform {
            switch effect {
            case .poll(let maximum):
                inbox.yield(poll(maximum: maximum, inbox))
                if reader?.isExhausted == true { inbox.yield(.input(.exhausted)) }
            case .answer(let rebalance):
                do {
                    if let reader { try reader.begin() } else { try consumer.answer(rebalance) }
                } catch {
                    inbox.yield(.input(.consumerFailed("\(error)")))
                }
            case .lookUp(let partitions):
                inbox.yield(.input(lookUp(partitions)))
            default:
                break
            }
        }
    }

    private func poll(maximum: Int, _ inbox: AsyncStream<Event>.Continuation) -> Event {
        let timeout = maximum > 0 ? Self.pollTimeout : Self.serveTimeout
        let polled =
            reader?.poll(maximum: maximum, timeout: timeout) ?? consumer.poll(maximum: maximum, timeout: timeout)
        switch polled {
        case .records(let batch):
            return .read(batch, as: work.decode(batch))
        case .rebalance(let rebalance):
            return .input(.rebalance(rebalance))
        case .nothing:
            return .input(.polled([]))
        case .unusable(let error):
            return .input(
                error.isFenced ? .consumerFenced(error.description) : .consumerFailed(error.description))
        case .failure(let error):
            inbox.yield(.clientFailed(error))
            return .input(.polled([]))
        }
    }

    private func lookForBrokers(_ inbox: AsyncStream<Event>.Continuation) {
        threads.consumer.perform {
            if consumer.hearsBrokers(timeout: .seconds(1)) { inbox.yield(.brokersAnswered) }
        }
    }

    private func lookUp(_ partitions: [TopicPartition]) -> Machine.Input {
        do {
            let committed = try consumer.committedOffsets(for: partitions, timeout: Self.lookUpTimeout)
            let bounds = try consumer.offsetBounds(of: partitions, timeout: Self.lookUpTimeout)
            return .standing(
                partitions.compactMap { partition in
                    bounds[partition].map {
                        PartitionStanding(
                            partition: partition, committed: committed[partition], low: $0.low, end: $0.high)
                    }
                })
        } catch {
            return .standingFailed("\(error)")
        }
    }

    // MARK: The store's thread

    private func performOnStore(_ effect: Machine.Effect, _ inbox: AsyncStream<Event>.Continuation) {
        threads.store.perform {
            let begin = ContinuousClock.now
            do throws(StoreFailure) {
                switch effect {
                case .admit(let standings):
                    inbox.yield(.input(.admitted(try work.admit(standings))))
                case .apply(let slices, let settling):
                    let applied = try work.apply(slices, settling: settling)
                    let records = slices.reduce(0) { $0 + $1.items.count }
                    inbox.yield(.applied(applied, records: records, took: .now - begin))
                case .settle(let slices):
                    try work.settle(slices)
                    inbox.yield(.input(.settled))
                default:
                    break
                }
            } catch {
                inbox.yield(.input(.storeFailed(error)))
            }
        }
    }

    // MARK: The producer's thread

    private func publish(
        _ slices: [AppliedSlice<Work.Message>], _ abandon: PublishTask.AbandonFlag,
        _ inbox: AsyncStream<Event>.Continuation
    ) {
        abandon.lower()
        let task = PublishTask(producer: producer, consumer: consumer, abandon: abandon)
        threads.producer.perform {
            let begin = ContinuousClock.now
            let next = [TopicPartition: Int64](nextAfter: slices)
            let span = Self.span(of: slices)
            let outcome = task.publish(slices, encode: work.encode, next: next)
            if case .published = outcome {} else { span?.setStatus(SpanStatus(code: .error)) }
            span?.end()
            switch outcome {
            case .published: inbox.yield(.published(slices, took: .now - begin))
            case .aborted(let reason): inbox.yield(.input(.publishAborted(reason)))
            case .refused(let reason): inbox.yield(.input(.publishRefused(reason)))
            case .ended(let failure): inbox.yield(.input(.publishEnded(failure)))
            }
        }
    }
}

extension Session {
    /// A Kafka transaction as a span; nothing, unless a tracer was bootstrapped.
    private static func span(of slices: [AppliedSlice<Work.Message>]) -> (any Span)? {
        let tracer = InstrumentationSystem.tracer
        guard !(tracer is NoOpTracer) else { return nil }
        let span = tracer.startSpan("publish batch", context: .topLevel, ofKind: .producer)
        span.attributes["messaging.system"] = "kafka"
        span.attributes["messaging.operation.type"] = "send"
        span.attributes["messaging.batch.message_count"] = slices.reduce(0) { $0 + $1.messages.count }
        return span
    }
}

extension PipelineMachine.Input {
    /// Whether the store has done as asked; nil in what is no reply of it.
    fileprivate var storeSucceeded: Bool? {
        switch self {
        case .admitted, .applied, .settled: true
        case .storeFailed: false
        default: nil
        }
    }
}

extension TransactionEnd {
    /// What a reply of the producer's thread says of its transaction; that it is committed comes with the batch.
    fileprivate init?<Item, Message>(_ reply: PipelineMachine<Item, Message>.Input) {
        switch reply {
        case .publishAborted: self = .aborted
        case .publishRefused: self = .refused
        case .publishEnded(.fenced): self = .fenced
        case .publishEnded(.unknownCommit): self = .unknown
        case .publishEnded: self = .failed
        default: return nil
        }
    }
}

extension [TopicPartition: Int64] {
    fileprivate init<Message>(nextAfter slices: [AppliedSlice<Message>]) {
        self = Dictionary(slices.map { ($0.partition, $0.last + 1) }) { Swift.max($0, $1) }
    }
}

/// What is to be told of the batches under way.
private struct BatchStatistics {
    private var underWay: [(slices: Set<Int64>, records: Int, took: Duration)] = []

    mutating func applied(_ slices: [Int64], records: Int, took: Duration) {
        underWay.append((Set(slices), records, took))
    }

    mutating func report<Message>(on slices: [AppliedSlice<Message>], took: Duration) -> BatchReport {
        let ids = Set(slices.map(\.id))
        // Batches are published in the order in which they were applied, and what was struck is not published here.
        let place = underWay.firstIndex { !$0.slices.isDisjoint(with: ids) }
        let batch = place.map { underWay[$0] }
        if let place { underWay.removeFirst(place + 1) }
        return BatchReport(
            records: batch?.records ?? 0, messages: slices.reduce(0) { $0 + $1.messages.count },
            offsets: [TopicPartition: Int64](nextAfter: slices), applied: batch?.took ?? .zero, published: took)
    }
}

extension Instant {
    init(_ sinceOrigin: Duration) {
        let (seconds, attoseconds) = sinceOrigin.components
        self.init(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    var sinceOrigin: Duration { .nanoseconds(nanoseconds) }
}
