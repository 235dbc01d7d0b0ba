import BatchPipeline
import Synchronization

/// One of the things that a worker's process does until it is stopped.
protocol WorkerPart: Sendable {
    /// Does it until it is stopped.
    ///
    /// - Returns: whether everything in flight was finished.
    func run() async throws -> Bool

    /// Asks for its end, within `shutdown.timeout`; said again, at once.
    func stop()
}

/// A pipeline: records in, messages out.
struct PipelinePart<Work: PipelineWork>: WorkerPart {
    let driver: PipelineDriver<Work>

    func run() async throws -> Bool {
        do {
            return try await driver.run()
        } catch let failure as SessionFailure {
            throw CommandFailure(failure)
        }
    }

    func stop() { driver.stop() }
}

extension CommandFailure {
    fileprivate init(_ failure: SessionFailure) {
        switch failure {
        case .fenced:
            self.init(
                .temporary,
                "another process has this one's kafka.instanceId and has taken over: give each its own, or end the other"
            )
        case .store(let reason):
            self.init(.unavailable, reason)
        case .producer(let reason), .consumer(let reason), .unknownCommit(let reason):
            self.init(.unavailable, reason)
        case .storeSetBack(let reason):
            self.init(.unavailable, reason)
        case .logBegunAnew(let partition, _, _):
            self.init(.unavailable, "\(partition) begins anew: another topic stands under the same name")
        case .readFromBefore(let partition, _, _):
            self.init(.unavailable, "\(partition) is read from below the committed offset")
        case .stuck:
            self.init(.unavailable, "a Kafka transaction neither ended nor could be aborted")
        }
    }
}
