/// What is said of a metric: all of its series have it in common.
public struct MetricFamily: Sendable, Hashable {
    /// What its numbers are.
    public enum Kind: Sendable, Hashable {
        /// A number that only grows; its name ends in `_total`.
        case counter
        /// A number that goes up and down.
        case gauge
        /// How often values fell at or under each bound, in the metric's unit.
        case histogram(bounds: [Double])

        var name: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    /// Its name, with the unit in it, as Prometheus' conventions have it: `redaction_exposure_seconds`.
    public let name: String
    /// What its numbers are.
    public let kind: Kind
    /// What it says, in a sentence.
    public let help: String

    /// A metric.
    public init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }
}

extension MetricFamily.Kind {
    /// Bounds from a millisecond to some minutes, for durations in seconds.
    public static let seconds = Self.histogram(bounds: secondsBounds)
    /// The bounds of ``seconds``, for whoever goes on from there.
    public static let secondsBounds = [
        0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.25, 2.5, 5, 10, 30, 60, 300,
    ]
}
