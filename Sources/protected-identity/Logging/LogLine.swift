import Logging
import ProtectedIdentity

/// A message of the log in its two forms. Neither ever holds a line break: what was logged is one line.
struct LogLine {
    let time: Timestamp
    let level: Logger.Level
    let label: String
    let message: String
    let metadata: Logger.Metadata

    init(time: Timestamp, level: Logger.Level, label: String, message: String, metadata: Logger.Metadata) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        self.metadata = metadata
    }

    /// What is told of lines that were held back.
    init(_ flood: FloodGate.Summary) {
        self.init(
            time: WallClock.now(), level: flood.level, label: flood.label, message: "the same again and again",
            metadata: [
                "like": "\(flood.message)", "times": "\(flood.times)",
                "within": "\(FloodGate.window.components.seconds) s",
            ])
    }

    /// `{"time":…,"level":…,"label":…,"message":…,"metadata":{…}}`, the time in RFC 3339; metadata where there is any.
    var json: String {
        var members = [
            "\"time\":\(Self.quoted(time.description))", "\"level\":\"\(level.rawValue)\"",
            "\"label\":\(Self.quoted(label))", "\"message\":\(Self.quoted(message))",
        ]
        if !metadata.isEmpty { members.append("\"metadata\":\(Self.json(.dictionary(metadata)))") }
        return "{\(members.joined(separator: ","))}"
    }

    /// `TIME LEVEL LABEL: MESSAGE KEY=VALUE…`
    var text: String {
        let level = level.rawValue.uppercased()
        let padding = String(repeating: " ", count: max(0, 8 - level.count))
        let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return Self.singleLine("\(time) \(level)\(padding) \(label): \(message)\(pairs)")
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let value): quoted(value.description)
        case .array(let values): "[\(values.map(json).joined(separator: ","))]"
        case .dictionary(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(json($0.value))" }.joined(separator: ","))}"
        }
    }

    /// A JSON string (RFC 8259, section 7).
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where isControl(scalar): result += escape(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Without anything that begins a new line or speaks to the terminal.
    private static func singleLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.map { isControl($0) ? ($0 == "\n" ? "\\n" : escape($0)) : String($0) }.joined()
    }

    /// C0 and C1 controls, and the line breaks of Unicode.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: true
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
