import Foundation

/// Holds a loop to so many records a second, on its own thread.
struct Pacing {
    private let perSecond: Int
    private let begin = ContinuousClock.now
    private var done = 0

    init(perSecond: Int) {
        self.perSecond = max(1, perSecond)
    }

    /// Waits until as many more may have been done.
    mutating func wait(for count: Int) {
        done += count
        let due = begin + .seconds(1) * (Double(done) / Double(perSecond))
        let ahead = due - .now
        if ahead > .zero { Thread.sleep(forTimeInterval: ahead / .seconds(1)) }
    }
}
