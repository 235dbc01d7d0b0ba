/// One header of a record that is written.
public struct RecordHeader: Hashable, Sendable {
    /// The header's name.
    public var name: String
    /// Its bytes; `nil` is Kafka's null, which is not the same as none.
    public var value: [UInt8]?

    /// A header of bytes.
    public init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    /// A header of text, as UTF-8.
    public init(_ name: String, _ value: String) {
        self.init(name, Array(value.utf8))
    }
}

/// A record to be written.
public struct OutgoingRecord: Hashable, Sendable {
    /// The topic to write to.
    public var topic: String
    /// The partition to write to; `nil`: chosen by the key (`partitioner`).
    public var partition: Int32?
    /// The key, if there is one.
    public var key: [UInt8]?
    /// The value; `nil` is a tombstone in a compacted topic.
    public var value: [UInt8]?
    /// The headers, in their order. Names may repeat.
    public var headers: [RecordHeader]

    /// A record to be written.
    public init(
        topic: String, partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?, headers: [RecordHeader] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
    }
}
