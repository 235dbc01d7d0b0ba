/// Where a record stands in Kafka: the only thing about a record that errors and log lines may quote.
public struct RecordCoordinates: Hashable, Sendable, CustomStringConvertible {
    /// The topic's name.
    public let topic: String
    /// The partition, from 0.
    public let partition: Int32
    /// The record's offset in the partition.
    public let offset: Int64

    /// The record at `offset` of a topic's partition.
    public init(topic: String, partition: Int32, offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }

    /// The record that `topic-partition@offset` names; nil for any other text.
    public init?(_ text: String) {
        guard let at = text.lastIndex(of: "@"), let dash = text[..<at].lastIndex(of: "-"), dash > text.startIndex,
            let partition = Int32(text[text.index(after: dash)..<at]), partition >= 0,
            let offset = Int64(text[text.index(after: at)...]), offset >= 0
        else { return nil }
        self.init(topic: String(text[..<dash]), partition: partition, offset: offset)
        // One way to write it: no leading zeros, no signs.
        guard description == text else { return nil }
    }

    /// `topic-partition@offset`.
    public var description: String {
        "\(topic)-\(partition)@\(offset)"
    }
}

/// The record that wrote a journal row, as its consumer group sees it: the only one that publishes the row's outcome.
public struct Home: Hashable, Sendable {
    /// The consumer group that read the record.
    public let group: String
    /// Where it was read.
    public let coordinates: RecordCoordinates

    /// The record at `coordinates` as read by `group`.
    public init(group: String, coordinates: RecordCoordinates) {
        self.group = group
        self.coordinates = coordinates
    }
}
