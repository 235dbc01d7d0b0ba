import Foundation
import ProtectedIdentity
import TestServers
import Testing

@testable import NotificationWorker

@Suite("Notices by webhook", .serialized)
struct WebhookTests {
    private static let secret = "whsec_" + Data(repeating: 5, count: 32).base64EncodedString()
    private static let other = "whsec_" + Data(repeating: 6, count: 32).base64EncodedString()

    /// A request as the receiver of the tests tells it.
    private struct Posted: Decodable {
        let id: String
        let type: String
        let data: [String: String]
        let isSigned: Bool
        let isFresh: Bool
    }

    private func transport(
        _ port: Int, secrets: [String] = [secret], includesAddress: Bool = false, timeout: Duration = .seconds(10)
    ) -> WebhookTransport {
        WebhookTransport(
            WebhookSettings(
                url: "http://127.0.0.1:\(port)/notices", secrets: secrets.compactMap { WebhookSecret($0) },
                includesAddress: includesAddress, timeout: timeout))
    }

    private func outgoing(_ contact: String = "c-1", now: Timestamp? = nil) throws -> OutgoingNotice {
        let notice = try Notices.outgoing(contact: contact)
        return OutgoingNotice(delivery: notice.delivery, rendered: notice.rendered, now: now ?? notice.now)
    }

    @Test("the receiver gets what a mail system needs, signed, and no address")
    func posted() throws {
        let server = try TestServer("webhook", ["--secret", Self.secret])
        let transport = transport(server.port)
        defer { transport.close() }
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        #expect(try transport.deliver(outgoing(now: now)) == .delivered)
        let posted = try #require(server.said(Posted.self).first)
        #expect(posted.isSigned && posted.isFresh)
        #expect(posted.id == Notices.commandID)
        #expect(posted.type == "application/json")
        #expect(
            Set(posted.data.keys) == [
                "type", "tenant", "contactId", "language", "termsUrl", "supportContact", "deletionNotBefore", "subject",
                "text",
                "html",
            ])
        #expect(posted.data["type"] == "deletion-notice")
        #expect(posted.data["contactId"] == "c-1")
        #expect(posted.data["deletionNotBefore"] == Notices.schedule.description)
        #expect(posted.data["text"]?.contains("24 december 2026") == true)
    }

    @Test("an address is among it where the configuration says so")
    func address() throws {
        let server = try TestServer("webhook", ["--secret", Self.secret])
        let transport = transport(server.port, includesAddress: true)
        defer { transport.close() }
        #expect(try transport.deliver(outgoing()) == .delivered)
        #expect(server.said(Posted.self).first?.data["email"] == "asa@example.com")
    }

    @Test("each of several secrets signs, and none that the receiver does not have")
    func rotation() throws {
        let server = try TestServer("webhook", ["--secret", Self.other])
        let (both, wrong) = (transport(server.port, secrets: [Self.secret, Self.other]), transport(server.port))
        defer {
            both.close()
            wrong.close()
        }
        #expect(try both.deliver(outgoing()) == .delivered)
        #expect(try wrong.deliver(outgoing()) == .delivered)
        #expect(server.said(Posted.self).map(\.isSigned) == [true, false])
    }

    @Test("the signature is the one of the specification's example")
    func example() throws {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let body = Array(#"{"test": 2432232314}"#.utf8)
        let signature = secret.signature(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: body)
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(
        "what the receiver answers means one notice, or all of them",
        arguments: [
            (200, DeliveryReply.delivered), (302, .unavailable("HTTP 302")), (400, .refused("HTTP 400")),
            (401, .unavailable("HTTP 401")), (404, .deferred("HTTP 404", isAlive: false)), (410, .refused("HTTP 410")),
            (422, .refused("HTTP 422")), (429, .deferred("HTTP 429", isAlive: false)),
            (500, .deferred("HTTP 500", isAlive: false)), (503, .deferred("HTTP 503", isAlive: false)),
        ])
    func answers(status: Int, reply: DeliveryReply) throws {
        let server = try TestServer("webhook", ["--secret", Self.secret])
        let transport = transport(server.port)
        defer { transport.close() }
        #expect(try transport.deliver(outgoing("answer-\(status)")) == reply)
    }

    @Test("one that never answers is given up, and so is one that is not there; a probe tells")
    func never() throws {
        let server = try TestServer("webhook", ["--secret", Self.secret])
        let transport = transport(server.port, timeout: .seconds(1))
        defer { transport.close() }
        let begin = ContinuousClock.now
        guard case .deferred(_, isAlive: false) = try transport.deliver(outgoing("answer-never")) else {
            Issue.record("it was delivered, or stops all")
            return
        }
        // One that says 200 and then nothing has it.
        #expect(try transport.deliver(outgoing("answer-headonly")) == .delivered)
        #expect(.now - begin < .seconds(12))
        #expect(transport.probe() == .delivered)
        let gone = self.transport(1, timeout: .seconds(2))
        defer { gone.close() }
        guard case .unavailable = gone.probe() else {
            Issue.record("somebody answers")
            return
        }
    }

    @Test("one that nobody has closed goes away in silence")
    func unclosed() throws {
        for closes in [false, true] {
            let transport = self.transport(1)
            if closes { transport.close() }
        }
    }

    @Test(
        "secrets are whsec_BASE64 or Base64, of 24 bytes or more",
        arguments: ["", "whsec_", "whsec_c2hvcnQ=", "not base64 at all!"])
    func secrets(text: String) {
        #expect(WebhookSecret(text) == nil)
    }
}
