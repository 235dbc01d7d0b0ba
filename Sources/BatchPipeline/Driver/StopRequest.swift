import Synchronization

/// The wish to end, said from anywhere and heard by whichever session is running, or by the next one.
final class StopRequest: Sendable {
    private struct State {
        var times = 0
        var listener: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var wasMade: Bool {
        state.withLock { $0.times > 0 }
    }

    func make() {
        let listener = state.withLock { state in
            state.times += 1
            return state.listener
        }
        listener?()
    }

    /// Calls `listener` for each time that it is said from here on, and for each time that it was said before.
    func listen(_ listener: @escaping @Sendable () -> Void) {
        let times = state.withLock { state in
            state.listener = listener
            return state.times
        }
        for _ in 0..<times { listener() }
    }

    func stopListening() {
        state.withLock { $0.listener = nil }
    }
}
