import CoreMetrics
import TestServers
import Testing

@testable import PrometheusMetrics

@Suite("Prometheus' text format")
struct ExpositionTests {
    private static let counter = MetricFamily("test_events_total", .counter, "Events, \"by\" kind: a \\ and\na break")
    private static let gauge = MetricFamily("test_level", .gauge, "A level")
    private static let histogram = MetricFamily("test_wait_seconds", .histogram(bounds: [0.1, 1]), "A wait")
    private let registry = PrometheusRegistry([counter, gauge, histogram])

    @Test(
        "is what the format says: a help and a type for each metric, then its series, with buckets that count all below them"
    )
    func text() {
        Counter(label: "test_events_total", dimensions: [("kind", "b"), ("also", "x")], factory: registry).increment(
            by: 2)
        Counter(label: "test_events_total", dimensions: [("also", "x"), ("kind", "b")], factory: registry).increment()
        Meter(label: "test_level", factory: registry).set(0.5)
        let wait = Recorder(label: "test_wait_seconds", factory: registry)
        for value in [0.1, 0.2, 5] { wait.record(value) }
        #expect(
            registry.text == """
                # HELP test_events_total Events, "by" kind: a \\\\ and\\na break
                # TYPE test_events_total counter
                test_events_total{also="x",kind="b"} 3
                # HELP test_level A level
                # TYPE test_level gauge
                test_level 0.5
                # HELP test_wait_seconds A wait
                # TYPE test_wait_seconds histogram
                test_wait_seconds_bucket{le="0.1"} 1
                test_wait_seconds_bucket{le="1"} 2
                test_wait_seconds_bucket{le="+Inf"} 3
                test_wait_seconds_sum 5.3
                test_wait_seconds_count 3

                """)
    }

    @Test("is read by the Prometheus client's own parser, whatever a label holds")
    func parser() throws {
        let odd = "a \"quoted\" \\ path\nof two lines, æøå, {x=\"1\"}"
        Counter(label: "test_events_total", dimensions: [("kind", odd)], factory: registry).increment(by: 7)
        Meter(label: "test_level", factory: registry).set(-1e-9)
        Recorder(label: "test_wait_seconds", dimensions: [("kind", odd)], factory: registry).record(0.3)
        let samples = try ParsedExposition(registry.text).samples
        #expect(samples.first { $0.name == "test_events_total" }?.labels == ["kind": odd])
        #expect(samples.first { $0.name == "test_events_total" }?.value == 7)
        #expect(samples.first { $0.name == "test_level" }?.value == -1e-9)
        let buckets = samples.filter { $0.name == "test_wait_seconds_bucket" }
        #expect(buckets.map(\.value) == [0, 1, 1])
        #expect(buckets.compactMap { $0.labels["le"] } == ["0.1", "1", "+Inf"])
        #expect(buckets.allSatisfy { $0.labels["kind"] == odd })
    }
}
