import CSV
import Testing

@Suite("Reading CSV")
struct CSVParserTests {
    @Test(
        "rows are the same however the file is cut into chunks",
        arguments: [
            ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
            ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
            ("\u{FEFF}a,b\r\n", [["a", "b"]]),
            ("\"a,\"\"b\"\"\r\n\",c\r\n", [["a,\"b\"\r\n", "c"]]),
            ("a,,\"\"\n,\n\n\r\nb\n", [["a", "", ""], ["", ""], ["b"]]),
            ("\"\"\n", [[""]]),
            ("å,\u{1F3E0}\n", [["å", "\u{1F3E0}"]]),
            ("\u{FEFF}\u{FEFF}a\n", [["\u{FEFF}a"]]),
            ("", []), ("\n", []), ("\u{FEFF}", []),
        ])
    func rows(text: String, expected: [[String]]) throws {
        for size in 1...max(1, text.utf8.count) {
            let rows = try Self.parse(Array(text.utf8), chunk: size)
            #expect(rows.map { $0.fields.map { String(decoding: $0, as: UTF8.self) } } == expected, "chunks of \(size)")
        }
    }

    @Test("a row's line is the one on which it begins, behind line breaks in fields")
    func lines() throws {
        let rows = try Self.parse(Array("a\r\n\"b\nb\r\nb\",c\r\n\r\nd\n".utf8), chunk: 3)
        #expect(rows.map(\.line) == [1, 2, 6])
    }

    @Test(
        "what RFC 4180 does not allow is an error with its line",
        arguments: [
            ("a\nb,\"c", 2), ("a\nb\"c\n", 2), ("a\n\"b\"c\n", 2), ("a\rb\n", 1), ("a\nb\r", 2),
            ("a\n\"b\n\nc\"d\n", 4),
        ])
    func malformed(text: String, line: Int) {
        let problem = #expect(throws: CSVFormProblem.self) { try Self.parse(Array(text.utf8), chunk: 2) }
        #expect(problem?.line == line)
    }

    @Test("a row that never ends is not read into memory")
    func endless() {
        let text = "a\n\"" + String(repeating: "x", count: CSVParser.maximumRowBytes + 1)
        let problem = #expect(throws: CSVFormProblem.self) { try Self.parse(Array(text.utf8), chunk: 1_000) }
        #expect(problem?.line == 2)
    }

    @Test("any bytes are read or refused")
    func anyBytes() {
        let seed = UInt64.random(in: .min ... .max)
        var state = seed
        let alphabet: [UInt8] = [0x22, 0x2C, 0x0D, 0x0A, 0xEF, 0xBB, 0xBF, 0x00, 0x61, 0xFF]
        for _ in 0..<2_000 {
            let bytes = (0..<12).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return alphabet[Int(state >> 33) % alphabet.count]
            }
            let whole = Result { try Self.parse(bytes, chunk: 12) }
            let cut = Result { try Self.parse(bytes, chunk: 1) }
            #expect((try? whole.get()) == (try? cut.get()), "seed \(seed)")
        }
    }

    private static func parse(_ bytes: [UInt8], chunk size: Int) throws -> [CSVRow] {
        var parser = CSVParser()
        var rows: [CSVRow] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            try parser.read(bytes[start..<min(start + size, bytes.count)]) { rows.append($0) }
        }
        try parser.finish { rows.append($0) }
        return rows
    }
}
