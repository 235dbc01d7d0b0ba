/// The attributes of a message that is written, as CloudEvents' Kafka binding puts them into headers (binary mode).
struct CloudEventEnvelope {
    let id: UUIDv5
    let source: String
    let type: String
    let time: Timestamp
    let traceparent: String?

    private static let version = Array("1.0".utf8)
    private static let json = Array("application/json".utf8)

    /// The headers, always in the same order.
    var headers: [(String, [UInt8])] {
        var headers: [(String, [UInt8])] = [
            ("ce_specversion", Self.version),
            ("ce_id", id.utf8),
            ("ce_source", Array(source.utf8)),
            ("ce_type", Array(type.utf8)),
            ("ce_time", time.utf8),
            ("content-type", Self.json),
        ]
        if let traceparent { headers.append(("traceparent", Array(traceparent.utf8))) }
        return headers
    }
}
