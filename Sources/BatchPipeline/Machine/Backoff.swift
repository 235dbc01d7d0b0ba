/// Exponential back-off with full jitter: the n-th wait is anything between nothing and `base × 2ⁿ`, at most `ceiling`.
///
/// Full jitter, since workers that lost the same database come back together otherwise.
struct Backoff: Sendable {
    private let base: Duration
    private let ceiling: Duration
    private var random: SplitMix64
    /// How often in a row the thing has failed.
    private(set) var failures = 0

    init(base: Duration, ceiling: Duration, seed: UInt64) {
        self.base = base
        self.ceiling = ceiling
        random = SplitMix64(state: seed)
    }

    /// How long to wait after one more failure.
    mutating func next() -> Duration {
        failures += 1
        let bound = min(base * (1 << min(failures - 1, 20)), ceiling)
        return bound * Double.random(in: 0...1, using: &random)
    }

    mutating func reset() {
        failures = 0
    }
}

/// A small seeded generator (Steele, Lea and Flood 2014), since the system's cannot be replayed.
struct SplitMix64: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
