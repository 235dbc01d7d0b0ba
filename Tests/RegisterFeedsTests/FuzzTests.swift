import ContactStoreConformance
import Foundation
import ProtectedIdentity
import RegisterFeeds
import Testing

@Suite("Reading anything")
struct FuzzTests {
    /// How many files of each format are tried. `FUZZ_ITERATIONS` sets how many records they hold together, some ten in each;
    /// `FUZZ_SEED` repeats a run.
    private static let iterations = (setting("FUZZ_ITERATIONS") ?? 20_000) / 10
    private static let seed = setting("FUZZ_SEED").map { UInt64($0) } ?? UInt64.random(in: 0...UInt64(Int.max))

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    @Test(
        "mutated files are read to their end without a crash, the same in whatever chunks, and every line has its record",
        arguments: [
            (FeedFormat.spar, "spar-notices.xml"), (.cpr, "cpr.txt"), (.csv, "list.csv"), (.jsonl, "list.jsonl"),
        ])
    func mutated(format: FeedFormat, file: String) throws {
        print("feed fuzzing of \(file): FUZZ_SEED=\(Self.seed) FUZZ_ITERATIONS=\(Self.iterations * 10)")
        var random = SeededGenerator(seed: Self.seed)
        var original = Array(try Data(contentsOf: Self.folder.appending(path: file)))
        if format == .spar {
            let text = String(decoding: original, as: UTF8.self)
            original = Array(text.replacing(/<!--(?s:.*?)-->/, with: "").utf8)
        }
        var counts: [String: Int] = [:]
        for iteration in 0..<Self.iterations {
            var bytes = original
            for _ in 0..<Int.random(in: 0...4, using: &random) { Self.mutate(&bytes, &random) }
            let items = read(format, bytes)
            let chunk = Int.random(in: 1...200, using: &random)
            let place = "\(file): seed \(Self.seed), iteration \(iteration)"
            #expect(read(format, bytes, chunk: chunk) == items, "\(place), chunks of \(chunk)")
            for item in items { counts[Self.name(item.finding), default: 0] += 1 }
            let isWhole = !items.contains { if case .broken = $0.finding { true } else { false } }
            if let expected = Self.records(format, bytes), isWhole || format == .cpr {
                let records = items.count { if case .broken = $0.finding { false } else { true } }
                #expect(records == expected, "\(place)")
            }
            #expect(items.map(\.place.line) == items.map(\.place.line).sorted(), "\(place)")
        }
        // The mutations must reach deep, or the test shows nothing.
        if Self.iterations >= 2_000 {
            for outcome in ["notice", "rejected", format == .jsonl ? "notice" : "broken"] {
                #expect(counts[outcome, default: 0] > 0, "seed \(Self.seed): no \(outcome)")
            }
        }
    }

    @Test("no bytes at all, and noise, crash nothing", arguments: FeedFormat.allCases)
    func noise(format: FeedFormat) {
        var random = SeededGenerator(seed: Self.seed)
        _ = read(format, [])
        for _ in 0..<Self.iterations / 4 {
            _ = read(
                format, (0..<Int.random(in: 0...300, using: &random)).map { _ in .random(in: 0...255, using: &random) })
        }
    }

    @Test("packed files that are mutated are unpacked or refused", arguments: ["stored.zip", "streamed.zip", "two.gz"])
    func packed(file: String) throws {
        let folder = Self.folder.deletingLastPathComponent().appending(path: "Packed")
        var random = SeededGenerator(seed: Self.seed)
        let original = Array(try Data(contentsOf: folder.appending(path: file)))
        var refused = 0
        for _ in 0..<max(20, Self.iterations / 30) {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) { Self.mutate(&bytes, &random) }
            do throws(PackedInput.Failure) {
                try Self.unpack(bytes)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0, "seed \(Self.seed)")
    }

    /// How many records a reader has to account for, counted apart from it; nil where only the reader can tell.
    private static func records(_ format: FeedFormat, _ bytes: [UInt8]) -> Int? {
        let content = format != .cpr && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let lines = content.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { $0.last == 0x0D ? $0.dropLast() : $0 }.filter { !$0.isEmpty }
        switch format {
        case .cpr:
            if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return nil }
            return lines.count { !$0.starts(with: Array("000".utf8)) && !$0.starts(with: Array("999".utf8)) }
        case .jsonl: return lines.count { line in line.contains { $0 != 0x20 && $0 != 0x09 } }
        // Where no row spans lines there are as many as lines, less the header.
        case .csv: return bytes.contains(0x22) || bytes.contains(0x0D) ? nil : max(0, lines.count - 1)
        case .spar: return posts(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// How many posts lie in no other one; nil where that cannot be seen from the tags alone.
    private static func posts(_ text: String) -> Int? {
        let tags = text.matches(of: /<(\/?)a:AviseringPost\s*(\/?)>/)
        guard !text.contains("<!"), tags.count == text.components(separatedBy: "AviseringPost").count - 1 else {
            return nil
        }
        var (posts, depth) = (0, 0)
        for tag in tags {
            if !tag.1.isEmpty {
                depth -= 1
            } else {
                if depth == 0 { posts += 1 }
                if tag.2.isEmpty { depth += 1 }
            }
        }
        return posts
    }

    private static func name(_ finding: FeedFinding) -> String {
        switch finding {
        case .notice: "notice"
        case .nothingSaid: "nothing"
        case .rejected: "rejected"
        case .broken: "broken"
        }
    }

    private static func unpack(_ bytes: [UInt8]) throws(PackedInput.Failure) {
        let file = URL.temporaryDirectory.appending(path: "packed-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        guard (try? Data(bytes).write(to: file)) != nil, let handle = try? FileHandle(forReadingFrom: file) else {
            return
        }
        let input = PackedInput(descriptor: handle.fileDescriptor)
        while try input.nextMember() { while try input.read() != nil {} }
    }

    private static let fragments = [
        "<", ">", "/>", "</a:AviseringPost>", "<a:AviseringPost>", "&", "&lt;", "<![CDATA[", "]]>", "<!--", "\"", ",,",
        "\n",
        "\r", "\r\n", "\u{0}", "000", "999", "0001", "004", "016", "é", "JA", "NEJ", "{", "}", "null", "[[[[[[[[[[[[",
        "1e9",
        "\u{FEFF}",
    ].map { Array($0.utf8) }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let position = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where position < bytes.count: bytes[position] = .random(in: 0...255, using: &random)
        case 1 where position < bytes.count: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2 where Int.random(in: 0..<4, using: &random) == 0: bytes.removeSubrange(position...)
        case 3:
            let end = min(bytes.count, position + Int.random(in: 1...20, using: &random))
            bytes.removeSubrange(position..<end)
        case 4:
            let end = min(bytes.count, position + Int.random(in: 1...200, using: &random))
            bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
        default:
            bytes.insert(contentsOf: fragments[Int.random(in: 0..<fragments.count, using: &random)], at: position)
        }
    }
}
