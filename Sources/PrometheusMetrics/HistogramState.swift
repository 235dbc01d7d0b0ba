/// How often values fell at or under each bound, at one moment.
public struct HistogramState: Sendable, Hashable {
    /// The upper bounds, rising.
    public let bounds: [Double]
    /// The count of each bound alone, and behind them of what is over the last.
    public private(set) var counts: [Int64]
    /// The sum of all values.
    public private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = [Int64](repeating: 0, count: bounds.count + 1)
    }

    /// How many values there were.
    public var count: Int64 { counts.reduce(0, +) }

    /// A value that is no number is none.
    mutating func add(_ value: Double) {
        guard value.isFinite else { return }
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    mutating func add(_ other: HistogramState) {
        guard other.bounds == bounds else { return }
        for (index, count) in other.counts.enumerated() { counts[index] += count }
        sum += other.sum
    }

    /// What came since an earlier state of the same histogram.
    public func since(_ earlier: HistogramState) -> HistogramState {
        guard earlier.bounds == bounds else { return self }
        var difference = self
        for (index, count) in earlier.counts.enumerated() { difference.counts[index] -= count }
        difference.sum -= earlier.sum
        return difference
    }

    /// The value that a share of all lie under, told by straight lines between the bounds as Prometheus' `histogram_quantile`
    /// does; nil where there is none. What lies over the last bound is told as that bound.
    ///
    /// - Parameter share: from 0 to 1.
    public func quantile(_ share: Double) -> Double? {
        let count = count
        guard count > 0, let last = bounds.last else { return nil }
        let rank = share * Double(count)
        var before: Int64 = 0
        var lower = 0.0
        for (bound, inBucket) in zip(bounds, counts) {
            if inBucket > 0, Double(before + inBucket) >= rank {
                return lower + (bound - lower) * max(0, rank - Double(before)) / Double(inBucket)
            }
            before += inBucket
            lower = bound
        }
        return last
    }
}
