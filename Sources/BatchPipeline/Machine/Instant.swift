/// A point on a monotonic clock that only the driver reads, so that the machine can be run on virtual time.
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since an origin of the driver's choosing.
    public let nanoseconds: Int64

    /// The instant `nanoseconds` after the driver's origin.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The later of the two comes last.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant that lies `duration` later.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        return Instant(nanoseconds: instant.nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
