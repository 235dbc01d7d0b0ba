import ArgumentParser
import Foundation
import Logging
import Operations

/// What a worker does besides, in its own process.
enum WorkerExtra: String, CaseIterable, ExpressibleByArgument {
    /// `sweep`, again and again.
    case sweep
}

/// A sweeper beside a worker, on a thread of its own.
final class BackgroundSweeper: Sendable {
    private let store: OpenStore
    private let wish = SweepStop()
    private let ended = DispatchSemaphore(value: 0)

    /// Starts sweeping a store, which is the sweeper's own from here on.
    init(_ store: OpenStore, every interval: Duration, load: @escaping @Sendable () throws -> Assembly, logger: Logger)
    {
        self.store = store
        let sweeper = Sweeper(
            store: store.store, load: load, parts: Set(SweepPart.allCases), stop: wish, logger: logger)
        Thread.detachNewThread { [ended] in
            sweeper.repeatedly(every: interval)
            ended.signal()
        }
    }

    /// Asks for its end between two pages.
    func stop() {
        wish.stop()
    }

    /// Ends it between two pages, and closes the store behind it. A page that a broker or the store keeps for longer is left to
    /// the end of the process: what it has decided stands as owed.
    ///
    /// - Returns: whether it has ended in time.
    @discardableResult
    func end(within patience: Duration) async -> Bool {
        wish.stop()
        let wait = BlockingCall { [ended] () throws(Never) in
            ended.wait(timeout: .now() + patience / .seconds(1)) == .success
        }
        guard await wait.result() else { return false }
        store.close()
        return true
    }
}
