import BatchPipeline
import KafkaClient
import Logging
import ProtectedIdentity
import RegistryWorker

/// What a running worker writes into its log: a line a batch at `info`, a line a record at `debug`, and a line for each
/// record that is set aside.
///
/// Coordinates, outcomes and durations; nothing of an event but its place.
struct WorkerLog: PipelineObserver, DecisionObserver {
    let group: String
    let logger: Logger
    /// What is said of a batch that cannot be applied now.
    var trouble = "the store fails"
    /// Whether it reads the events topic, that `replay` reads again.
    var readsEvents = true

    func decided(_ record: IncomingRecord, _ verdict: Verdict) {
        logger.debug("decided", metadata: Self.metadata(of: record, verdict))
        if case .publish(.decided(let outcome, _)) = verdict, let reason = outcome.withheld, reason != .cancelled {
            logger.info(
                "a contact was not deleted",
                metadata: ["record": "\(record.coordinates)", "reason": "\(reason.rawValue)"])
        }
        guard case .publish(.quarantined(let reason, let attempts, _)) = verdict else { return }
        // Whoever it is about is exposed until somebody has looked.
        logger.log(
            level: record.isProtection ? .error : .warning,
            record.isProtection ? "a protection was set aside: somebody is still exposed" : "a record was set aside",
            metadata: [
                "record": "\(record.coordinates)", "reason": "\(reason.rawValue)", "attempts": "\(attempts)",
            ])
    }

    /// Of an event's identity what the outcome may tell: a pseudonym, where a number stands in it.
    private static func metadata(of record: IncomingRecord, _ verdict: Verdict) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["record": "\(record.coordinates)", "outcome": "\(verdict.shortName)"]
        if case .publish(.decided(let outcome, _)) = verdict { metadata["event"] = "\(outcome.event.id)" }
        if let traceparent = record.traceparent { metadata["traceparent"] = "\(traceparent)" }
        return metadata
    }

    func published(_ report: BatchReport) {
        logger.info(
            "batch published",
            metadata: [
                "records": "\(report.records)", "messages": "\(report.messages)",
                "applied": "\(report.applied.inMilliseconds) ms", "published": "\(report.published.inMilliseconds) ms",
            ])
    }

    func sessionBegan(_ number: Int) {
        logger.info("joining the group", metadata: ["group": "\(group)", "session": "\(number)"])
    }

    func sessionEnded(_ end: SessionEnd) {
        switch end {
        case .exhausted: logger.info("session ended", metadata: ["drained": "true"])
        case .stopped(let isDrained): logger.info("session ended", metadata: ["drained": "\(isDrained)"])
        case .failed(let failure):
            logger.log(
                level: failure.isContradiction ? .critical : .warning, "session failed",
                metadata: ["reason": "\(failure.reason)"])
        }
    }

    func clientFailed(_ error: KafkaError) {
        logger.warning("kafka", metadata: ["error": "\(error)"])
    }

    func noticed(_ notice: Notice) {
        switch notice {
        case .assigned(let partitions):
            logger.info("partitions assigned", metadata: ["partitions": "\(partitions.map(\.description))"])
        case .departed(let partitions, let lost):
            logger.info(
                lost ? "partitions lost" : "partitions revoked",
                metadata: ["partitions": "\(partitions.map(\.description))"])
        case .alarm(let alarm):
            logger.critical("\(alarm.text(of: group, readsEvents: readsEvents))")
        case .storeRetry(let failures, let delay, let reason):
            retry(trouble, failures, delay, reason)
        case .kafkaRetry(let failures, let delay, let reason):
            retry("a Kafka transaction was aborted", failures, delay, reason)
        case .lookUpRetry(let failures, let delay, let reason):
            retry("the broker does not tell where the group stands", failures, delay, reason)
        }
    }

    private func retry(_ what: String, _ failures: Int, _ delay: Duration, _ reason: String) {
        // Once is weather: a rebalance, a lock. Again and again somebody should look.
        logger.log(
            level: failures < 3 ? .notice : .error, "\(what); trying again",
            metadata: ["failures": "\(failures)", "after": "\(delay.inMilliseconds) ms", "reason": "\(reason)"])
    }
}

extension SessionFailure {
    /// Whether somebody has to look: the store or the topic is not what it was.
    fileprivate var isContradiction: Bool {
        switch self {
        case .storeSetBack, .logBegunAnew: true
        case .producer, .unknownCommit, .fenced, .consumer, .store, .stuck, .readFromBefore: false
        }
    }

    fileprivate var reason: String {
        switch self {
        case .producer(let reason), .unknownCommit(let reason), .fenced(let reason), .consumer(let reason),
            .store(let reason), .storeSetBack(let reason):
            reason
        case .readFromBefore(let partition, let offset, let committed):
            "\(partition) is read from offset \(offset), though the group has committed \(committed)"
        case .logBegunAnew(let partition, let offset, let before):
            """
            \(partition) is read from offset \(offset) again, behind \(before - 1): another topic stands under the same \
            name
            """
        case .stuck: "a Kafka transaction neither ended nor could be aborted"
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var inMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
