private import CCurl
internal import ProtectedIdentity

/// How far a delivery had come.
enum SMTPStep: String, Sendable {
    /// Name, connection, TLS, greeting.
    case connect
    case startTLS = "STARTTLS"
    case login = "AUTH"
    case sender = "MAIL"
    case recipient = "RCPT"
    /// `DATA`, and the message behind it.
    case message = "DATA"
}

/// What libcurl says of a transfer: its own code, the server's last one, and the step.
struct SMTPResult: Sendable {
    /// libcurl's `CURLcode`.
    let code: UInt32
    /// The server's last reply; 0 where there was none.
    let reply: Int
    /// The last step that was begun.
    let step: SMTPStep

    var isDone: Bool { code == CURLE_OK.rawValue }
    var isTimeout: Bool { code == CURLE_OPERATION_TIMEDOUT.rawValue }

    /// Codes alone.
    var description: String {
        "\(step.rawValue)\(reply > 0 ? " \(reply)" : "") (curl \(code))"
    }
}

/// A connection to a mail server, kept from one message to the next.
///
/// `@unchecked Sendable`: a libcurl handle may move between threads, and be used by one at a time; ``SMTPTransport`` lends each
/// to one.
final class SMTPSession: @unchecked Sendable {
    private let handle: OpaquePointer
    private let settings: SMTPSettings
    private var isClosed = false

    /// What libcurl needs once in a process, from one thread.
    private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Fails where there is no memory.
    init?(_ settings: SMTPSettings) {
        guard Self.isReady, let handle = curl_easy_init() else { return nil }
        self.handle = OpaquePointer(handle)
        self.settings = settings
    }

    deinit {
        if !isClosed { curl_easy_cleanup(raw) }
    }

    /// Ends the connection, which may wait for the server; nothing can be sent through it any more.
    func close() {
        isClosed = true
        curl_easy_cleanup(raw)
    }

    private var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(handle) }

    /// Sends a message to one recipient.
    func send(_ message: [UInt8], to recipient: MailAddress) -> SMTPResult {
        perform(message) {
            let list = curl_slist_append(nil, recipient.address)
            ccurl_set_text(raw, CURLOPT_MAIL_FROM, settings.from.address.address)
            ccurl_set_list(raw, CURLOPT_MAIL_RCPT, list)
            ccurl_set_long(raw, CURLOPT_UPLOAD, 1)
            return list
        }
    }

    /// Connects, secures the connection and logs in; sends nothing.
    func probe() -> SMTPResult {
        perform([]) {
            ccurl_set_text(raw, CURLOPT_CUSTOMREQUEST, "NOOP")
            ccurl_set_long(raw, CURLOPT_NOBODY, 1)
            return nil
        }
    }

    private func perform(_ message: [UInt8], _ prepare: () -> UnsafeMutablePointer<curl_slist>?) -> SMTPResult {
        // Options are set anew each time; connections and sessions stay.
        curl_easy_reset(raw)
        apply()
        let list = prepare()
        defer { curl_slist_free_all(list) }
        var transfer = Transfer(message: message)
        let code = withUnsafeMutablePointer(to: &transfer) { pointer in
            ccurl_set_pointer(raw, CURLOPT_READDATA, pointer)
            ccurl_set_pointer(raw, CURLOPT_DEBUGDATA, pointer)
            let code = curl_easy_perform(raw)
            // The session outlives the transfer, and says goodbye when it is closed.
            ccurl_set_pointer(raw, CURLOPT_READDATA, nil)
            ccurl_set_pointer(raw, CURLOPT_DEBUGDATA, nil)
            return code
        }
        var reply = 0
        ccurl_response_code(raw, &reply)
        return SMTPResult(code: code.rawValue, reply: reply, step: transfer.step)
    }

    private func apply() {
        ccurl_set_text(raw, CURLOPT_URL, settings.url)
        ccurl_set_text(raw, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // Timeouts without signals: other threads are not to hear of them.
        ccurl_set_long(raw, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(raw, CURLOPT_CONNECTTIMEOUT_MS, settings.milliseconds)
        ccurl_set_long(raw, CURLOPT_TIMEOUT_MS, settings.milliseconds)
        let level =
            switch settings.security {
            case .required: CURLUSESSL_ALL
            case .opportunistic: CURLUSESSL_TRY
            case .off: CURLUSESSL_NONE
            }
        ccurl_set_long(raw, CURLOPT_USE_SSL, Int(level.rawValue))
        if let file = settings.certificateFile { ccurl_set_text(raw, CURLOPT_CAINFO, file) }
        if let login = settings.login {
            ccurl_set_text(raw, CURLOPT_USERNAME, login.user)
            ccurl_set_text(raw, CURLOPT_PASSWORD, login.password.reveal())
        }
        ccurl_set_read(raw) { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            return context.assumingMemoryBound(to: Transfer.self).pointee.read(into: buffer, at: size * count)
        }
        ccurl_set_write(raw) { _, size, count, _ in size * count }
        ccurl_set_long(raw, CURLOPT_VERBOSE, 1)
        ccurl_set_trace(raw) { _, type, data, size, context in
            if type == CURLINFO_HEADER_OUT, let data, let context {
                context.assumingMemoryBound(to: Transfer.self).pointee.begin(
                    UnsafeRawBufferPointer(start: data, count: size))
            }
            return 0
        }
    }
}

/// A message on its way, and how far it has come. What libcurl traces is looked at here and kept nowhere.
private struct Transfer {
    let message: [UInt8]
    private var sent = 0
    private(set) var step = SMTPStep.connect

    init(message: [UInt8]) {
        self.message = message
    }

    mutating func read(into buffer: UnsafeMutablePointer<CChar>, at room: Int) -> Int {
        let count = min(room, message.count - sent)
        message.withUnsafeBytes { bytes in
            UnsafeMutableRawPointer(buffer).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[sent..<sent + count]).baseAddress
                    ?? UnsafeRawPointer(buffer),
                byteCount: count)
        }
        sent += count
        return count
    }

    mutating func begin(_ command: UnsafeRawBufferPointer) {
        for step in [SMTPStep.startTLS, .login, .sender, .recipient, .message]
        where command.starts(with: step.rawValue.utf8) {
            self.step = step
        }
    }
}
