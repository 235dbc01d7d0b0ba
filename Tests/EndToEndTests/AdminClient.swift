import Foundation
import TestServers
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Asks a worker's admin server as a probe and Prometheus would.
struct AdminClient {
    let port: Int

    init(port: Int) {
        self.port = port
    }

    /// Of the worker that says in its log where it listens.
    init(of worker: RunningProgram) async throws {
        var port: Int?
        _ = try await eventually(within: 30) {
            let lines = worker.standardError.split(separator: "\n").filter {
                $0.contains("status page, health and metrics")
            }
            port = lines.first?.firstMatch(of: /127\.0\.0\.1:([0-9]+)/).flatMap { Int($0.1) }
            return port != nil
        }
        self.port = try #require(port)
    }

    func get(_ path: String) async throws -> (status: Int, text: String) {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
        let (data, response) = try await URLSession.shared.data(from: url)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    /// The metrics, as the parser of Prometheus' own client reads them.
    func samples() async throws -> [ParsedExposition.Sample] {
        let text = try await get("/metrics").text
        // Off the cooperative pool, on which the other tests wait.
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try ParsedExposition(text).samples })
            }
        }
    }

    /// The value of the one series that has these labels, or of the only one there is.
    func sample(_ name: String, _ labels: [String: String] = [:]) async throws -> Double? {
        try await samples().first { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }?.value
    }
}
