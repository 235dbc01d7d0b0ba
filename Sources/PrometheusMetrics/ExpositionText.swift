/// Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct ExpositionText {
    private(set) var lines = ""

    /// What is said of a metric, before its series.
    mutating func add(_ family: MetricFamily) {
        lines += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
        lines += "# TYPE \(family.name) \(family.kind.name)\n"
    }

    mutating func add(_ name: String, _ labels: [MetricLabel], _ value: Double) {
        lines += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
            lines += "{\(pairs.joined(separator: ","))}"
        }
        lines += " \(Self.number(value))\n"
    }

    /// A bucket counts all values at or under its bound.
    mutating func add(_ name: String, _ labels: [MetricLabel], _ histogram: HistogramCell) {
        let state = histogram.current
        var count: Int64 = 0
        for (bound, inBucket) in zip(state.bounds + [.infinity], state.counts) {
            count += inBucket
            add("\(name)_bucket", labels + [MetricLabel("le", Self.number(bound))], Double(count))
        }
        add("\(name)_sum", labels, state.sum)
        add("\(name)_count", labels, Double(count))
    }

    private static func number(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == -.infinity { return "-Inf" }
        if value.isNaN { return "NaN" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
