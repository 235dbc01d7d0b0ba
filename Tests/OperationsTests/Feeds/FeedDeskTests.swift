import Foundation
import Operations
import ProtectedIdentity
import RegisterFeeds
import Testing

@Suite("Feeding archives")
struct FeedDeskTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "RegisterFeedsTests/Packed")

    private func feed(_ name: String, rejects: String? = nil) throws -> FeedReport {
        let settings = FeedDesk.Settings(
            format: .csv, mapping: FieldMapping(contactID: "Kund", status: "Skydd", protectedValues: ["ja"]),
            tenant: try #require(TenantName(rawValue: "nordic-sport")), origin: .lookup, country: .sweden,
            registry: nil,
            keyring: try DigestKeyring(parsing: "k1:\(Data(repeating: 9, count: 32).base64EncodedString())"))
        let desk = FeedDesk(settings, publisher: nil, clock: { Timestamp(milliseconds: 1_795_426_200_000) })
        return try desk.feed(FeedFile(path: Self.folder.appending(path: name).path, rejects: rejects))
    }

    @Test("what breaks off in an archive is told by its file, masked, and the list of it has an end")
    func members() throws {
        let rejects = URL.temporaryDirectory.appending(path: "rejects-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: rejects) }
        let report = try feed("without-columns.zip", rejects: rejects.path)
        #expect(report.breakCount == 12 && report.breaks.count == 10 && !report.isClean)
        #expect(report.breaks.prefix(2).map(\.member) == ["‹number›.csv", "00.csv"])
        #expect(report.breaks.allSatisfy { $0.fault == .missingColumn && $0.place.line == 1 })
        let lines = try String(contentsOf: rejects, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 12)
        #expect(lines.first == "{\"line\":1,\"member\":\"‹number›.csv\",\"reason\":\"missing-column\"}")
        let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        #expect(json.contains("\"brokenCount\":12") && !json.contains("2386"))
    }

    @Test("an archive that breaks off within a file tells which one", arguments: ["damaged-second.zip", "cut.zip"])
    func within(name: String) throws {
        let report = try feed(name)
        #expect(report.breaks.map(\.member) == [name == "cut.zip" ? "folder/a.csv" : nil])
    }
}
