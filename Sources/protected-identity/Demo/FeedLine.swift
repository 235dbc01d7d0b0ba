import Foundation
import KafkaClient

/// A line of the example feed: a record for the events topic, what it shows, and what the contract says becomes of it.
struct FeedLine: Sendable {
    /// The line's place: `07-duplicates.jsonl:2`.
    let place: String
    let record: OutgoingRecord
    let shows: String
    /// The outcome's short name, a quarantine reason, or `duplicate` where nothing is published.
    let expected: String

    /// Reads all `*.jsonl` files of a folder in the order of their names.
    ///
    /// - Throws: ``CommandFailure`` that names the folder, or the file and line.
    static func read(folder: URL, topic: String) throws -> [FeedLine] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let files = names.filter { $0.hasSuffix(".jsonl") }.sorted()
        guard !files.isEmpty else {
            throw CommandFailure(
                .noInput,
                "no example feed (*.jsonl) in \(folder.path): run this in the project's folder, or name the folder of its "
                    + "examples with --examples")
        }
        return try files.flatMap { file in
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            return try text.split(separator: "\n").enumerated().map { index, line in
                let place = "\(file):\(index + 1)"
                guard let line = try? JSONDecoder().decode(Wire.self, from: Data(line.utf8)) else {
                    throw CommandFailure(.data, "\(place) is no line of a feed (see schemas/feed-line.schema.json)")
                }
                return try FeedLine(line, place: place, topic: topic)
            }
        }
    }

    private init(_ wire: Wire, place: String, topic: String) throws {
        let value: Data?
        switch wire.mode {
        case "raw": value = wire.valueText.map { Data($0.utf8) }
        default: value = try wire.data.map { try JSONEncoder().encode($0) }
        }
        record = OutgoingRecord(
            topic: topic, key: Array(wire.key.utf8), value: value.map(Array.init),
            headers: (wire.headers ?? [:]).sorted { $0.key < $1.key }.map { RecordHeader($0.key, $0.value) })
        shows = wire.shows
        expected = wire.expect
        self.place = place
    }

    private struct Wire: Decodable {
        let mode: String
        let key: String
        let headers: [String: String]?
        let data: JSONText?
        let valueText: String?
        let shows: String
        let expect: String
    }
}

/// Any JSON, to be written out again as it was read.
private indirect enum JSONText: Codable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONText])
    case object([String: JSONText])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONText].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONText].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
