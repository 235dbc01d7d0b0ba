import Foundation

/// Prometheus' text as the parser of Prometheus' own client for Python reads it (Debian: python3-prometheus-client).
public struct ParsedExposition {
    /// A sample of a series.
    public struct Sample: Decodable {
        /// The sample's name.
        public let name: String
        /// Its labels.
        public let labels: [String: String]
        /// Its value.
        public let value: Double
    }

    /// The parser refuses it, in its own words.
    public struct Failed: Error, CustomStringConvertible {
        /// The parser's words.
        public let description: String
    }

    /// All samples, in their order.
    public let samples: [Sample]

    /// Parses a text.
    ///
    /// - Throws: what the parser says of it.
    public init(_ text: String) throws {
        let program = """
            import json, sys
            from prometheus_client.parser import text_string_to_metric_families as parse
            print(json.dumps([{"name": s.name, "labels": s.labels, "value": s.value}
                              for f in parse(sys.stdin.read()) for s in f.samples]))
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [TestServer.python, "-c", program]
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        try process.run()
        // It reads all before it writes.
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(description: words) }
        samples = try JSONDecoder().decode([Sample].self, from: data)
    }
}
