import Foundation
import Logging
import ProtectedIdentity
import Testing

@testable import protected_identity

@Suite("The log")
struct LogLineTests {
    private static let time = Timestamp(milliseconds: 1_795_426_200_000)

    private func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(time: Self.time, level: .warning, label: "worker", message: message, metadata: metadata)
    }

    @Test("a line of JSON has time, level, label, message and nested metadata")
    func json() throws {
        let text = line("two\nlines", ["count": "1", "at": .dictionary(["p": .array(["0", "1"])])]).json
        #expect(!text.contains("\n"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["time"] as? String == "2026-11-23T09:30:00.000Z")
        #expect(object["level"] as? String == "warning")
        #expect(object["label"] as? String == "worker")
        #expect(object["message"] as? String == "two\nlines")
        let metadata = try #require(object["metadata"] as? [String: Any])
        #expect(metadata["count"] as? String == "1")
        #expect((metadata["at"] as? [String: [String]])?["p"] == ["0", "1"])
    }

    @Test("every scalar below U+0100 comes back out of the JSON as it was")
    func escaping() throws {
        let all = String(String.UnicodeScalarView((0..<0x100).compactMap { Unicode.Scalar(UInt32($0)) }))
        let object = try JSONSerialization.jsonObject(with: Data(line(all).json.utf8)) as? [String: Any]
        #expect(object?["message"] as? String == all)
    }

    @Test("a line of text is one line, and speaks to no terminal")
    func text() {
        #expect(
            line("a\nb\u{1B}[31m", ["topic": "events"]).text
                == "2026-11-23T09:30:00.000Z WARNING  worker: a\\nb\\u001b[31m topic=events")
    }

    @Test("lines of many threads do not mix, and the level holds")
    func threads() throws {
        let pipe = Pipe()
        let output = LogOutput(
            LogConfiguration(level: .info, format: .json), descriptor: pipe.fileHandleForWriting.fileDescriptor)
        // Longer than a pipe holds, so that nothing but the handler keeps them apart.
        let long = String(repeating: "x", count: 100_000)
        let writing = DispatchGroup()
        for index in 0..<8 {
            writing.enter()
            Thread.detachNewThread {
                let logger = output.logger("worker")
                for count in 0..<5 {
                    logger.info("\(long)", metadata: ["at": "\(index)-\(count)"])
                    logger.debug("too much")
                }
                writing.leave()
            }
        }
        Thread.detachNewThread {
            writing.wait()
            try? pipe.fileHandleForWriting.close()
        }
        let lines = pipe.fileHandleForReading.readDataToEndOfFile().split(separator: UInt8(ascii: "\n"))
        let places = try lines.map { line in
            let object = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
            return (object["metadata"] as? [String: String])?["at"]
        }
        #expect(Set(places.compactMap(\.self)).count == 40)
        #expect(places.count == 40)
    }

    @Test("an error is logged by its type, not by words that may quote a value")
    func errors() throws {
        struct Refusal: Error, CustomStringConvertible {
            var description: String { "20000125-2386" }
        }
        let pipe = Pipe()
        let output = LogOutput(
            LogConfiguration(level: .info, format: .text), descriptor: pipe.fileHandleForWriting.fileDescriptor)
        output.logger("worker").error("refused", error: Refusal())
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text.contains("error=Refusal"))
        #expect(!text.contains("20000125"))
    }
}
