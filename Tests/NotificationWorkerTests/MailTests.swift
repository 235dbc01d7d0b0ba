import Foundation
import ProtectedIdentity
import TestServers
import Testing

@testable import NotificationWorker

@Suite("Notices by mail", .serialized)
struct MailTests {
    private func transport(
        _ server: TestServer, scheme: String = "smtp", security: SMTPSettings.Security = .opportunistic,
        certificates: String? = nil, login: SMTPSettings.Login? = nil, timeout: Duration = .seconds(10)
    ) throws -> SMTPTransport {
        SMTPTransport(
            SMTPSettings(
                url: "\(scheme)://localhost:\(server.port)", security: security, certificateFile: certificates,
                login: login,
                from: try #require(Mailbox("Blåbär & Co <no-reply@shop.example>")),
                replyTo: Mailbox("support@shop.example"), timeout: timeout))
    }

    @Test("a mail has what a mail needs, in both versions, and an id by which a copy is known")
    func message() throws {
        let server = try TestServer("mail")
        #expect(try transport(server).deliver(Notices.outgoing()) == .delivered)
        let mail = try #require(server.said(TakenMail.self).first)
        #expect(mail.sender == "no-reply@shop.example")
        #expect(mail.to == ["asa@example.com"])
        #expect(mail.header("Message-ID") == "<\(Notices.commandID)@shop.example>")
        #expect(mail.header("Date") == "Tue, 24 Nov 2026 09:00:00 +0000")
        #expect(mail.header("Auto-Submitted") == "auto-generated")
        #expect(mail.header("Reply-To") == "support@shop.example")
        #expect(mail.header("From") == "=?utf-8?B?QmzDpWLDpHIgJiBDbw==?= <no-reply@shop.example>")
        #expect(mail.header("To") == "asa@example.com")
        #expect(mail.header("MIME-Version") == "1.0")
        let read = try Reading(mail.data)
        #expect(read.subject == "Ditt kundkonto avslutas tidigast 24 december 2026")
        #expect(read.text.contains("Kontot och de uppgifter som hör till det tas bort tidigast 24 december 2026."))
        #expect(read.html.contains("<strong>24 december 2026</strong>"))
    }

    @Test("one connection serves message after message")
    func kept() throws {
        let server = try TestServer("mail")
        let transport = try transport(server)
        for _ in 0..<3 { #expect(try transport.deliver(Notices.outgoing()) == .delivered) }
        #expect(server.said(TakenMail.self).count == 3)
    }

    @Test("with STARTTLS and a login; not without the one that is required, nor to a server that nobody vouches for")
    func secured() throws {
        let certificate = try Certificate()
        let server = try TestServer(
            "mail", ["--certificate", certificate.path, "--require-tls", "--login", "user:secret"])
        let login = SMTPSettings.Login(user: "user", password: Sensitive("secret"))
        let right = try transport(server, security: .required, certificates: certificate.path, login: login)
        #expect(right.probe() == .delivered)
        #expect(try right.deliver(Notices.outgoing()) == .delivered)
        let mail = try #require(server.said(TakenMail.self).first)
        #expect(mail.tls && mail.login)
        let wrong = SMTPSettings.Login(user: "user", password: Sensitive("other"))
        let refused = try transport(server, security: .required, certificates: certificate.path, login: wrong)
        #expect(refused.probe() == .unavailable("AUTH 535 (curl 67)"))
        #expect(try refused.deliver(Notices.outgoing()) == .unavailable("AUTH 535 (curl 67)"))
        #expect(
            try transport(server, security: .required, login: login).probe() == .unavailable("STARTTLS 220 (curl 60)"))
        let plain = try TestServer("mail")
        #expect(try transport(plain, security: .required).probe() == .unavailable("connect 250 (curl 64)"))
        #expect(server.said(TakenMail.self).count == 1)
    }

    @Test("over TLS from the first byte")
    func smtps() throws {
        let certificate = try Certificate()
        let server = try TestServer("mail", ["--certificate", certificate.path, "--smtps"])
        #expect(
            try transport(server, scheme: "smtps", certificates: certificate.path).deliver(Notices.outgoing())
                == .delivered)
        #expect(server.said(TakenMail.self).first?.tls == true)
    }

    @Test("what a server says of a recipient or a message is that notice's own, and no reason quotes an address")
    func refusals() throws {
        let server = try TestServer("mail")
        let transport = try transport(server, timeout: .seconds(2))
        #expect(try transport.deliver(Notices.outgoing("refused@example.com")) == .refused("RCPT 550 (curl 55)"))
        #expect(
            try transport.deliver(Notices.outgoing("later@example.com"))
                == .deferred("RCPT 451 (curl 55)", isAlive: true))
        #expect(try transport.deliver(Notices.outgoing("spam@example.com")) == .refused("DATA 554 (curl 8)"))
        let slow = try transport.deliver(Notices.outgoing("slow@example.com"))
        #expect(slow == .deferred("RCPT 250 (curl 28)", isAlive: false))
        // The server has the whole message, and does not say that it has.
        #expect(try transport.deliver(Notices.outgoing("silent@example.com")) == .uncertain("DATA 354 (curl 28)"))
        let last = try transport.deliver(Notices.outgoing())
        #expect(last == .delivered)
    }

    @Test(
        "a sender that is refused, a server that puts everybody off, and no server at all stop everything, not one notice"
    )
    func everything() throws {
        let refusing = try TestServer("mail", ["--refuse-sender"])
        #expect(try transport(refusing).deliver(Notices.outgoing()) == .unavailable("MAIL 550 (curl 55)"))
        #expect(
            SMTPTransport.reply(SMTPResult(code: 55, reply: 421, step: .recipient))
                == .unavailable("RCPT 421 (curl 55)"))
        let port: Int
        do { port = try TestServer("mail").port }
        Thread.sleep(forTimeInterval: 0.2)
        let gone = SMTPTransport(
            SMTPSettings(
                url: "smtp://127.0.0.1:\(port)", security: .off, from: try #require(Mailbox("a@b.example")),
                timeout: .seconds(2)))
        #expect(try gone.deliver(Notices.outgoing()) == .unavailable("connect (curl 7)"))
        #expect(gone.probe() == .unavailable("connect (curl 7)"))
    }

    @Test(
        "what is no address is not sent to",
        arguments: [
            "", " ", "asa", "asa@", "@example.com", "a@b@c", "asa@example.com\r\nRCPT TO:<x@example.com>",
            "asa@exa mple.com",
            "<asa@example.com>", "asa@example.com, bo@example.com", "Åsa <asa@example.com>", "åsa@example.com",
            "asa@-x.com",
            "\"a b\"@example.com", "asa..b@example.com", "asa@example.com.", "asa@example.com\u{0}",
            String(repeating: "a", count: 65) + "@example.com",
        ])
    func addresses(text: String) throws {
        #expect(MailAddress(text) == nil)
        let nowhere = SMTPTransport(
            SMTPSettings(
                url: "smtp://127.0.0.1:1", security: .off, from: try #require(Mailbox("a@b.example")),
                timeout: .seconds(1)))
        #expect(try nowhere.deliver(Notices.outgoing(text)) == .invalidAddress)
    }

    @Test(
        "addresses as people have them are sent to",
        arguments: ["asa@example.com", " o'brien+x@mail.example.co.uk\n", "a@b"])
    func goodAddresses(text: String) {
        #expect(MailAddress(text) != nil)
    }

    @Test(
        "no name of a sender begins another header",
        arguments: ["A\r\nBcc: x@example.com <a@b.example>", "A\u{0} <a@b.example>"])
    func injection(text: String) {
        #expect(Mailbox(text) == nil)
    }

    @Test("a header with other letters than ASCII's is cut into words that fit a line, never within a letter")
    func encodedWords() throws {
        let text = String(repeating: "Smörgåsbord på Åland 🫐 ", count: 12).trimmingCharacters(in: .whitespaces)
        let words = MailMessage.encodedWords(text).components(separatedBy: "\r\n ")
        #expect(words.allSatisfy { $0.count <= 75 && $0.hasPrefix("=?utf-8?B?") && $0.hasSuffix("?=") })
        let parts = words.compactMap { Data(base64Encoded: String($0.dropFirst(10).dropLast(2))) }
        #expect(parts.compactMap { String(bytes: $0, encoding: .utf8) }.joined() == text)
    }
}

/// A message as Python's own reader of mail understands it.
private struct Reading: Decodable {
    let subject: String
    let text: String
    let html: String

    init(_ message: String) throws {
        let script = """
            import sys, json, email, email.policy
            mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            assert mail.get_content_type() == "multipart/alternative" and not mail.defects
            print(json.dumps({"subject": mail["subject"], "text": mail.get_body(("plain",)).get_content(),
                "html": mail.get_body(("html",)).get_content()}))
            """
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(message.utf8))
        try input.fileHandleForWriting.close()
        self = try JSONDecoder().decode(Self.self, from: output.fileHandleForReading.readDataToEndOfFile())
    }
}

/// A key with a certificate for `localhost` that vouches for itself, in one file.
final class Certificate {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "certificate-\(UUID().uuidString)")
    var path: String { folder.appending(path: "both.pem").path }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let (key, certificate) = (folder.appending(path: "key.pem").path, folder.appending(path: "cert.pem").path)
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let both = try [key, certificate].map { try Data(contentsOf: URL(filePath: $0)) }
        try both.reduce(Data(), +).write(to: folder.appending(path: "both.pem"))
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }
}
