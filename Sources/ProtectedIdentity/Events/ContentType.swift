/// What a content type says of the bytes, as far as it matters here (RFC 9110 section 8.3.1; parameters are ignored).
enum ContentType: Sendable {
    /// Data in JSON.
    case json
    /// A whole event in JSON (structured mode).
    case cloudEvent
    /// A whole event, or several, in another format.
    case otherCloudEvent
    /// Anything else.
    case other

    init(_ text: String) {
        let essence = text.utf8.drop(while: Self.isSpace).prefix { $0 != 0x3B && !Self.isSpace($0) }
        switch String(Substring(essence)).lowercased() {
        case "application/json", "text/json": self = .json
        case "application/cloudevents", "application/cloudevents+json": self = .cloudEvent
        case let name where name.hasPrefix("application/cloudevents"): self = .otherCloudEvent
        case let name where name.hasSuffix("+json"): self = .json
        default: self = .other
        }
    }

    /// As ``init(_:)-(String)``, of bytes that are text. What nearly every record says is seen without a string.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        self = text.say("application/json") ? .json : ContentType(String(decoding: text, as: UTF8.self))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }
}
