internal import Foundation

/// The attributes of a CloudEvent as they were found, in whichever mode, and where its data is.
struct Envelope {
    /// An attribute as found.
    enum Attribute<Value: Sendable>: Sendable {
        case absent
        /// A text, or what was read in it.
        case value(Value)
        /// Bytes that are no UTF-8.
        case notUTF8
        /// A JSON value that is no string.
        case notString
        /// Given twice: two readers could read two events.
        case repeated

        var value: Value? {
            if case .value(let value) = self { value } else { nil }
        }

        mutating func found(_ attribute: Attribute) {
            if case .absent = self { self = attribute } else { self = .repeated }
        }
    }

    enum Payload {
        case none
        case bytes(ArraySlice<UInt8>)
        /// A JSON value, nil where it is no object.
        case json(JSONText?)
        /// Base64 that is none.
        case unreadable
        /// Given twice.
        case repeated

        mutating func found(_ payload: Payload) {
            if case .none = self { self = payload } else { self = .repeated }
        }
    }

    let specversion: Attribute<String>
    let type: Attribute<String>
    /// Nil in it where the time is no RFC 3339.
    let time: Attribute<Timestamp?>
    /// The content type of the data; JSON where absent.
    let contentType: Attribute<ContentType>
    let traceparent: String?
    let payload: Payload
    /// Who sent it, and under which id, as far as both are well formed.
    let identity: EventIdentity?
    private let id: Attribute<String>
    private let source: Attribute<String>

    /// What is wrong with the envelope of a message that is read, the first thing in a fixed order; nil where nothing is.
    func fault(reading messages: ReadMessages) -> QuarantineReason? {
        for attribute in [specversion, id, source, type] {
            switch attribute {
            case .value(let text) where !text.isEmpty: break
            case .notUTF8: return .undecodable
            case .value, .absent, .notString, .repeated: return .invalidEnvelope
            }
        }
        if case .repeated = time { return .invalidEnvelope }
        if case .repeated = contentType { return .invalidEnvelope }
        if case .repeated = payload { return .invalidEnvelope }
        guard identity != nil, let version = specversion.value?.utf8, version.count > 2,
            version.starts(with: "1.".utf8),
            version.dropFirst(2).allSatisfy({ (0x30...0x39).contains($0) })
        else { return .invalidEnvelope }
        guard let type = type.value, messages.include(type) else { return .unknownType }
        return nil
    }

    private static func identity(_ source: Attribute<String>, _ id: Attribute<String>) -> EventIdentity? {
        guard let source = source.value, let id = id.value else { return nil }
        return EventIdentity(source: source, id: id)
    }

    /// An envelope in structured mode: a JSON object (CloudEvents JSON format 1.0).
    init(structured event: JSONText) {
        var texts = (
            specversion: Attribute<String>.absent, id: Attribute<String>.absent, source: Attribute<String>.absent,
            type: Attribute<String>.absent
        )
        var time = Attribute<Timestamp?>.absent
        var contentType = Attribute<ContentType>.absent
        var traceparent: String?
        var payload = Payload.none
        for (name, value) in event.members.lazy.map({ (event.string($0.name), $0.value) }) {
            switch name {
            case "specversion": texts.specversion.found(value, in: event) { $0 }
            case "id": texts.id.found(value, in: event) { $0 }
            case "source": texts.source.found(value, in: event) { $0 }
            case "type": texts.type.found(value, in: event) { $0 }
            case "time": time.found(value, in: event) { Timestamp(rfc3339: $0) }
            case "datacontenttype": contentType.found(value, in: event) { ContentType($0) }
            case "traceparent": traceparent = event.string(value) ?? traceparent
            case "data" where value.kind != .null: payload.found(.json(event.object(value)))
            case "data_base64" where value.kind != .null:
                let bytes = event.string(value).flatMap { Data(base64Encoded: $0) }
                payload.found(bytes.map { .bytes(ArraySlice($0)) } ?? .unreadable)
            default: break
            }
        }
        (specversion, id, source, type) = texts
        self.time = time
        self.contentType = contentType
        self.traceparent = traceparent
        self.payload = payload
        identity = Self.identity(source, id)
    }

    /// An envelope in binary mode: headers, and the data as the value. A null header value is no attribute.
    init(headers: EventHeaders, value: ArraySlice<UInt8>?) {
        specversion = headers.specversion
        id = headers.id
        source = headers.source
        type = headers.type
        time = headers.time
        contentType = headers.contentType
        traceparent = nil
        if let value, !value.isEmpty { payload = .bytes(value) } else { payload = .none }
        identity = Self.identity(source, id)
    }
}

extension Envelope.Attribute {
    /// - Parameter read: what is read in the text.
    fileprivate mutating func found(_ value: JSONValue, in event: JSONText, _ read: (String) -> Value) {
        guard value.kind != .null else { return }
        found(event.string(value).map { .value(read($0)) } ?? .notString)
    }
}
