import Foundation
import Logging
import Operations

/// Sweeps beside a worker, again and again, on a thread of its own.
final class SweepingPart: WorkerPart {
    private let store: OpenStore
    private let sweeper: Sweeper
    private let interval: Duration
    private let patience: Duration
    private let ended = DispatchSemaphore(value: 0)
    private let asked = DispatchSemaphore(value: 0)
    private let logger: Logger

    /// Sweeps a store, which is the part's own from here on.
    ///
    /// - Parameter patience: how long the end of a sweep under way is waited for.
    init(
        _ store: OpenStore, every interval: Duration, endingWithin patience: Duration,
        load: @escaping @Sendable () throws -> Assembly, logger: Logger
    ) {
        self.store = store
        self.interval = interval
        self.patience = patience
        self.logger = logger
        sweeper = Sweeper(
            store: store.store, load: load, parts: Set(SweepPart.allCases), stop: SweepStop(), logger: logger)
    }

    /// Sweeps until stopped, and closes the store behind it. A page that a broker or the store keeps for longer is left to the
    /// end of the process: what it has decided stands as owed, so nothing is unfinished by that.
    func run() async -> Bool {
        Thread.detachNewThread { [self] in
            sweeper.repeatedly(every: interval)
            ended.signal()
        }
        let wait = BlockingCall { [self] () throws(Never) in
            asked.wait()
            return ended.wait(timeout: .now() + patience / .seconds(1)) == .success
        }
        if await wait.result() {
            store.close()
        } else {
            logger.warning("a sweep did not end in time (shutdown.timeout); the next one goes on")
        }
        return true
    }

    /// Asks for its end between two pages.
    func stop() {
        sweeper.stop.stop()
        asked.signal()
    }
}
