import Foundation
import Operations
import Testing

@Suite("The audit log")
struct AuditLogTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func entry(_ coordinates: String) -> AuditEntry {
        var entry = AuditEntry(
            .show, by: Operator(said: nil, environment: ["SUDO_USER": "ann"]), at: "2026-11-23T09:30:00.000Z",
            reason: "a complaint")
        entry.coordinates = coordinates
        return entry
    }

    @Test("it is the owner's alone, and only grows")
    func grows() throws {
        let path = folder.appending(path: "audit.log").path
        for round in 0..<2 {
            let log = try AuditLog(path: path)
            try log.record([entry("t-0@\(round)"), entry("t-1@\(round)")])
            try log.record([])
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let entries = try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
        }
        #expect(entries.map { $0["coordinates"] } == ["t-0@0", "t-1@0", "t-0@1", "t-1@1"])
        #expect(entries.allSatisfy { $0["operator"] == "ann" && $0["reason"] == "a complaint" })
        #expect(entries.allSatisfy { $0["user"]?.isEmpty == false && $0["host"]?.isEmpty == false })
        #expect(entries.allSatisfy { $0["action"] == "quarantine.show" })
    }

    @Test("one that others may read, a link, a folder or a device is refused")
    func refused() throws {
        let path = folder.appending(path: "wide.log").path
        try Data().write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(throws: AuditFailure(cause: .permissions, path: path, reason: "others may read or write it")) {
            try AuditLog(path: path)
        }
        let link = folder.appending(path: "link.log").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(throws: AuditFailure.self) { try AuditLog(path: link) }
        #expect(throws: AuditFailure.self) { try AuditLog(path: folder.path) }
        #expect(throws: AuditFailure.self) { try AuditLog(path: "/dev/null") }
        #expect(throws: AuditFailure.self) { try AuditLog(path: folder.appending(path: "none/audit.log").path) }
    }

    @Test("who it is: as said, else who became another user, else the user")
    func who() {
        let user = Operator(said: nil, environment: [:])
        #expect(user.name == user.user)
        #expect(Operator(said: nil, environment: ["SUDO_USER": "ann"]).name == "ann")
        #expect(Operator(said: "bea", environment: ["SUDO_USER": "ann"]).name == "bea")
        #expect(Operator(said: "bea", environment: ["SUDO_USER": "ann"]).user == user.user)
    }
}
