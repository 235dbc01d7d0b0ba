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
    private let state: Mutex<HistogramState>

    init(bounds: [Double]) {
        state = Mutex(HistogramState(bounds: bounds))
    }

    var current: HistogramState { state.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { state.withLock { $0.add(value) } }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
