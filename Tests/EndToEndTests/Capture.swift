import Foundation
import KafkaClient

extension Surroundings {
    /// Leaves what was written where the schema checks look for it, if they are to.
    func capture(_ topics: [String] = Surroundings.written, as name: String, partitions: Int = 1) throws {
        guard let folder = ProcessInfo.processInfo.environment["CAPTURED_MESSAGES_DIR"] else { return }
        var lines = Data()
        for topic in topics {
            for record in try read(topic, partitions: partitions) {
                let headers = record.headers.map { ($0.name, Self.text($0.value)) }
                let message: [String: Any] = [
                    "topic": topic, "key": String(decoding: record.key ?? [], as: UTF8.self),
                    "headers": Dictionary(headers) { first, _ in first }, "value": Self.text(record.value),
                ]
                lines += try JSONSerialization.data(withJSONObject: message, options: .sortedKeys) + Data("\n".utf8)
            }
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try lines.write(to: URL(filePath: folder).appending(path: "\(name).jsonl"))
    }

    /// Text where the bytes are printable, else Base64 and said so.
    private static func text(_ bytes: ArraySlice<UInt8>?) -> Any {
        guard let bytes else { return NSNull() }
        let text = String(decoding: bytes, as: UTF8.self)
        let isText = text.utf8.elementsEqual(bytes) && !bytes.contains { $0 < 0x20 }
        return isText ? text as Any : ["base64": Data(bytes).base64EncodedString()]
    }
}
