import Synchronization

/// One alarm clock for all deadlines of a machine: rings at each of them once.
final class WakeTimer: Sendable {
    private struct State {
        var deadlines: Set<ContinuousClock.Instant> = []
        var sleeper: Task<Void, Never>?
        var sleepsUntil: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let ring: @Sendable () -> Void

    init(ring: @escaping @Sendable () -> Void) {
        self.ring = ring
    }

    /// Rings at `deadline`, too.
    func wake(at deadline: ContinuousClock.Instant) {
        state.withLock { state in
            state.deadlines.insert(deadline)
            sleep(&state)
        }
    }

    func cancel() {
        state.withLock { state in
            state.deadlines = []
            state.sleeper?.cancel()
        }
    }

    private func sleep(_ state: inout State) {
        guard let next = state.deadlines.min(), state.sleepsUntil.map({ next < $0 }) ?? true else { return }
        state.sleeper?.cancel()
        state.sleepsUntil = next
        state.sleeper = Task { [weak self] in
            guard (try? await Task.sleep(until: next, clock: .continuous)) != nil else { return }
            self?.rang()
        }
    }

    private func rang() {
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            let count = state.deadlines.count
            state.deadlines = state.deadlines.filter { $0 > now }
            state.sleepsUntil = nil
            sleep(&state)
            return state.deadlines.count < count
        }
        if isDue { ring() }
    }
}
