internal import Foundation

/// Reads JSON Lines: an object a line. A member of a member is named with a dot, `person.id`.
public struct JSONLinesReader: FeedReader {
    private let mapping: FieldMapping
    private var lines = LineSplitter()
    private var isBroken = false

    /// A reader of one file.
    public init(_ mapping: FieldMapping) {
        self.mapping = mapping
    }

    /// Reads a further chunk: the records that it completes.
    public mutating func read(_ chunk: [UInt8]) -> [FeedItem] {
        var items: [FeedItem] = []
        for line in lines.read(chunk) { take(line, &items) }
        return items
    }

    /// The end of the file: the record that it completes. One that breaks off there was cut.
    public mutating func finish() -> [FeedItem] {
        var items: [FeedItem] = []
        for line in lines.finish() { take(line, isCut: true, &items) }
        return items
    }

    private mutating func take(_ line: LineSplitter.Line, isCut: Bool = false, _ items: inout [FeedItem]) {
        guard !isBroken else { return }
        let place = FeedPlace(line: line.number)
        var bytes = line.bytes
        if line.number == 1 {
            if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
                isBroken = true
                return items.append(FeedItem(place, .broken(.wrongEncoding)))
            }
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        }
        guard !line.isTooLong else { return items.append(FeedItem(place, .rejected(.tooLong))) }
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return }
        guard let text = mapping.encoding.text(bytes) else {
            return items.append(FeedItem(place, .rejected(.wrongEncoding)))
        }
        guard case .object(let members)? = try? JSONDecoder().decode(JSONMember.self, from: Data(text.utf8)) else {
            return items.append(FeedItem(place, .rejected(isCut ? .cutShort : .malformed)))
        }
        items.append(mapping.item(place) { JSONMember.object(members)[$0] })
    }
}

/// A JSON value as far as lists need it.
private indirect enum JSONMember: Decodable {
    case object([String: JSONMember])
    case text(String)
    /// Says nothing, as if it were not there.
    case null
    /// An array or a fraction.
    case other

    init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: AnyKey.self) {
            var object: [String: JSONMember] = [:]
            for key in members.allKeys { object[key.stringValue] = try members.decode(JSONMember.self, forKey: key) }
            self = .object(object)
            return
        }
        guard let value = try? decoder.singleValueContainer() else {
            self = .other
            return
        }
        if value.decodeNil() {
            self = .null
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let flag = try? value.decode(Bool.self) {
            self = .text(flag ? "true" : "false")
        } else if let number = try? value.decode(Int64.self) {
            self = .text(String(number))
        } else {
            self = .other
        }
    }

    /// The value of a member, by its name or by the names that lead to it; nil of null.
    subscript(_ name: String) -> FieldValue? {
        guard case .object(let members) = self else { return nil }
        switch members[name] {
        case .text(let text): return .text(text)
        case .object, .other: return .other
        case .null, nil: break
        }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        return members[String(name[..<dot])]?[String(name[name.index(after: dot)...])]
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) { nil }
}
