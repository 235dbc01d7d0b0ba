internal import Foundation

/// Holds a loop to so many things a second, on its own thread.
struct Pacing {
    /// What a loop that was held up may make up for: a second's worth, and not what an hour's outage has cost.
    private static let mostCredit = Duration.seconds(1)

    private let perSecond: Int
    private var next = ContinuousClock.now

    init(perSecond: Int) {
        self.perSecond = max(1, perSecond)
    }

    /// Waits until so many may have been done.
    mutating func wait(for count: Int) {
        let ahead = take(count, at: .now)
        if ahead > .zero { Thread.sleep(forTimeInterval: ahead / .seconds(1)) }
    }

    /// For how long to wait, now that so many are done.
    mutating func take(_ count: Int, at now: ContinuousClock.Instant) -> Duration {
        next = max(next, now - Self.mostCredit) + .seconds(1) * (Double(count) / Double(perSecond))
        return next - now
    }
}
