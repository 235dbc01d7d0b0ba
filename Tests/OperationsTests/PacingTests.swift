import Testing

@testable import Operations

@Suite("So many a second")
struct PacingTests {
    @Test("each is waited for, and what was held up for long is not made up for")
    func credit() {
        var pacing = Pacing(perSecond: 10)
        let start = ContinuousClock.now
        #expect(pacing.take(10, at: start) > .milliseconds(900))
        #expect(pacing.take(10, at: start) > .milliseconds(1_900))
        // An hour's outage gives a second's worth.
        let back = start + .seconds(3_600)
        #expect(pacing.take(10, at: back) == .zero)
        #expect(pacing.take(10, at: back) == .seconds(1))
    }
}
