import CoreMetrics
import Synchronization

// The numbers behind the handles of swift-metrics, one a series. Each is written from many threads.

/// A number that only grows.
final class CounterCell: CounterHandler, FloatingPointCounterHandler {
    private let value = Atomic<Int64>(0)
    private let fraction = Mutex(0.0)

    var total: Double { Double(value.load(ordering: .relaxed)) + fraction.withLock { $0 } }

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0 else { return }
        fraction.withLock { $0 += amount }
    }

    func reset() {
        value.store(0, ordering: .relaxed)
        fraction.withLock { $0 = 0 }
    }
}

/// A number that goes up and down.
final class GaugeCell: MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    var current: Double { value.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// How often values fell at or under each bound.
final class HistogramCell: RecorderHandler, TimerHandler {
    struct State {
        var counts: [Int64]
        var sum = 0.0
    }

    let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: [Int64](repeating: 0, count: bounds.count + 1)))
    }

    /// The count of each bound alone, and of what is over the last; and the sum of all values.
    var current: State { state.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) { record(value, times: 1) }

    /// Many alike cost as much as one.
    func record(_ value: Double, times: Int64) {
        guard value.isFinite else { return }
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[place] += times
            $0.sum += value * Double(times)
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
