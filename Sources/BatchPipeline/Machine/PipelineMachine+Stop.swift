// The end that was asked for, and the end of what there was to be read.
extension PipelineMachine {
    mutating func stop() {
        switch phase {
        case .running, .finishing: break
        case .stopping, .ended: return end(.stopped(drained: false))
        }
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

    mutating func exhaust() {
        if case .running = phase { phase = .finishing }
    }

    /// Partitions count as done only once this session has had them admitted: that settles what an earlier one has published.
    mutating func advanceFinish() {
        guard case .finishing = phase, isStoreIdle, isKafkaIdle, isConsumerIdle, barrier == nil, unadmitted.isEmpty,
            toAdmit.isEmpty, gathered.isEmpty, ready.isEmpty, published.isEmpty
        else { return }
        end(.exhausted)
    }

    /// Whether nothing more is read, so that what was published need not wait for a batch that settles it.
    var isEnding: Bool {
        switch phase {
        case .finishing, .stopping: true
        case .running, .ended: false
        }
    }

    private var isConsumerIdle: Bool {
        if case .idle = consumer { true } else { false }
    }

    var isStopping: Bool {
        if case .stopping = phase { true } else { false }
    }
}
