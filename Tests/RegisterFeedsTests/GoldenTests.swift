import Foundation
import ProtectedIdentity
import RegisterFeeds
import Testing

/// Files written after the published forms, with published test numbers, and beside each what is to come of it, byte for byte.
@Suite("What comes of a register's file")
struct GoldenTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    private static let semicolons: FieldMapping = {
        var mapping = testMapping
        (mapping.separator, mapping.encoding) = (UInt8(ascii: ";"), .windows1252)
        return mapping
    }()

    @Test(
        "the events and rejections of a file are those beside it",
        arguments: [
            ("spar-notices.xml", FeedFormat.spar, Origin.monitoring), ("spar-answer.xml", .spar, .lookup),
            ("spar-notices-2019.xml", .spar, .monitoring), ("spar-answer-2019.xml", .spar, .lookup),
            ("spar-answer-undated.xml", .spar, .lookup),
            ("spar-truncated.xml", .spar, .monitoring), ("spar-wrong-encoding.xml", .spar, .monitoring),
            ("spar-windows-1252.xml", .spar, .monitoring), ("spar-document-type.xml", .spar, .monitoring),
            ("spar-other-format.xml", .spar, .monitoring), ("cpr.txt", .cpr, .monitoring),
            ("cpr-truncated.txt", .cpr, .monitoring), ("cpr-without-start.txt", .cpr, .monitoring),
            ("cpr-extended.txt", .cpr, .monitoring), ("cpr-other-format.txt", .cpr, .monitoring),
            ("list.csv", .csv, .lookup), ("list-windows-1252.csv", .csv, .lookup),
            ("list-wrong-encoding.csv", .csv, .lookup), ("list-missing-column.csv", .csv, .lookup),
            ("list-cut.csv", .csv, .lookup), ("list.jsonl", .jsonl, .lookup),
        ])
    func golden(file: String, format: FeedFormat, origin: Origin) throws {
        let mapping = file.hasSuffix("-windows-1252.csv") ? Self.semicolons : testMapping
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: file)))
        let writer = try writer(format, origin)
        let written = read(format, bytes, mapping: mapping).map { line($0, writer) }.joined()
        let beside = Self.folder.appending(path: file + ".expected")
        // A new case is looked at by its author, and then kept.
        if ProcessInfo.processInfo.environment["GOLDEN_WRITE"] != nil { try Data(written.utf8).write(to: beside) }
        #expect(try Data(contentsOf: beside) == Data(written.utf8), "of \(file) came\n\(written)")
        for size in [1, 7, 61] {
            #expect(
                read(format, bytes, chunk: size, mapping: mapping) == read(format, bytes, mapping: mapping),
                "in chunks of \(size)")
        }
    }

    private func writer(_ format: FeedFormat, _ origin: Origin) throws -> NoticeWriter {
        NoticeWriter(
            format: format, tenant: try #require(TenantName(rawValue: "nordic-sport")), origin: origin,
            country: format.country ?? .sweden, registry: format.registry ?? "UC",
            keyring: try DigestKeyring(parsing: "k1:\(Data(repeating: 9, count: 32).base64EncodedString())"),
            observedAt: nil, written: try #require(Timestamp(rfc3339: "2026-11-20T06:00:00Z")), now: testMoment)
    }

    /// A record's event: its key, headers and value, a line each; or what became of it otherwise.
    private func line(_ item: FeedItem, _ writer: NoticeWriter) -> String {
        guard case .notice(let notice) = item.finding else { return item.told + "\n" }
        func marked(_ remarks: [FeedRemark]) -> String { remarks.map { " (\($0.rawValue))" }.joined() }
        switch writer.event(notice) {
        case .failure(let none): return "\(item.place): rejected \(none.rejection.rawValue)\n"
        case .success(let (event, remarks)):
            let headers = event.headers.map { "\($0.0): \(String(decoding: $0.1, as: UTF8.self))" }
            let parts =
                ["\(item.place): event\(marked(item.remarks + remarks))"]
                + (["key: \(String(decoding: event.key, as: UTF8.self))"] + headers
                + [String(decoding: event.value, as: UTF8.self)]).map { "  \($0)" }
            return parts.joined(separator: "\n") + "\n"
        }
    }
}
