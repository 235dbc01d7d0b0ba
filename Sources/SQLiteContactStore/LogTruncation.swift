internal import Dispatch
internal import GRDB
internal import Synchronization

/// Cuts the write-ahead log off after a clearing, since the old pages stand in it until then.
///
/// At most every half second, however many batches clear; what is put off is done by a timer, so that it never waits for
/// the next batch. A reader in another process can hold it up; then it is tried again.
final class LogTruncation: Sendable {
    private struct State {
        var isDue = false
        var isTimerSet = false
        var isStopped = false
        var last: ContinuousClock.Instant?
    }

    private static let interval = Duration.milliseconds(500)
    /// A reader must not hold the batches up.
    private static let patience = "PRAGMA busy_timeout = 50"

    private let queue: DatabaseQueue
    private let state = Mutex(State())

    init(queue: DatabaseQueue) {
        self.queue = queue
    }

    /// To be called after the commit of a transaction that cleared something.
    func request() {
        state.withLock { $0.isDue = true }
        runIfDue()
    }

    /// Cuts it off now if something was cleared and the last time is long enough ago; else sees to it that it is done.
    func runIfDue() {
        enum Choice { case nothing, now, later }
        let choice = state.withLock { state -> Choice in
            guard state.isDue, !state.isStopped else { return .nothing }
            if let last = state.last, last.duration(to: .now) < Self.interval { return .later }
            state.isDue = false
            state.last = .now
            return .now
        }
        switch choice {
        case .nothing: return
        case .later: setTimer()
        case .now:
            if !truncate() {
                state.withLock { $0.isDue = true }
                setTimer()
            }
        }
    }

    /// The last time, whatever the interval; nothing is done later.
    func stop() {
        let isDue = state.withLock { state in
            state.isStopped = true
            return state.isDue
        }
        if isDue { _ = truncate() }
    }

    private func setTimer() {
        let isNew = state.withLock { state in
            let isNew = !state.isTimerSet && !state.isStopped
            state.isTimerSet = true
            return isNew
        }
        guard isNew else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(500)) { [weak self] in
            guard let self else { return }
            state.withLock { $0.isTimerSet = false }
            runIfDue()
        }
    }

    /// Whether the log is empty now.
    private func truncate() -> Bool {
        do {
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: Self.patience)
                defer { try? database.execute(sql: "PRAGMA busy_timeout = \(Int(Connection.busySeconds * 1_000))") }
                _ = try database.checkpoint(.truncate)
            }
            return true
        } catch {
            return false
        }
    }
}
