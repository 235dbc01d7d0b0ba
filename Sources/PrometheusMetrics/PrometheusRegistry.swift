public import CoreMetrics
import Synchronization

/// A backend of swift-metrics that keeps the numbers of described metrics for a Prometheus server to fetch.
///
/// By hand, because no maintained backend is at hand. A metric that nobody has described is not kept: its name, unit and labels
/// would be anybody's, and so would be their number.
public final class PrometheusRegistry: MetricsFactory {
    private enum Cell {
        case counter(CounterCell)
        case gauge(GaugeCell)
        case histogram(HistogramCell)
    }

    /// How many series a metric may have. One with more has a label without bounds, which would fill the memory.
    public static let mostSeries = 2_000

    private let families: [String: MetricFamily]
    private let order: [MetricFamily]
    private let cells = Mutex<[String: [[MetricLabel]: Cell]]>([:])

    /// A registry of these metrics, told in this order.
    public init(_ families: [MetricFamily]) {
        order = families
        self.families = Dictionary(families.map { ($0.name, $0) }) { first, _ in first }
    }

    // MARK: swift-metrics

    /// The counter of a series; one that is not described leads nowhere.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        guard case .counter(let cell)? = cell(label, dimensions) else { return NOOPMetricsHandler.instance }
        return cell
    }

    /// Likewise, of fractions.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        guard case .counter(let cell)? = cell(label, dimensions) else { return NOOPMetricsHandler.instance }
        return cell
    }

    /// The gauge of a series.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        guard case .gauge(let cell)? = cell(label, dimensions) else { return NOOPMetricsHandler.instance }
        return cell
    }

    /// The histogram of a series, or its gauge.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        switch cell(label, dimensions) {
        case .histogram(let cell): cell
        case .gauge(let cell): cell
        case .counter, nil: NOOPMetricsHandler.instance
        }
    }

    /// The histogram of a series, in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        guard case .histogram(let cell)? = cell(label, dimensions) else { return NOOPMetricsHandler.instance }
        return cell
    }

    // A counter stays: one that began anew would look like a restart.

    /// Does nothing.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    /// Ends a series: of a partition that is somebody else's nothing is told any more.
    public func destroyMeter(_ handler: any MeterHandler) {
        guard let gone = handler as? GaugeCell else { return }
        cells.withLock { cells in
            for (name, series) in cells {
                for (labels, cell) in series {
                    if case .gauge(let gauge) = cell, gauge === gone { cells[name]?[labels] = nil }
                }
            }
        }
    }
    /// Does nothing.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Does nothing.
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func cell(_ name: String, _ dimensions: [(String, String)]) -> Cell? {
        guard let family = families[name] else { return nil }
        let labels = dimensions.map(MetricLabel.init).sorted { $0.name < $1.name }
        return cells.withLock { cells in
            if let known = cells[name]?[labels] { return known }
            guard (cells[name]?.count ?? 0) < Self.mostSeries else { return nil }
            let cell: Cell =
                switch family.kind {
                case .counter: .counter(CounterCell())
                case .gauge: .gauge(GaugeCell())
                case .histogram(let bounds): .histogram(HistogramCell(bounds: bounds))
                }
            cells[name, default: [:]][labels] = cell
            return cell
        }
    }

    // MARK: Prometheus

    /// The content type of ``text``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All series in Prometheus' text format, version 0.0.4.
    public var text: String {
        let cells = cells.withLock { $0 }
        var text = ExpositionText()
        for family in order {
            text.add(family)
            for (labels, cell) in (cells[family.name] ?? [:]).sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                switch cell {
                case .counter(let cell): text.add(family.name, labels, cell.total)
                case .gauge(let cell): text.add(family.name, labels, cell.current)
                case .histogram(let cell): text.add(family.name, labels, cell)
                }
            }
        }
        return text.lines
    }
}

extension PrometheusRegistry {
    // What the registry holds, for whoever shows it in another form.

    /// The series of a counter or a gauge.
    public func values(of family: MetricFamily) -> [(labels: [MetricLabel], value: Double)] {
        let series = cells.withLock { $0[family.name] ?? [:] }
        return series.compactMap { labels, cell in
            switch cell {
            case .counter(let cell): (labels, cell.total)
            case .gauge(let cell): (labels, cell.current)
            case .histogram: nil
            }
        }.sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
    }

    /// The sum of a counter's or a gauge's series, by the value of one of their labels.
    public func sums(of family: MetricFamily, by label: String) -> [String: Double] {
        values(of: family).reduce(into: [:]) { sums, series in
            guard let value = series.labels.first(where: { $0.name == label })?.value else { return }
            sums[value, default: 0] += series.value
        }
    }

    /// All series of a histogram in one; nil where there is none yet.
    public func histogram(of family: MetricFamily) -> HistogramState? {
        let series = cells.withLock { $0[family.name] ?? [:] }
        return series.values.reduce(nil) { sum, cell in
            guard case .histogram(let cell) = cell else { return sum }
            guard var sum else { return cell.current }
            sum.add(cell.current)
            return sum
        }
    }
}

/// A label of a series.
public struct MetricLabel: Hashable, Comparable, Sendable {
    /// Its name.
    public let name: String
    /// Its value.
    public let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// By name, then by value.
    public static func < (left: Self, right: Self) -> Bool {
        (left.name, left.value) < (right.name, right.value)
    }
}
