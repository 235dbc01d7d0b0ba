private import Foundation
private import Synchronization

/// No more than so many a second, whichever thread asks.
final class Pace: Sendable {
    private let interval: Duration
    private let next = Mutex(ContinuousClock.now)

    init(perSecond rate: Int) {
        interval = .seconds(1) / max(1, rate)
    }

    /// Blocks its thread until it is its turn.
    func wait() {
        let turn = next.withLock { next in
            let turn = max(next, .now)
            next = turn + interval
            return turn
        }
        Thread.sleep(forTimeInterval: max(0, (turn - .now) / .seconds(1)))
    }
}
