import Foundation
import NotificationWorker

/// How the notification worker tells people. Texts still: whoever makes parts of it parses them.
struct NotificationsConfiguration: Sendable, Equatable {
    /// The way to people.
    enum Transport: Sendable, Equatable {
        case smtp(SMTPConfiguration)
        case webhook(WebhookConfiguration)
    }

    /// Its name in the configuration.
    enum TransportName: String, Sendable, CaseIterable {
        case smtp
        case webhook
    }

    /// The consumer group.
    var groupId: String
    /// Unset: nobody is told.
    var transport: Transport?
    /// The folder of the operator's own templates.
    var templates: String?
    /// How many notices go out at once.
    var concurrency: Int
    /// How many a second, at most.
    var rate: Int
    /// The longest that an attempt may take.
    var timeout: Duration
    /// For how long a notice is tried that is put off while others get through.
    var retryFor: Duration

    /// Reads the section; nil where something is missing or wrong, which is noted.
    static func read(_ reading: inout ConfigurationReading, group: String?) -> NotificationsConfiguration? {
        let before = reading.problems.count
        let name: TransportName? = reading.choice("notifications.transport")
        let templates = reading.value("notifications.templates", expected: "a folder that can be read") { text in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) && isFolder.boolValue
                ? text : nil
        }
        let concurrency = reading.integer("notifications.concurrency", in: 1...64)
        let rate = reading.integer("notifications.rate", in: 1...10_000)
        let timeout = reading.duration("notifications.timeout", from: .milliseconds(100))
        let retryFor = reading.duration("notifications.retryFor")
        let smtp = SMTPConfiguration.read(isRequired: name == .smtp, &reading)
        let webhook = WebhookConfiguration.read(isRequired: name == .webhook, &reading)
        guard reading.problems.count == before, let group, let concurrency, let rate, let timeout, let retryFor else {
            return nil
        }
        let transport: Transport? =
            switch name {
            case .smtp: smtp.map { .smtp($0) }
            case .webhook: webhook.map { .webhook($0) }
            case nil: nil
            }
        return NotificationsConfiguration(
            groupId: group, transport: transport, templates: templates, concurrency: concurrency, rate: rate,
            timeout: timeout, retryFor: retryFor)
    }

    /// Whether a notice goes nowhere without an address on file.
    var needsAddress: Bool {
        switch transport {
        case .smtp: true
        case .webhook(let webhook): webhook.includesEmail
        case nil: false
        }
    }
}

/// A mail server.
struct SMTPConfiguration: Sendable, Equatable {
    var url: String
    var startTLS: SMTPSettings.Security
    var certificateFile: String?
    var username: String?
    var password: Secret?
    var from: Mailbox
    var replyTo: Mailbox?

    private static let root = "notifications.smtp"

    /// Reads the section; nil where it says nothing, or something wrong, which is noted.
    static func read(isRequired: Bool, _ reading: inout ConfigurationReading) -> SMTPConfiguration? {
        let url = reading.value("\(root).url", expected: "smtp://HOST:PORT or smtps://HOST:PORT", parse: address)
        let security: SMTPSettings.Security? = reading.choice("\(root).startTls")
        let certificates = reading.value("\(root).caFile", expected: "a file that can be read") { text in
            FileManager.default.isReadableFile(atPath: text) ? text : nil
        }
        let username = reading.text("\(root).username")?.text
        let password = reading.secret("\(root).password", file: "\(root).passwordFile")
        let from = reading.value("\(root).from", expected: "ADDRESS, or NAME <ADDRESS>", parse: Mailbox.init)
        let replyTo = reading.value("\(root).replyTo", expected: "ADDRESS, or NAME <ADDRESS>", parse: Mailbox.init)
        if isRequired {
            reading.require("\(root).url", because: "the transport is smtp", "smtp://mail.example.com:587")
            reading.require("\(root).from", because: "the transport is smtp", "Example <no-reply@example.com>")
        }
        if username != nil, reading.sources.value(of: "\(root).passwordFile") == nil {
            reading.require("\(root).password", because: "there is a username", "a secret, or name a passwordFile")
        } else if username == nil, password != nil {
            reading.require("\(root).username", because: "there is a password", "protected-identity")
        }
        guard let url, let from else { return nil }
        let isLocal = isLoopback(url)
        let chosen = security ?? (isLocal ? .opportunistic : .required)
        if chosen != .required, !isLocal, url.hasPrefix("smtp:"), username != nil {
            reading.problem(
                "\(root).startTls", "the password could be read on its way", "Write required, or use smtps://")
        }
        return SMTPConfiguration(
            url: url, startTLS: chosen, certificateFile: certificates, username: username, password: password,
            from: from,
            replyTo: replyTo)
    }

    private static func address(_ text: String) -> String? {
        guard let parts = URLComponents(string: text), ["smtp", "smtps"].contains(parts.scheme ?? ""),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.query == nil,
            parts.path.isEmpty || parts.path == "/"
        else { return nil }
        return text
    }

    private static func isLoopback(_ url: String) -> Bool {
        URLComponents(string: url)?.isLoopback ?? false
    }
}

/// A company's own mail system.
struct WebhookConfiguration: Sendable, Equatable {
    var url: String
    /// Each signs.
    var secrets: [Secret]
    /// Whether the receiver gets the e-mail address.
    var includesEmail: Bool

    private static let root = "notifications.webhook"

    /// Reads the section; nil where it says nothing, or something wrong, which is noted.
    static func read(isRequired: Bool, _ reading: inout ConfigurationReading) -> WebhookConfiguration? {
        let url = reading.value("\(root).url", expected: "an https:// URL (http:// on the loopback interface only)") {
            (text: String) -> String? in
            guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil,
                parts.scheme == "https" || (parts.scheme == "http" && parts.isLoopback)
            else { return nil }
            return text
        }
        let secrets = reading.secret("\(root).secret", file: "\(root).secretFile")?.reveal()
            .split { $0 == "," || $0.isNewline }.map { $0.trimming(while: \.isWhitespace) }.filter { !$0.isEmpty }
        let includesEmail = reading.flag("\(root).includeEmail")
        if isRequired {
            reading.require("\(root).url", because: "the transport is webhook", "https://mail.example.com/notices")
            if reading.sources.value(of: "\(root).secretFile") == nil {
                reading.require(
                    "\(root).secret", because: "the transport is webhook", "whsec_BASE64, or name a secretFile")
            }
        }
        if let secrets, secrets.isEmpty || secrets.contains(where: { WebhookSecret($0) == nil }) {
            let inFile = "\(root).secretFile"
            reading.problem(
                reading.sources.value(of: inFile) == nil ? "\(root).secret" : inFile,
                "is not whsec_BASE64 with 24 bytes or more", "Make one: echo whsec_$(openssl rand -base64 32)")
        }
        guard let url, let secrets, let includesEmail else { return nil }
        return WebhookConfiguration(url: url, secrets: secrets.map { Secret($0) }, includesEmail: includesEmail)
    }
}

extension URLComponents {
    /// Whether the host is this machine, reached by no network.
    fileprivate var isLoopback: Bool {
        let name = (host ?? "").trimming { "[]".contains($0) }
        return name == "localhost" || name == "::1" || name.hasPrefix("127.")
    }
}
