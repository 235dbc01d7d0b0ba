import BatchPipeline

/// What happens when: a heap ordered by virtual time, and by the order of asking at equal times.
struct Agenda {
    private struct Entry {
        let time: Instant
        let order: Int
        let action: () -> Void
    }

    private var heap: [Entry] = []
    private var asked = 0
    private(set) var now = Instant(nanoseconds: 0)

    mutating func schedule(after delay: Duration, _ action: @escaping () -> Void) {
        schedule(at: now + delay, action)
    }

    mutating func schedule(at time: Instant, _ action: @escaping () -> Void) {
        asked += 1
        heap.append(Entry(time: max(time, now), order: asked, action: action))
        var child = heap.count - 1
        while child > 0, precedes(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes out the next action and sets the clock to its time.
    mutating func next() -> (() -> Void)? {
        guard let first = heap.first else { return nil }
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(child, least) {
                least = child
            }
            if least == parent { break }
            heap.swapAt(parent, least)
            parent = least
        }
        now = first.time
        return first.action
    }

    /// Forgets what was to come, and with it everything that the actions hold.
    mutating func clear() {
        heap = []
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (heap[left].time, heap[left].order) < (heap[right].time, heap[right].order)
    }
}

/// The only source of chance in a simulation: SplitMix64, so that a seed gives the same run everywhere.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The sequence of `seed`.
    public init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True once in `times`.
    mutating func once(in times: Int) -> Bool {
        Int.random(in: 0..<max(1, times), using: &self) == 0
    }

    /// A time between the two, most often near the shorter one.
    mutating func duration(_ shortest: Duration, _ longest: Duration) -> Duration {
        let skewed = Double.random(in: 0...1, using: &self)
        return shortest + (longest - shortest) * (skewed * skewed * skewed)
    }
}
