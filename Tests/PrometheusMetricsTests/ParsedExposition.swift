import Foundation

/// Prometheus' text as the parser of Prometheus' own client for Python reads it (Debian: python3-prometheus-client).
struct ParsedExposition {
    struct Sample: Decodable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    let samples: [Sample]

    init(_ text: String) throws {
        let program = """
            import json, sys
            from prometheus_client.parser import text_string_to_metric_families as parse
            print(json.dumps([{"name": s.name, "labels": s.labels, "value": s.value}
                              for f in parse(sys.stdin.read()) for s in f.samples]))
            """
        var last = ""
        // A python3 that comes first in PATH need not be the one that Debian's packages are for.
        for python in ["python3", "/usr/bin/python3"] {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [python, "-c", program]
            let (input, output, errors) = (Pipe(), Pipe(), Pipe())
            (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
            try process.run()
            // What is parsed here is smaller than a pipe holds.
            try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try? input.fileHandleForWriting.close()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            last = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { continue }
            samples = try JSONDecoder().decode([Sample].self, from: data)
            return
        }
        throw Failed(description: last)
    }
}
