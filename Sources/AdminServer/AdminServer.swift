import Foundation
import Hummingbird
import HummingbirdCore
public import Logging
import PrometheusMetrics
public import ServiceLifecycle

/// Answers over HTTP how a process is: `/health/live`, `/health/ready`, `/metrics` and a page for people at `/`. It knows no
/// secret and no personal value, and changes nothing.
public struct AdminServer: Service {
    /// Probes, a Prometheus and some browsers: whoever opens more waits, and takes no file descriptor from the workers.
    private static let mostConnections = 64

    private let watch: ProcessWatch
    private let host: String
    private let port: Int
    private let logger: Logger
    private let isListening: @Sendable (Int) -> Void

    /// A server; nothing listens before ``run()``.
    ///
    /// - Parameters:
    ///   - host: what to listen at.
    ///   - port: 0 takes a free one.
    ///   - isListening: is told the port.
    public init(
        _ watch: ProcessWatch, host: String, port: Int, logger: Logger,
        isListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.watch = watch
        self.host = host
        self.port = port
        self.logger = logger
        self.isListening = isListening
    }

    /// Answers until the process ends.
    ///
    /// - Throws: that nothing can listen there.
    public func run() async throws {
        try await application.run()
    }

    private var application: some ApplicationProtocol {
        let (port, isListening) = (port, isListening)
        return Application(
            router: router(),
            server: .http1(
                configuration: .init(additionalChannelHandlers: [ConnectionLifetime()], idleTimeout: .seconds(30))),
            configuration: .init(
                address: .hostname(host, port: port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections)),
            onServerRunning: { channel in isListening(channel.localAddress?.port ?? port) }, logger: logger)
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.get("health/live") { _, _ in answer(watch.health.liveness) }
        router.get("health/ready") { _, _ in answer(watch.health.readiness) }
        router.get("metrics") { _, _ in
            response(.ok, PrometheusRegistry.contentType, watch.exposition())
        }
        router.get("status.json") { _, _ in json(.ok, watch.report()) }
        router.get("/") { _, _ in
            var page = response(.ok, "text/html; charset=utf-8", StatusPage.html)
            page.headers[.contentSecurityPolicy] = StatusPage.contentSecurityPolicy
            return page
        }
        return router
    }

    private func answer(_ answer: WorkerHealth.Answer) -> Response {
        json(answer.isWell ? .ok : .serviceUnavailable, answer)
    }

    private func json(_ status: HTTPResponse.Status, _ value: some Encodable) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let text = try? encoder.encode(value) else {
            return response(.internalServerError, "text/plain", "the numbers cannot be written\n")
        }
        return response(status, "application/json", String(decoding: text, as: UTF8.self))
    }

    private func response(_ status: HTTPResponse.Status, _ type: String, _ body: String) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            ], body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
