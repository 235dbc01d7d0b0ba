/// The headers of a record that mean something to the worker; the others are ignored.
///
/// Attribute names are matched as Kafka's binding writes them, in small letters; `content-type` in any case, because HTTP
/// habits differ.
struct RecordHeaders {
    private(set) var specversion = Envelope.Attribute.absent
    private(set) var id = Envelope.Attribute.absent
    private(set) var source = Envelope.Attribute.absent
    private(set) var type = Envelope.Attribute.absent
    private(set) var time = Envelope.Attribute.absent
    private(set) var contentType = Envelope.Attribute.absent
    private(set) var traceparent: String?
    /// How often the record came back from quarantine; 0 where the header is missing or no number.
    private(set) var redrives = 0

    /// Longer names than any that is looked for are not made strings of.
    private static let longestName = "quarantine-redrives".utf8.count
    private static let mostRedrives = 1_000_000

    init(_ headers: [RawRecord.Header]) {
        var extensionTraceparent: String?
        for header in headers {
            guard header.name.count <= Self.longestName, let value = header.value else { continue }
            switch String(decoding: header.name, as: UTF8.self) {
            case "ce_specversion": specversion.found(Self.attribute(value))
            case "ce_id": id.found(Self.attribute(value))
            case "ce_source": source.found(Self.attribute(value))
            case "ce_type": type.found(Self.attribute(value))
            case "ce_time": time.found(Self.attribute(value))
            case "traceparent": traceparent = Self.attribute(value).text
            case "ce_traceparent": extensionTraceparent = Self.attribute(value).text
            case "quarantine-redrives":
                let count = Self.attribute(value).text.flatMap { Int($0) } ?? 0
                redrives = min(max(count, 0), Self.mostRedrives)
            case let name where name == "content-type" || name.lowercased() == "content-type":
                contentType.found(Self.attribute(value))
            default: break
            }
        }
        traceparent = traceparent ?? extensionTraceparent
    }

    private static func attribute(_ value: ArraySlice<UInt8>) -> Envelope.Attribute {
        String(validUTF8: value).map { .text($0) } ?? .notUTF8
    }
}
