// The end that was asked for.
extension PipelineMachine {
    mutating func stop() {
        guard case .running = phase else { return end(.stopped(drained: false)) }
        phase = .stopping(deadline: wake(at: now + settings.stopPatience))
        // What the store has not begun comes again.
        gathered = Gathered()
        toAdmit = []
        if case .backingOff(.apply, _) = store { store = .idle }
        if case .backingOff(.admit, _) = store { store = .idle }
    }

    /// Comes first: at the deadline nothing new begins.
    mutating func advanceDeadline() {
        if case .stopping(let deadline) = phase, has(passed: deadline) { end(.stopped(drained: false)) }
    }

    mutating func advanceStop() {
        guard isStopping, isStoreIdle, isKafkaIdle, ready.isEmpty, published.isEmpty, barrier == nil else { return }
        end(.stopped(drained: true))
    }

    var isStopping: Bool {
        if case .stopping = phase { true } else { false }
    }
}
