internal import KafkaClient
internal import ProtectedIdentity

/// Where the records to put back stand, in the order of their originals: 32 bytes a record, since the quarantine topic has them
/// in no order that a key's records could be put back in.
struct RedriveIndex {
    /// A record to put back.
    struct Entry {
        let original: Int64
        let place: TopicPlace
        /// The bytes of its value.
        let size: UInt32
    }

    /// A record's place in the quarantine topic.
    struct TopicPlace: Hashable {
        let partition: Int32
        let offset: Int64
    }

    /// The entries by the partition of their originals.
    private var entries: [TopicPartition: [Entry]] = [:]
    private var next: [TopicPartition: Int] = [:]

    /// The topics of the originals.
    var topics: Set<String> { Set(entries.keys.map(\.topic)) }

    mutating func append(_ entry: QuarantineEntry) {
        let source = TopicPartition(topic: entry.headers.topic, partition: entry.headers.partition)
        entries[source, default: []].append(
            Entry(
                original: entry.headers.offset,
                place: TopicPlace(partition: entry.place.partition, offset: entry.place.offset),
                size: UInt32(clamping: entry.sealedBytes)))
    }

    /// Puts the entries into the order of their originals, of which each stays once.
    ///
    /// - Returns: how many there are.
    mutating func sort() -> Int {
        for source in entries.keys {
            entries[source]?.sort { ($0.original, $0.place.offset) < ($1.original, $1.place.offset) }
            var last: Int64?
            entries[source]?.removeAll { entry in
                defer { last = entry.original }
                return entry.original == last
            }
        }
        return entries.values.reduce(0) { $0 + $1.count }
    }

    /// The next entries of every partition. What follows in one partition comes later, which is all the order that keys need; and
    /// since the partitions go on side by side, what is near here is near in the quarantine topic too.
    mutating func chunk(records: Int, bytes: Int) -> [TopicPartition: [Entry]] {
        let waiting = entries.keys.filter { next[$0, default: 0] < (entries[$0]?.count ?? 0) }.sorted()
        guard !waiting.isEmpty else { return [:] }
        let (share, room) = (max(1, records / waiting.count), max(1, bytes / waiting.count))
        var chunk: [TopicPartition: [Entry]] = [:]
        for source in waiting {
            guard let all = entries[source] else { continue }
            var end = next[source, default: 0]
            var size = 0
            let start = end
            while end < all.count, end - start < share, size < room {
                size += Int(all[end].size)
                end += 1
            }
            chunk[source] = Array(all[start..<end])
            next[source] = end
        }
        return chunk
    }
}
