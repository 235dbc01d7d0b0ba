extension QuarantineHeaders {
    /// What the headers of a record in the quarantine topic say.
    ///
    /// - Parameter header: the last header of a name.
    /// - Returns: nil where they are not those of a quarantine record.
    public init?(reading header: (_ name: String) -> ArraySlice<UInt8>?) {
        func text(_ name: String) -> String? { header(name).flatMap { String(validUTF8: $0) } }
        func count(_ name: String) -> Int? { text(name).flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }
        guard let original = RecordCoordinates(original: header),
            let timestamp = header("kafka_dlt-original-timestamp").flatMap({ Int64(bigEndianBytes: $0) }),
            let group = text("kafka_dlt-original-consumer-group"),
            let reason = text("quarantine-reason").flatMap(QuarantineReason.init(rawValue:)),
            let attempts = count("quarantine-attempts")
        else { return nil }
        self.init(
            topic: original.topic, partition: original.partition, offset: original.offset, timestamp: timestamp,
            consumerGroup: group, reason: reason, attempts: attempts, redrives: count("quarantine-redrives") ?? 0,
            keyID: text("quarantine-key-id"))
    }

    /// Where the original stands, or stood.
    public var original: RecordCoordinates {
        RecordCoordinates(topic: topic, partition: partition, offset: offset)
    }
}

extension RecordCoordinates {
    /// Nil also for an offset that no record can have: the last one is where a log would end.
    init?(original header: (_ name: String) -> ArraySlice<UInt8>?) {
        guard let topic = header("kafka_dlt-original-topic").flatMap({ String(validUTF8: $0) }),
            let partition = header("kafka_dlt-original-partition").flatMap({ Int32(bigEndianBytes: $0) }),
            let offset = header("kafka_dlt-original-offset").flatMap({ Int64(bigEndianBytes: $0) }), partition >= 0,
            (0..<Int64.max).contains(offset)
        else { return nil }
        self.init(topic: topic, partition: partition, offset: offset)
    }
}

extension FixedWidthInteger {
    fileprivate init?(bigEndianBytes bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.bitWidth / 8 else { return nil }
        self = bytes.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }
}
