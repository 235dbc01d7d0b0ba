public import KafkaClient
public import Logging

/// Runs a pipeline against Kafka: session after session until it is stopped.
///
/// A session that fails is followed by another, with a new producer that settles what the old one left open and a new
/// assignment from the committed offsets. What was in memory is forgotten; the store's journal knows.
public final class PipelineDriver<Work: PipelineWork>: Sendable {
    private let work: Work
    private let source: RecordSource
    private let outgoing: [String]
    private let consumer: ConsumerConfiguration
    private let producer: ProducerConfiguration
    private let settings: PipelineSettings
    private let observer: any PipelineObserver
    private let logger: Logger
    private let stopRequest = StopRequest()

    /// A driver; nothing happens before ``run()``.
    ///
    /// - Parameters:
    ///   - topics: the topics to consume.
    ///   - outgoing: the topics that messages go to, to be known before the first of them.
    ///   - consumer: the consumer group. Isolation and commits are the client's own affair.
    ///   - producer: with the transactional id by which a successor takes over.
    public convenience init(
        work: Work, topics: [String], outgoing: [String], consumer: ConsumerConfiguration,
        producer: ProducerConfiguration, settings: PipelineSettings, observer: any PipelineObserver, logger: Logger
    ) {
        self.init(
            work: work, source: .group(topics: topics), outgoing: outgoing, consumer: consumer, producer: producer,
            settings: settings, observer: observer, logger: logger)
    }

    /// A driver, likewise, of what a source has.
    ///
    /// - Parameter consumer: for ranges it needs ``KafkaClient/ConsumerConfiguration/tellsEnds``.
    public init(
        work: Work, source: RecordSource, outgoing: [String], consumer: ConsumerConfiguration,
        producer: ProducerConfiguration, settings: PipelineSettings, observer: any PipelineObserver, logger: Logger
    ) {
        self.work = work
        self.source = source
        self.outgoing = outgoing
        self.consumer = consumer
        self.producer = producer
        self.settings = settings
        self.observer = observer
        self.logger = logger
    }

    /// Asks for the end: what is in flight is finished within the settings' patience. Said again, it ends at once.
    public func stop() {
        stopRequest.make()
    }

    /// Runs until stopped, or until what the source has is at its end. Returns whether everything in flight was finished.
    ///
    /// - Throws: ``SessionFailure`` where another session could not do better: the store cannot be worked with, or
    ///   another process has our transactional id. ``KafkaConfigurationError`` where a property is wrong.
    public func run() async throws -> Bool {
        let threads = Session<Work>.Threads()
        var backoff = Backoff(base: .milliseconds(200), ceiling: .seconds(10), seed: settings.seed)
        var number = 0
        while !stopRequest.wasMade {
            number += 1
            let begin = ContinuousClock.now
            let end = try await session(number, threads)
            observer.sessionEnded(end)
            switch end {
            case .stopped(let isDrained): return isDrained
            case .exhausted: return true
            case .failed(.store(let reason)): throw SessionFailure.store(reason)
            case .failed(.fenced(let reason)) where isAlone: throw SessionFailure.fenced(reason)
            case .failed: break
            }
            // What was in flight is unfinished, and nobody will finish it now.
            if stopRequest.wasMade { return false }
            if .now - begin > .seconds(60) { backoff.reset() }
            await sleep(backoff.next())
        }
        return true
    }

    private func session(_ number: Int, _ threads: Session<Work>.Threads) async throws -> SessionEnd {
        let producer = try TransactionalProducer(self.producer, logger: logger)
        if let failure = await initialise(producer, threads) {
            await threads.producer.run { producer.close(within: .seconds(1)) }
            return failure
        }
        // Only behind the producer: committed offsets are those of the last transaction once it is settled.
        let consumer = try KafkaConsumer(self.consumer, logger: logger)
        do {
            if case .group(let topics) = source { try consumer.subscribe(to: topics) }
        } catch {
            await threads.producer.run { producer.close(within: .seconds(1)) }
            return .failed(.consumer(error.description))
        }
        observer.sessionBegan(number)
        let session = Session(
            work: work, consumer: consumer, producer: producer, reader: reader(on: consumer), threads: threads,
            observer: observer)
        let end = await session.run(settings: settings, until: stopRequest)
        // What a thread still has under way is waited for here: behind it both handles are nobody's but ours. Before the end
        // of the process that does not matter any more: a coordinator that does not answer is not waited for.
        let hasLeft: Bool
        if stopRequest.wasMade {
            _ = await threads.producer.run(within: .seconds(3)) { producer.close(within: .seconds(2)) }
            hasLeft = await threads.consumer.run(within: .seconds(6)) { consumer.leave(within: .seconds(5)) } ?? false
        } else {
            await threads.producer.run { producer.close(within: .seconds(2)) }
            hasLeft = await threads.consumer.run { consumer.leave(within: .seconds(5)) }
        }
        if !hasLeft { logger.warning("the consumer did not leave its group in time; the group waits for its session") }
        return end
    }

    /// Whether nobody else may have our transactional id: whoever has taken it is another one of us.
    private var isAlone: Bool {
        if case .ranges = source { true } else { consumer.instanceID != nil }
    }

    private func reader(on consumer: KafkaConsumer) -> RangeReader? {
        guard case .ranges(let ranges, let recordsPerSecond) = source else { return nil }
        return RangeReader(ranges, recordsPerSecond: recordsPerSecond, on: consumer)
    }

    /// Takes over the transactional id, however long the brokers are away; `nil` once that is done.
    private func initialise(
        _ producer: TransactionalProducer, _ threads: Session<Work>.Threads
    ) async -> SessionEnd? {
        var backoff = Backoff(base: .milliseconds(200), ceiling: .seconds(5), seed: settings.seed)
        while !stopRequest.wasMade {
            let failure: KafkaError? = await threads.producer.run {
                do throws(KafkaError) {
                    try producer.initTransactions(timeout: .seconds(5))
                    return nil
                } catch {
                    return error
                }
            }
            guard let failure else {
                // A topic not known yet costs the first transaction up to a second (librdkafka before 2.10.1, #5032).
                _ = await threads.producer.run { try? producer.warmUp(topics: self.outgoing, timeout: .seconds(2)) }
                return nil
            }
            if failure.isFenced { return .failed(.fenced(failure.description)) }
            guard failure.isRetriable else { return .failed(.producer(failure.description)) }
            observer.clientFailed(failure)
            await sleep(backoff.next())
        }
        return .stopped(drained: true)
    }

    /// Sleeps, but not past a stop for more than a moment.
    private func sleep(_ duration: Duration) async {
        let deadline = ContinuousClock.now + duration
        while ContinuousClock.now < deadline, !stopRequest.wasMade {
            try? await Task.sleep(for: min(.milliseconds(50), deadline - .now))
        }
    }
}
