import Foundation
import Logging
import Operations
import Synchronization

/// Sweeps beside a worker, again and again, on a thread of its own.
final class SweepingPart: WorkerPart {
    private let store: OpenStore
    private let sweeper: Sweeper
    private let interval: Duration
    private let patience: Duration
    private let asked = DispatchSemaphore(value: 0)
    private let wasAsked = Atomic<Bool>(false)
    /// Said at the end of the last sweep, and where it is not to be waited for any more.
    private let goesOn = DispatchSemaphore(value: 0)
    private let hasEnded = Atomic<Bool>(false)
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
            store: store.store, load: load, parts: Set(SweepPart.allCases), stop: StopFlag(), logger: logger)
    }

    /// Sweeps until stopped, and closes the store behind it. A page that a broker or the store keeps for longer is left to the
    /// end of the process: what it has decided stands as owed, so nothing is unfinished by that.
    func run() async -> Bool {
        Thread.detachNewThread { [self] in
            sweeper.repeatedly(every: interval)
            hasEnded.store(true, ordering: .releasing)
            goesOn.signal()
        }
        let wait = BlockingCall { [self] () throws(Never) in
            asked.wait()
            _ = goesOn.wait(timeout: .now() + patience / .seconds(1))
            return hasEnded.load(ordering: .acquiring)
        }
        if await wait.result() {
            store.close()
        } else {
            logger.warning(
                "a sweep was not waited for (shutdown.timeout, or asked twice to stop); the next one goes on")
        }
        return true
    }

    /// Asks for its end between two pages; said again, at once.
    func stop() {
        sweeper.stop.stop()
        if wasAsked.exchange(true, ordering: .acquiringAndReleasing) { goesOn.signal() } else { asked.signal() }
    }
}
