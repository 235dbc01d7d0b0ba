internal import CRdkafka

/// A version of librdkafka: some faults are to be told, or gone round, up to the one that mends them.
public struct LibraryVersion: Hashable, Comparable, Sendable {
    private let numbers: Int32

    /// A version by its three numbers, each below 256.
    public init(_ major: UInt8, _ minor: UInt8, _ patch: UInt8) {
        numbers = Int32(major) << 24 | Int32(minor) << 16 | Int32(patch) << 8
    }

    /// The one that this process runs with, without what tells a candidate from a release.
    public static var current: LibraryVersion { LibraryVersion(numbers: rd_kafka_version() & ~0xFF) }

    private init(numbers: Int32) {
        self.numbers = numbers
    }

    /// The older one first.
    public static func < (left: LibraryVersion, right: LibraryVersion) -> Bool { left.numbers < right.numbers }
}
