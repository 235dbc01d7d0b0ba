internal import ProtectedIdentity

/// A set of places in a log: a bit for each, since a quarantine may hold millions.
struct CoordinateSet {
    private struct Partition: Hashable {
        let topic: String
        let number: Int32
    }

    private var words: [Partition: [Int64: UInt64]] = [:]
    private(set) var count = 0

    func contains(_ place: RecordCoordinates) -> Bool {
        let (partition, word, bit) = Self.place(place)
        return words[partition]?[word].map { $0 & bit != 0 } ?? false
    }

    /// - Returns: whether it was not there before.
    @discardableResult
    mutating func insert(_ place: RecordCoordinates) -> Bool {
        let (partition, word, bit) = Self.place(place)
        guard !contains(place) else { return false }
        words[partition, default: [:]][word, default: 0] |= bit
        count += 1
        return true
    }

    private static func place(_ place: RecordCoordinates) -> (Partition, Int64, UInt64) {
        (Partition(topic: place.topic, number: place.partition), place.offset >> 6, 1 << UInt64(place.offset & 63))
    }
}
