/// Turns records into events, or into commands. Total: every record, whatever its bytes, becomes one or has a reason to be set
/// aside.
///
/// Faults are looked for in this order, and the first one found is the reason: size (`too-large`); in structured mode the
/// value's text and grammar (`undecodable`); the envelope (`invalid-envelope`; bytes that are no UTF-8 in a required
/// attribute are `undecodable`); the type (`unknown-type`); the data's content type, text and grammar (`undecodable`); the
/// members (`invalid-data`). A record without a value, a tombstone, says nothing: with a good envelope that is
/// `invalid-data`, in structured mode `undecodable`.
///
/// Numbers are not judged here, and the clock takes no part, so the same record is decoded alike at any time.
public struct EventDecoder: Sendable {
    /// What it reads.
    public let messages: ReadMessages
    /// The largest value that is read, in bytes.
    public let maximumBytes: Int

    /// A decoder that reads values of up to `maximumBytes` bytes, 256 KiB unless told otherwise.
    public init(reading messages: ReadMessages = .events, maximumBytes: Int = 256 * 1_024) {
        self.messages = messages
        self.maximumBytes = maximumBytes
    }

    /// What the record is.
    public func decode(headers: [RawRecord.Header], value: ArraySlice<UInt8>?) -> DecodedEvent {
        decode(RawRecord(headers: headers, value: value))
    }

    /// What the record is.
    public func decode(_ record: RawRecord) -> DecodedEvent {
        decode(headers: EventHeaders(record.headers), value: record.value)
    }

    /// What a record of these headers and this value is; the value is nil in a tombstone.
    public func decode(headers: EventHeaders, value: ArraySlice<UInt8>?) -> DecodedEvent {
        if let value, value.count > maximumBytes {
            let identity = Envelope(headers: headers, value: nil).identity
            return .refused(.tooLarge, identity: identity, isProtection: isProtection(value))
        }
        switch headers.contentType.value {
        case nil, .json, .other:
            return decode(Envelope(headers: headers, value: value), headers: headers, value: value)
        case .cloudEvent:
            if let value, let event = JSONText(value), event.value.kind == .object {
                return decode(Envelope(structured: event), headers: headers, value: value)
            }
        case .otherCloudEvent:
            break
        }
        return .refused(
            .undecodable, identity: Envelope(headers: headers, value: nil).identity,
            isProtection: value.map(isProtection) ?? false)
    }

    /// A command that is set aside leaves nobody exposed.
    private func isProtection(_ value: ArraySlice<UInt8>) -> Bool {
        messages == .events && ProtectionHint.isIn(value)
    }

    /// What is left once the mode is settled.
    private func decode(_ envelope: Envelope, headers: EventHeaders, value: ArraySlice<UInt8>?) -> DecodedEvent {
        let data = Self.data(of: envelope)
        func refused(_ reason: QuarantineReason) -> DecodedEvent {
            let isProtection =
                switch data {
                case .success(let object): messages == .events && ProtectionHint.isIn(object)
                case .failure: value.map(self.isProtection) ?? false
                }
            return .refused(reason, identity: envelope.identity, isProtection: isProtection)
        }
        if let fault = envelope.fault(reading: messages) { return refused(fault) }
        guard let identity = envelope.identity else { return refused(.invalidEnvelope) }
        switch data {
        case .failure(let refusal):
            return refused(refusal.reason)
        case .success(let object):
            let traceparent = (headers.traceparent ?? envelope.traceparent).flatMap(TraceContext.validated)
            if case .commands = messages, let type = envelope.type.value.flatMap(CommandType.init(rawValue:)) {
                let members = CommandData(object)
                let command = members.command(
                    of: type, identity: identity, traceparent: traceparent, redrives: headers.redrives)
                return command.map { .command($0, content: members.content) } ?? refused(.invalidData)
            }
            let members = StatusData(object)
            let event = members.event(
                identity: identity, time: envelope.time.value ?? nil, traceparent: traceparent,
                redrives: headers.redrives)
            return event.map { .event($0, content: members.content) } ?? refused(.invalidData)
        }
    }

    private struct Refusal: Error {
        let reason: QuarantineReason
    }

    /// The data as a JSON object, or why there is none.
    private static func data(of envelope: Envelope) -> Result<JSONText, Refusal> {
        switch envelope.contentType {
        case .absent, .value(.json): break
        case .value, .notUTF8, .notString, .repeated: return .failure(Refusal(reason: .undecodable))
        }
        let text: JSONText?
        switch envelope.payload {
        case .none: return .failure(Refusal(reason: .invalidData))
        case .unreadable, .repeated: return .failure(Refusal(reason: .undecodable))
        case .json(let value): text = value
        case .bytes(let bytes):
            text = JSONText(bytes)
            if text == nil { return .failure(Refusal(reason: .undecodable)) }
        }
        guard let text, text.value.kind == .object else { return .failure(Refusal(reason: .invalidData)) }
        return .success(text)
    }
}
