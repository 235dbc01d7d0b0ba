import Foundation
import Operations
import Synchronization

/// How far a sweep is: a line that redraws itself on a terminal, nothing elsewhere.
final class SweepProgress: SweepObserver {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

    func progressed(_ part: SweepPart, _ count: Int) {
        guard isTerminal else { return }
        lastShown.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < .milliseconds(100) { return }
            last = now
            _ = StandardStreams.write("\r\u{1B}[K\(part.rawValue): \(count)", to: STDERR_FILENO)
        }
    }

    /// Removes the line.
    func finish() {
        guard isTerminal, lastShown.withLock({ $0 }) != nil else { return }
        _ = StandardStreams.write("\r\u{1B}[K", to: STDERR_FILENO)
    }
}
