import Foundation
import Testing

@testable import NotificationWorker
@testable import ProtectedIdentity

/// Notices to send, as tests want them.
enum Notices {
    /// 24 December 2026, in the morning.
    static let schedule = Timestamp(milliseconds: 1_798_102_800_000)
    static let now = Timestamp(milliseconds: 1_795_510_800_000)
    static let commandID = "7d1c2c0e-6a0a-5d0e-9a54-2f0f6f2f9b11"

    static func delivery(
        language: String = "sv", tenant: String = "nordic-sport", contact: String = "c-1",
        termsUrl: String = "https://example.com/terms", supportContact: String = "support@example.com",
        template: String = "deletion-notice", email: String? = "asa@example.com"
    ) throws -> NoticePlan.Delivery {
        NoticePlan.Delivery(
            notice: DeletionNotice(
                contact: ContactKey(
                    tenant: try #require(TenantName(rawValue: tenant)), id: try #require(ContactID(rawValue: contact))),
                deletionNotBefore: schedule),
            commandID: commandID, template: template, termsUrl: termsUrl, supportContact: supportContact,
            language: language, email: email.map { Sensitive($0) })
    }

    static func outgoing(_ email: String = "asa@example.com", contact: String = "c-1") throws -> OutgoingNotice {
        let delivery = try delivery(contact: contact, email: email)
        let templates = try NoticeTemplates.load(folder: nil, tenants: [String?.none: "sv"]).get()
        return OutgoingNotice(delivery: delivery, rendered: try #require(templates.render(delivery)), now: now)
    }
}

/// A Python program of `scripts/test-servers`, on loopback.
final class TestServer {
    private let process = Process()
    private let output: URL
    let port: Int

    init(_ name: String, _ arguments: [String] = []) throws {
        let program = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../scripts/test-servers/\(name)").standardizedFileURL
        output = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString).jsonl")
        try Data().write(to: output)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [Self.python, program.path] + arguments
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        struct Begun: Decodable { let port: Int }
        var begun: Begun?
        let deadline = ContinuousClock.now + .seconds(20)
        while begun == nil, .now < deadline {
            let lines = ((try? String(contentsOf: output, encoding: .utf8)) ?? "").split(separator: "\n")
            begun = lines.first.flatMap { try? JSONDecoder().decode(Begun.self, from: Data($0.utf8)) }
            if begun == nil { Thread.sleep(forTimeInterval: 0.02) }
        }
        guard let begun else { throw TestServerError.didNotStart(name) }
        port = begun.port
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(at: output)
    }

    /// What it has said since it began, of lines that read as this.
    func said<Line: Decodable>(_ type: Line.Type) -> [Line] {
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
    }

    /// A python3 that has the mail server's module: the first one in PATH, or Debian's.
    private static let python: String = {
        let check = Process()
        check.executableURL = URL(filePath: "/usr/bin/env")
        check.arguments = ["python3", "-c", "import aiosmtpd"]
        check.standardError = FileHandle.nullDevice
        try? check.run()
        check.waitUntilExit()
        return check.terminationStatus == 0 ? "python3" : "/usr/bin/python3"
    }()
}

enum TestServerError: Error {
    case didNotStart(String)
}

/// A message as the mail server of the tests tells it.
struct TakenMail: Decodable {
    let sender: String
    let to: [String]
    let tls: Bool
    let login: Bool
    let data: String

    /// A header's value, unfolded.
    func header(_ name: String) -> String? {
        let head = data.replacing("\r\n", with: "\n").components(separatedBy: "\n\n").first ?? ""
        let lines = head.replacing("\n ", with: " ").split(separator: "\n")
        return lines.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map {
            String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces)
        }
    }
}
