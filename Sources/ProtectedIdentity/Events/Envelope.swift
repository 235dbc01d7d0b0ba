internal import Foundation

/// The attributes of a CloudEvent as they were found, in whichever mode, and where its data is.
struct Envelope {
    /// An attribute as found.
    enum Attribute {
        case absent
        case text(String)
        /// Bytes that are no UTF-8.
        case notUTF8
        /// A JSON value that is no string.
        case notString
        /// Given twice: two readers could read two events.
        case repeated

        var text: String? {
            if case .text(let text) = self { text } else { nil }
        }

        mutating func found(_ attribute: Attribute) {
            if case .absent = self { self = attribute } else { self = .repeated }
        }
    }

    enum Payload {
        case none
        case bytes(ArraySlice<UInt8>)
        case json(JSONValue)
        /// Base64 that is none.
        case unreadable
        /// Given twice.
        case repeated

        mutating func found(_ payload: Payload) {
            if case .none = self { self = payload } else { self = .repeated }
        }
    }

    var specversion = Attribute.absent
    var id = Attribute.absent
    var source = Attribute.absent
    var type = Attribute.absent
    var time = Attribute.absent
    /// The content type of the data; JSON where absent.
    var contentType = Attribute.absent
    var traceparent: String?
    var payload = Payload.none

    /// Who sent it, and under which id, as far as both are well formed.
    var identity: EventIdentity? {
        guard let source = source.text, let id = id.text else { return nil }
        return EventIdentity(source: source, id: id)
    }

    /// What is wrong with the envelope of a message that is read, the first thing in a fixed order; nil where nothing is.
    func fault(reading messages: ReadMessages) -> QuarantineReason? {
        for attribute in [specversion, id, source, type] {
            switch attribute {
            case .text(let text) where !text.isEmpty: break
            case .notUTF8: return .undecodable
            case .text, .absent, .notString, .repeated: return .invalidEnvelope
            }
        }
        if case .repeated = time { return .invalidEnvelope }
        if case .repeated = contentType { return .invalidEnvelope }
        if case .repeated = payload { return .invalidEnvelope }
        guard identity != nil, let version = specversion.text, version.hasPrefix("1."), version.utf8.count > 2,
            version.utf8.dropFirst(2).allSatisfy({ (0x30...0x39).contains($0) })
        else { return .invalidEnvelope }
        guard let type = type.text, messages.include(type) else { return .unknownType }
        return nil
    }

    /// An envelope in structured mode: a JSON object (CloudEvents JSON format 1.0).
    init(structured members: [(name: String, value: JSONValue)]) {
        for member in members {
            switch member.name {
            case "specversion": specversion.found(member.value)
            case "id": id.found(member.value)
            case "source": source.found(member.value)
            case "type": type.found(member.value)
            case "time": time.found(member.value)
            case "datacontenttype": contentType.found(member.value)
            case "traceparent":
                if case .string(let text) = member.value { traceparent = text }
            case "data":
                if case .null = member.value { break }
                payload.found(.json(member.value))
            case "data_base64":
                guard case .string(let text) = member.value else {
                    if case .null = member.value { break }
                    payload.found(.unreadable)
                    break
                }
                payload.found(Data(base64Encoded: text).map { .bytes(ArraySlice($0)) } ?? .unreadable)
            default: break
            }
        }
    }

    /// An envelope in binary mode: headers, and the data as the value. A null header value is no attribute.
    init(headers: RecordHeaders, value: ArraySlice<UInt8>?) {
        specversion = headers.specversion
        id = headers.id
        source = headers.source
        type = headers.type
        time = headers.time
        contentType = headers.contentType
        if let value, !value.isEmpty { payload = .bytes(value) }
    }
}

extension Envelope.Attribute {
    fileprivate mutating func found(_ value: JSONValue) {
        switch value {
        case .null: break
        case .string(let text): found(.text(text))
        case .array, .object, .other: found(.notString)
        }
    }
}
