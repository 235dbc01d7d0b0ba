/// The headers of a record that mean something to the worker; the others are ignored.
///
/// Attribute names are matched as Kafka's binding writes them, in small letters; `content-type` in any case, because HTTP
/// habits differ.
public struct EventHeaders: Sendable {
    private(set) var specversion = Envelope.Attribute<String>.absent
    private(set) var id = Envelope.Attribute<String>.absent
    private(set) var source = Envelope.Attribute<String>.absent
    private(set) var type = Envelope.Attribute<String>.absent
    /// Nil in it where the time is no RFC 3339.
    private(set) var time = Envelope.Attribute<Timestamp?>.absent
    private(set) var contentType = Envelope.Attribute<ContentType>.absent
    /// How often the record came back from quarantine; 0 where the header is missing or no number.
    private(set) var redrives = 0
    private var binding: String?
    private var extensionAttribute: String?

    private static let mostRedrives = 1_000_000

    /// No header yet.
    public init() {}

    init(_ headers: [RawRecord.Header]) {
        for header in headers {
            guard let value = header.value else { continue }
            header.name.withUnsafeBufferPointer { name in
                value.withUnsafeBufferPointer { found(name, $0) }
            }
        }
    }

    /// The trace context, in the header of its own before that of CloudEvents' extension.
    var traceparent: String? { binding ?? extensionAttribute }

    /// Takes the next header of a record. A header whose value is Kafka's null is none, and not to be told.
    public mutating func take(name: Span<UInt8>, value: Span<UInt8>) {
        name.withUnsafeBufferPointer { name in
            value.withUnsafeBufferPointer { found(name, $0) }
        }
    }

    /// By the length of the name first: every header of every record comes by here.
    private mutating func found(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        switch name.count {
        case 5 where name.say("ce_id"): id.found(.text(value))
        case 7 where name.say("ce_type"): type.found(.type(value))
        case 7 where name.say("ce_time"): time.found(Envelope.Attribute(value) { Timestamp(rfc3339: $0) })
        case 9 where name.say("ce_source"): source.found(.text(value))
        case 11 where name.say("traceparent"): binding = String(validUTF8: value)
        case 12 where name.say("content-type") || String(decoding: name, as: UTF8.self).lowercased() == "content-type":
            contentType.found(Envelope.Attribute(value, ContentType.init))
        case 14 where name.say("ce_specversion"): specversion.found(.text(value))
        case 14 where name.say("ce_traceparent"): extensionAttribute = String(validUTF8: value)
        case 19 where name.say("quarantine-redrives"):
            let count = String(validUTF8: value).flatMap { Int($0) } ?? 0
            redrives = min(max(count, 0), Self.mostRedrives)
        default: break
        }
    }
}

extension Envelope.Attribute {
    /// What `read` makes of a text that came as bytes.
    fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>, _ read: (UnsafeBufferPointer<UInt8>) -> Value) {
        self = bytes.areUTF8 ? .value(read(bytes)) : .notUTF8
    }
}

extension Envelope.Attribute<String> {
    fileprivate static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> Self {
        String(validUTF8: bytes).map { .value($0) } ?? .notUTF8
    }

    /// Nearly every record is of the one type that is read, of which no string is made.
    fileprivate static func type(_ bytes: UnsafeBufferPointer<UInt8>) -> Self {
        bytes.say(StatusEvent.typeBytes) ? .value(StatusEvent.type) : .text(bytes)
    }
}
