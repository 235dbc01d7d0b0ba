import CDispatch  // Where Swift on Linux has C types of the system that more than one module declares.
import Foundation
import ProtectedIdentity

/// The wall clock, for everything that takes a clock.
enum WallClock {
    /// This moment.
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
