import Foundation
import Logging
import Synchronization

/// How far a replay is: a bar with rate and time left on a terminal, a line of the log now and then elsewhere.
final class ReplayProgress: Sendable {
    private struct State {
        var line: ProgressLine?
        var lastLogged = ContinuousClock.now
    }

    private let logger: Logger
    private let begin = ContinuousClock.now
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    init(_ logger: Logger) {
        self.logger = logger
    }

    func show(_ done: Int64, of total: Int64) {
        let now = ContinuousClock.now
        let seconds = (now - begin) / .seconds(1)
        let rate = seconds > 0 ? Double(done) / seconds : 0
        let left = rate > 0 ? Duration.seconds(Int(Double(total - done) / rate)) : nil
        state.withLock { state in
            guard isTerminal else {
                guard now - state.lastLogged >= .seconds(5) else { return }
                state.lastLogged = now
                logger.info(
                    "replaying",
                    metadata: [
                        "done": "\(done)", "of": "\(total)", "rate": "\(Int(rate))",
                        "left": "\(left.map { "\($0.components.seconds) s" } ?? "unknown")",
                    ])
                return
            }
            if state.line == nil { state.line = ProgressLine("records", total: Int(clamping: total)) }
            state.line?.show(Int(clamping: done), note: left.map { "\(Self.text($0)) left" } ?? "")
        }
    }

    /// Leaves the bar where it is and goes on below. Once.
    func finish() {
        state.withLock { state in
            state.line?.finish()
            state.line = nil
        }
    }

    private static func text(_ left: Duration) -> String {
        let seconds = left.components.seconds
        return seconds < 90 ? "\(seconds) s" : seconds < 5_400 ? "\(seconds / 60) min" : "\(seconds / 3_600) h"
    }
}
