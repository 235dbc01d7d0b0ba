extension Duration {
    /// Whole milliseconds, at least 0, at most what a C `int` holds.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < Int64(Int32.max / 1_000) - 1 else { return .max }
        return Int32(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}

/// A point in time after which a call stops waiting.
struct Deadline {
    private let instant: ContinuousClock.Instant

    init(after timeout: Duration) {
        // Far beyond any call, and far from overflow.
        instant = ContinuousClock.now.advanced(by: min(max(timeout, .zero), .seconds(86_400 * 365)))
    }

    var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: instant)) }

    var hasPassed: Bool { ContinuousClock.now >= instant }

    /// What remains, at most `slice`, in milliseconds and rounded up so that a wait never spins.
    func slice(atMost slice: Duration) -> Int32 {
        let remaining = min(remaining, slice)
        return remaining == .zero ? 0 : max(1, remaining.milliseconds)
    }
}
