import Foundation
public import Hummingbird
public import Logging
public import PrometheusMetrics

/// Answers over HTTP how a worker is: `/health/live`, `/health/ready`, `/metrics`. It knows no secret and no personal value.
public struct AdminServer: Sendable {
    private let health: WorkerHealth
    private let registry: PrometheusRegistry
    private let logger: Logger

    /// A server; nothing listens yet.
    public init(health: WorkerHealth, registry: PrometheusRegistry, logger: Logger) {
        self.health = health
        self.registry = registry
        self.logger = logger
    }

    /// The server as a part of a process.
    ///
    /// - Parameters:
    ///   - host: what to listen at.
    ///   - port: 0 takes a free one.
    ///   - isListening: is told the port.
    public func application(
        host: String, port: Int, isListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(), configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in isListening(channel.localAddress?.port ?? port) }, logger: logger)
    }

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("health/live") { _, _ in answer(health.liveness) }
        router.get("health/ready") { _, _ in answer(health.readiness) }
        router.get("metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: PrometheusRegistry.contentType, .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: registry.text)))
        }
        return router
    }

    private func answer(_ answer: WorkerHealth.Answer) -> Response {
        let json = (try? JSONEncoder().encode(answer)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return Response(
            status: answer.isWell ? .ok : .serviceUnavailable,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: json)))
    }
}
