import Foundation
import Operations
import Synchronization

/// How far a file is: a line that redraws itself on a terminal, nothing elsewhere.
final class FeedProgress: Sendable {
    private struct Shown {
        var last: ContinuousClock.Instant?
        var file = ""
        var begin = ContinuousClock.now
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let shown = Mutex(Shown())

    func show(_ report: FeedReport) {
        guard isTerminal else { return }
        shown.withLock { shown in
            let now = ContinuousClock.now
            if shown.file != report.name { (shown.file, shown.begin) = (report.name, now) }
            if let last = shown.last, now - last < .milliseconds(100) { return }
            shown.last = now
            let seconds = (now - shown.begin) / .seconds(1)
            let rate = seconds > 0 ? Int(Double(report.read) / seconds) : 0
            _ = StandardStreams.write(
                "\r\u{1B}[K\(report.name): \(counted(report.read, "record")), \(rate) a second, \(report.rejections) rejected",
                to: STDERR_FILENO)
        }
    }

    /// Removes the line.
    func finish() {
        guard isTerminal, shown.withLock({ $0.last }) != nil else { return }
        _ = StandardStreams.write("\r\u{1B}[K", to: STDERR_FILENO)
    }
}
