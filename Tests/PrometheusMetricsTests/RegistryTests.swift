import CoreMetrics
import Testing

@testable import PrometheusMetrics

@Suite("A backend of swift-metrics")
struct RegistryTests {
    private static let counter = MetricFamily("test_events_total", .counter, "Events")
    private static let gauge = MetricFamily("test_level", .gauge, "A level")
    private static let histogram = MetricFamily("test_wait_seconds", .histogram(bounds: [1, 2, 4]), "A wait")
    private let registry = PrometheusRegistry([counter, gauge, histogram])

    @Test("keeps no metric that nobody has described, and none under another kind")
    func unknown() {
        Counter(label: "test_anything", factory: registry).increment()
        Counter(label: "test_level", factory: registry).increment()
        Timer(label: "test_events_total", factory: registry).recordSeconds(1)
        #expect(!registry.text.contains("test_anything"))
        #expect(registry.values(of: Self.gauge).isEmpty == false || !registry.text.contains("test_level 1"))
        #expect(!registry.text.contains("test_events_total 1"))
    }

    @Test("has bounds: a label of too many values does not fill the memory")
    func bounded() {
        for number in 0..<(PrometheusRegistry.mostSeries + 100) {
            Counter(label: "test_events_total", dimensions: [("n", "\(number)")], factory: registry).increment()
        }
        #expect(registry.values(of: Self.counter).count == PrometheusRegistry.mostSeries)
    }

    @Test("a counter goes up alone, and stays when its handle goes; a gauge goes with it")
    func ends() {
        let events = Counter(label: "test_events_total", factory: registry)
        events.increment(by: 3)
        events.increment(by: -2)
        events.destroy()
        #expect(registry.values(of: Self.counter).map(\.value) == [3])
        let level = Meter(label: "test_level", dimensions: [("partition", "1")], factory: registry)
        level.set(5)
        Meter(label: "test_level", dimensions: [("partition", "2")], factory: registry).set(6)
        level.destroy()
        #expect(registry.values(of: Self.gauge).map(\.value) == [6])
        #expect(registry.sums(of: Self.gauge, by: "partition") == ["2": 6])
    }

    @Test("tells the quantile as Prometheus does, of all and of what came since")
    func quantiles() throws {
        let wait = Recorder(label: "test_wait_seconds", dimensions: [("worker", "a")], factory: registry)
        let other = Recorder(label: "test_wait_seconds", dimensions: [("worker", "b")], factory: registry)
        for _ in 0..<2 { wait.record(0.5) }
        for _ in 0..<2 { other.record(1.5) }
        let before = try #require(registry.histogram(of: Self.histogram))
        #expect(before.count == 4)
        #expect(before.quantile(0.5) == 1)
        #expect(before.quantile(0.75) == 1.5)
        wait.record(3)
        wait.record(100)
        let since = try #require(registry.histogram(of: Self.histogram)).since(before)
        #expect(since.count == 2)
        #expect(since.quantile(0.25) == 3)
        #expect(since.quantile(0.99) == 4)
        wait.record(Double.nan)
        #expect(registry.histogram(of: Self.histogram)?.count == 6)
        #expect(before.since(before).quantile(0.5) == nil)
    }
}
