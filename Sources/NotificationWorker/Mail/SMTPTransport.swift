private import Foundation
public import ProtectedIdentity
private import Synchronization

/// A mail server, and how it is spoken to.
public struct SMTPSettings: Sendable {
    /// Whether the connection of an `smtp://` server is secured by STARTTLS before anything is said.
    public enum Security: String, Sendable, CaseIterable {
        /// Or nothing is sent.
        case required
        /// Where the server offers it.
        case opportunistic
        /// Never.
        case off
    }

    /// Who logs in.
    public struct Login: Sendable {
        let user: String
        let password: Sensitive<String>

        /// A user with a password.
        public init(user: String, password: Sensitive<String>) {
            self.user = user
            self.password = password
        }
    }

    let url: String
    let security: Security
    let certificateFile: String?
    let login: Login?
    let from: Mailbox
    let replyTo: Mailbox?
    let timeout: Duration

    /// The settings of a mail server.
    ///
    /// - Parameters:
    ///   - url: `smtp://HOST:PORT` or `smtps://HOST:PORT`.
    ///   - certificateFile: certificates of authorities, in PEM; nil: the system's.
    ///   - timeout: the longest that a message may take.
    public init(
        url: String, security: Security, certificateFile: String? = nil, login: Login? = nil, from: Mailbox,
        replyTo: Mailbox? = nil, timeout: Duration
    ) {
        self.url = url
        self.security = security
        self.certificateFile = certificateFile
        self.login = login
        self.from = from
        self.replyTo = replyTo
        self.timeout = timeout
    }

    var milliseconds: Int { Int(timeout / .milliseconds(1)) }
}

/// Delivers notices by mail.
public final class SMTPTransport: NoticeTransport {
    /// A mail goes to an address.
    public let needsAddress = true
    private let settings: SMTPSettings
    private let idle = Mutex<[SMTPSession]>([])

    /// A way through a mail server; nothing is connected yet.
    public init(_ settings: SMTPSettings) {
        self.settings = settings
    }

    /// The longest that a message may take.
    public var timeout: Duration { settings.timeout }

    /// Sends the notice as a message of its own.
    public func deliver(_ notice: OutgoingNotice) -> DeliveryReply {
        guard let address = notice.delivery.email.flatMap({ MailAddress($0.reveal()) }) else { return .invalidAddress }
        let message = MailMessage(
            from: settings.from, replyTo: settings.replyTo, to: address, id: notice.id,
            date: notice.now, language: notice.delivery.language, notice: notice.rendered)
        return withSession { Self.reply($0.send(message.bytes, to: address)) }
    }

    /// Connects, secures the connection and logs in.
    public func probe() -> DeliveryReply {
        withSession { session in
            let result = session.probe()
            return result.isDone ? .delivered : .unavailable(result.description)
        }
    }

    /// Closes the connections that nobody uses.
    public func close() {
        idle.withLock { $0 = [] }
    }

    private func withSession(_ body: (SMTPSession) -> DeliveryReply) -> DeliveryReply {
        guard let session = idle.withLock({ $0.popLast() }) ?? SMTPSession(settings) else {
            return .unavailable("libcurl cannot be used")
        }
        let reply = body(session)
        switch reply {
        case .delivered, .refused, .invalidAddress, .deferred(_, isAlive: true):
            idle.withLock { $0.append(session) }
        case .deferred, .uncertain, .unavailable:
            // Nobody knows where in the protocol the two sides stand: the connection ends with the session. libcurl takes its
            // leave with QUIT and waits up to two minutes for the answer, which nobody here does.
            Thread.detachNewThread { session.close() }
        }
        return reply
    }

    /// What the codes mean for this message, and for others. Only what a server says of the recipient or of the message itself
    /// is the message's own fault.
    static func reply(_ result: SMTPResult) -> DeliveryReply {
        if result.isDone { return .delivered }
        let reason = result.description
        switch result.step {
        case .connect, .startTLS, .login, .sender: return .unavailable(reason)
        case .recipient, .message:
            // 421: the server is about to close, whatever was asked of it.
            if result.reply == 421 { return .unavailable(reason) }
            // 354 is what the message itself is sent after.
            if result.reply == 354 { return .uncertain(reason) }
            // While a reply is waited for, the last one is of the step before.
            if result.isTimeout || result.reply < 400 { return .deferred(reason, isAlive: false) }
            return result.reply < 500 ? .deferred(reason, isAlive: true) : .refused(reason)
        }
    }
}
