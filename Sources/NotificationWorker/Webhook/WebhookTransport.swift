private import AsyncHTTPClient
private import Dispatch
private import NIOCore
private import NIOHTTP1
internal import ProtectedIdentity
private import Synchronization

/// Where notices are posted to.
public struct WebhookSettings: Sendable {
    let url: String
    let secrets: [WebhookSecret]
    let includesAddress: Bool
    let timeout: Duration

    /// The settings of a webhook.
    ///
    /// - Parameters:
    ///   - url: `https://…`.
    ///   - secrets: each signs, so that they can be changed one side at a time; at least one.
    ///   - includesAddress: whether the receiver gets the e-mail address.
    ///   - timeout: the longest that an answer may take.
    public init(url: String, secrets: [WebhookSecret], includesAddress: Bool, timeout: Duration) {
        self.url = url
        self.secrets = secrets
        self.includesAddress = includesAddress
        self.timeout = timeout
    }
}

/// Posts notices to a company's own mail system.
public final class WebhookTransport: NoticeTransport {
    private let settings: WebhookSettings
    private let client: HTTPClient

    /// A way to a receiver; nothing is connected yet.
    public init(_ settings: WebhookSettings) {
        self.settings = settings
        var configuration = HTTPClient.Configuration()
        // Elsewhere than where it was told to go, a signed notice is somebody else's.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .nanoseconds(Int64(settings.timeout / .nanoseconds(1)))
        // The time of a request ends with the head of its answer; a body that does not come is not waited for any longer.
        configuration.timeout.read = configuration.timeout.connect
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    // The client insists on it, also where nobody has closed this.
    deinit { client.shutdown(queue: .global()) { _ in } }

    /// Only where the receiver is to get it.
    public var needsAddress: Bool { settings.includesAddress }

    /// The longest that an answer may take.
    public var timeout: Duration { settings.timeout }

    /// Posts the notice, signed.
    public func deliver(_ notice: OutgoingNotice) -> DeliveryReply {
        guard let body = try? WebhookBody(notice, withAddress: settings.includesAddress).encoded() else {
            return .refused("it cannot be written as JSON")
        }
        let timestamp = notice.now.milliseconds / 1_000
        var request = HTTPClientRequest(url: settings.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "protected-identity")
        request.headers.add(name: "webhook-id", value: notice.id)
        request.headers.add(name: "webhook-timestamp", value: "\(timestamp)")
        let signatures = settings.secrets.map { $0.signature(id: notice.id, timestamp: timestamp, body: body) }
        request.headers.add(name: "webhook-signature", value: signatures.joined(separator: " "))
        request.body = .bytes(body)
        switch answer(to: request) {
        case .status(let status): return Self.reply(status)
        case .silence(let reason): return .deferred(reason, isAlive: false)
        case .none(let reason): return .unavailable(reason)
        }
    }

    /// Asks for the head of the address: whoever answers, and is no failing server, is there.
    public func probe() -> DeliveryReply {
        var request = HTTPClientRequest(url: settings.url)
        request.method = .HEAD
        switch answer(to: request) {
        case .status(let status) where status < 500: return .delivered
        case .status(let status): return .unavailable("HTTP \(status)")
        case .silence(let reason), .none(let reason): return .unavailable(reason)
        }
    }

    /// Ends the connections.
    public func close() {
        try? client.syncShutdown()
    }

    /// What a status means for this notice, and for others. Who does not know us takes none.
    static func reply(_ status: Int) -> DeliveryReply {
        switch status {
        case 200..<300: .delivered
        case 401, 403, 407: .unavailable("HTTP \(status)")
        case 404, 405, 408, 425, 429: .deferred("HTTP \(status)", isAlive: false)
        case 400..<500: .refused("HTTP \(status)")
        case 500..<600: .deferred("HTTP \(status)", isAlive: false)
        default: .unavailable("HTTP \(status)")
        }
    }

    private enum Answer: Sendable {
        case status(Int)
        /// It is there, and does not answer this.
        case silence(String)
        case none(String)
    }

    /// Waits for the answer on the thread of the delivery, which is one of its own.
    private func answer(to request: HTTPClientRequest) -> Answer {
        let place = Place()
        let isThere = DispatchSemaphore(value: 0)
        let (client, timeout) = (client, settings.timeout)
        Task {
            let (answer, body) = await Self.answer(of: client, to: request, within: timeout)
            place.answer.withLock { $0 = answer }
            isThere.signal()
            // A connection whose body was read can be used again. Nobody waits for that.
            _ = try? await body?.collect(upTo: 64 * 1_024)
        }
        isThere.wait()
        return place.answer.withLock { $0 }
    }

    private final class Place: Sendable {
        let answer = Mutex(Answer.none("no answer"))
    }

    private static func answer(
        of client: HTTPClient, to request: HTTPClientRequest, within timeout: Duration
    ) async -> (Answer, HTTPClientResponse.Body?) {
        do {
            let response = try await client.execute(request, timeout: .nanoseconds(Int64(timeout / .nanoseconds(1))))
            return (.status(Int(response.status.code)), response.body)
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            return (.silence(error.shortDescription), nil)
        } catch let error as HTTPClientError {
            return (.none(error.shortDescription), nil)
        } catch {
            // Its description may hold what the other side has sent.
            return (.none("no connection (\(type(of: error)))"), nil)
        }
    }
}
