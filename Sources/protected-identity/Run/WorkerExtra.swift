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
    private let stop: SweepStop
    private let ended = DispatchSemaphore(value: 0)

    /// Starts sweeping.
    init(_ store: OpenStore, every interval: Duration, load: @escaping @Sendable () throws -> Assembly, logger: Logger)
    {
        let stop = SweepStop()
        self.stop = stop
        let sweeper = Sweeper(
            store: store.store, load: load, parts: Set(SweepPart.allCases), stop: stop, logger: logger)
        Thread.detachNewThread { [ended] in
            sweeper.repeatedly(every: interval)
            ended.signal()
        }
    }

    /// Ends it between two pages, and waits for that.
    func end() {
        stop.stop()
        ended.wait()
    }
}
