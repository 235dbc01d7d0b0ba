import Foundation
import Operations
import ProtectedIdentity

/// An opened record as `show` prints it, personal values and all.
struct ShownRecord: Encodable {
    /// Bytes as text where they are some.
    enum Bytes: Encodable {
        case text(String)
        case base64(String)

        init?(_ data: Data?) {
            guard let data else { return nil }
            // A control character would do things to a terminal.
            if let text = String(validating: data, as: UTF8.self), text.unicodeScalars.allSatisfy(Self.isPlain) {
                self = .text(text)
            } else {
                self = .base64(data.base64EncodedString())
            }
        }

        private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "\n" || scalar == "\t"
                || ![.control, .format, .surrogate, .privateUse, .unassigned].contains(
                    scalar.properties.generalCategory)
        }

        var shown: String {
            switch self {
            case .text(let text): text
            case .base64(let text): "base64:\(text)"
            }
        }

        private enum CodingKeys: CodingKey { case text, base64 }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .text(let text): try container.encode(text, forKey: .text)
            case .base64(let text): try container.encode(text, forKey: .base64)
            }
        }
    }

    struct Header: Encodable {
        let name: String
        let value: Bytes?
    }

    let coordinates: String
    let place: String
    let reason: String
    let setAsideAt: String?
    let attempts: Int
    let redrives: Int
    let timestamp: String?
    let key: Bytes?
    let headers: [Header]
    let value: Bytes?

    init(_ record: OpenedRecord) {
        let entry = record.entry
        coordinates = entry.original.description
        place = entry.place.description
        reason = entry.headers.reason.rawValue
        setAsideAt = entry.setAsideAt?.description
        attempts = entry.headers.attempts
        redrives = entry.headers.redrives
        timestamp = record.original.timestamp.map { Timestamp(milliseconds: $0).description }
        key = Bytes(record.original.key)
        headers = record.original.headers.map { Header(name: $0.name, value: Bytes($0.value)) }
        value = Bytes(record.original.value)
    }

    /// The lines for people.
    var lines: [String] {
        var table = TextTable("part", "content")
        table.add("coordinates", coordinates)
        table.add("in quarantine at", place)
        table.add("reason", reason)
        table.add("set aside", setAsideAt ?? "-")
        table.add("attempts", "\(attempts)")
        table.add("put back", "\(redrives)")
        table.add("timestamp", timestamp ?? "-")
        table.add("key", key?.shown ?? "-")
        for header in headers {
            table.add("header \(Bytes(Data(header.name.utf8))?.shown ?? "")", header.value?.shown ?? "-")
        }
        return table.lines + ["", value?.shown ?? "No value."]
    }
}
