/// What a quarantine record's headers say: where the original stands, why it was set aside, how often.
///
/// Names and encodings of the `kafka_dlt-` headers are those of Spring for Apache Kafka (topic and group as UTF-8, numbers
/// big endian), so that existing tools read them.
public struct QuarantineHeaders: Sendable, Hashable {
    /// The topic the record was read from.
    public var topic: String
    /// Its partition.
    public var partition: Int32
    /// Its offset.
    public var offset: Int64
    /// Its timestamp in milliseconds since 1970; -1 where it has none.
    public var timestamp: Int64
    /// The consumer group that set it aside.
    public var consumerGroup: String
    /// Why.
    public var reason: QuarantineReason
    /// How often it was tried, this time included.
    public var attempts: Int
    /// How often it came back from quarantine before.
    public var redrives: Int
    /// The id of the key that the original is sealed to; nil where coordinates alone are written.
    public var keyID: String?

    /// Headers of these parts.
    public init(
        topic: String, partition: Int32, offset: Int64, timestamp: Int64, consumerGroup: String,
        reason: QuarantineReason, attempts: Int, redrives: Int, keyID: String? = nil
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.consumerGroup = consumerGroup
        self.reason = reason
        self.attempts = attempts
        self.redrives = redrives
        self.keyID = keyID
    }

    /// The headers, always in the same order.
    public var encoded: [(String, [UInt8])] {
        var headers: [(String, [UInt8])] =
            Self.encoded(RecordCoordinates(topic: topic, partition: partition, offset: offset)) + [
                ("kafka_dlt-original-timestamp", Self.bigEndian(timestamp)),
                ("kafka_dlt-original-consumer-group", Array(consumerGroup.utf8)),
                ("quarantine-reason", Array(reason.rawValue.utf8)),
                ("quarantine-attempts", Array(String(attempts).utf8)),
                ("quarantine-redrives", Array(String(redrives).utf8)),
            ]
        if let keyID { headers.append(("quarantine-key-id", Array(keyID.utf8))) }
        return headers
    }

    /// The headers that lead to the original.
    static func encoded(_ original: RecordCoordinates) -> [(String, [UInt8])] {
        [
            ("kafka_dlt-original-topic", Array(original.topic.utf8)),
            ("kafka_dlt-original-partition", bigEndian(original.partition)),
            ("kafka_dlt-original-offset", bigEndian(original.offset)),
        ]
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: value)
        return bytes
    }
}

/// A record set aside: its coordinates, and the original sealed to the operator's key or not at all.
public struct QuarantineMessage: Sendable, Hashable {
    /// The content type of a sealed original.
    public static let sealedContentType = "application/vnd.protected-identity.sealed"

    /// Where, why, how often.
    public var headers: QuarantineHeaders
    /// The sealed original; nil where the operator keeps coordinates alone.
    public var sealed: [UInt8]?
    /// The W3C trace context of the event, where the record is one; free of numbers.
    public var traceparent: String?

    /// A quarantine record of these parts.
    public init(headers: QuarantineHeaders, sealed: [UInt8]?, traceparent: String? = nil) {
        self.headers = headers
        self.sealed = sealed
        self.traceparent = traceparent
    }

    /// The message. Its key is the record's coordinates `topic-partition@offset`: the original key may hold a number.
    public func encoded() -> EncodedMessage {
        var list = headers.encoded
        if sealed != nil { list.append(("content-type", Array(Self.sealedContentType.utf8))) }
        if let traceparent { list.append(("traceparent", Array(traceparent.utf8))) }
        return EncodedMessage(
            destination: .quarantine, key: Array("\(headers.topic)-\(headers.partition)@\(headers.offset)".utf8),
            value: sealed ?? [], headers: list)
    }
}
