import KafkaClient

/// What was polled and is not yet a batch: one growing slice for each partition, in the order of their first records.
struct Gathered<Item: Sendable>: Sendable {
    private var slices: [Slice<Item>] = []
    private var places: [TopicPartition: Int] = [:]
    /// The number of items in all slices.
    private(set) var count = 0

    /// Whether nothing is waiting, not even slices without items.
    var isEmpty: Bool { slices.isEmpty }

    mutating func add(_ slice: Slice<Item>) {
        count += slice.items.count
        if let place = places[slice.partition] {
            slices[place].append(slice)
        } else {
            places[slice.partition] = slices.count
            slices.append(slice)
        }
    }

    /// Takes out the slices of all partitions but those in `held`.
    mutating func take(except held: Set<TopicPartition>) -> [Slice<Item>] {
        guard !held.isEmpty else {
            defer { self = Gathered() }
            return slices
        }
        let taken = slices.filter { !held.contains($0.partition) }
        keep { held.contains($0) }
        return taken
    }

    mutating func strike(_ departed: Set<TopicPartition>) {
        keep { !departed.contains($0) }
    }

    func holdsMore(than held: Set<TopicPartition>) -> Bool {
        slices.contains { !held.contains($0.partition) }
    }

    private mutating func keep(_ stays: (TopicPartition) -> Bool) {
        let kept = slices.filter { stays($0.partition) }
        self = Gathered()
        for slice in kept { add(slice) }
    }
}
