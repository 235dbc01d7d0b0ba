import Testing

@testable import ProtectedIdentity

@Suite("JSON")
struct JSONTextTests {
    private func parse(_ text: String) -> JSONText? { JSONText(ArraySlice(text.utf8)) }

    private func string(_ text: String) -> String? {
        parse(text).flatMap { $0.string($0.value) }
    }

    @Test(
        "strings are read with all their escapes",
        arguments: [
            (#""""#, ""), (#""abc""#, "abc"), (#""å✓😀""#, "å✓😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u00e5\u2713\uD83D\ude00""#, "å✓😀"), (#""\u0000""#, "\u{0}"), (#""x\u0041y""#, "xAy"),
        ])
    func strings(text: String, value: String) {
        #expect(string(text) == value)
    }

    @Test(
        "values of every kind are read",
        arguments: [
            "null", "true", "false", "0", "-0", "-1.5e+10", "1E-2", "12.25", "[]", "{}", " [ 1 , \"a\" , { } ] ",
            "{\"a\":{\"b\":[null,true]},\"a\":2}", "\u{FEFF}{}", "\t\r\n 1\n", "1e999999999",
        ])
    func valid(text: String) {
        #expect(parse(text) != nil)
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", " ", "nul", "nulll", "True", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "NaN", "[1,]", "[1 2]",
            "[",
            "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":1}}", "1 2", "\"", "\"\\\"",
            "\"\\x\"",
            "\"\\u12\"", "\"\\u12G4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\ud800\\ud800\"",
            "\"line\nbreak\"", "\"tab\t\"", "{\"a\":1 /* no */}", "[\u{0}]", "]", "}", ":", ",",
        ])
    func invalid(text: String) {
        #expect(parse(text) == nil)
    }

    @Test("bytes that are no UTF-8 are refused, also in a string with escapes and in a name")
    func invalidText() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0x5C, 0x6E, 0xC3, 0x22], [0x7B, 0x22, 0xC0, 0x80, 0x22, 0x3A, 0x31, 0x7D],
            [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC3, 0x5C, 0x6E, 0xA5, 0x22], [0xFE, 0xFF, 0x00, 0x7B],
            [0x7B, 0x00, 0x7D, 0x00],
        ] { #expect(JSONText(bytes[...]) == nil) }
    }

    @Test("nesting has a limit, far from the end of the stack")
    func depth() {
        let limit = JSONText.maximumDepth
        #expect(parse(String(repeating: "[", count: limit) + String(repeating: "]", count: limit)) != nil)
        #expect(parse(String(repeating: "[", count: limit + 2) + String(repeating: "]", count: limit + 2)) == nil)
        #expect(parse(String(repeating: "[", count: 1_000_000)) == nil)
        #expect(parse(String(repeating: "{\"a\":", count: 100_000)) == nil)
    }

    @Test("members are told in their order, whatever they are and however their names are written")
    func members() throws {
        let text = try #require(parse(#" {"a":"x","\u0061":["y","\u007a"],"b":{"c":"no"},"b":null,"":[1]} "#))
        #expect(text.value.kind == .object)
        #expect(text.members.map { text.string($0.name) } == ["a", "a", "b", "b", ""])
        #expect(text.members.map(\.value.kind) == [.string, .array, .object, .null, .array])
        #expect(text.members.map { text.string($0.value) } == ["x", nil, nil, nil, nil])
        #expect(text.members.map { text.strings($0.value) } == [nil, ["y", "z"], nil, nil, nil])
        let inner = try #require(text.object(text.members[2].value))
        #expect(inner.members.map { inner.string($0.value) } == ["no"])
        #expect(text.object(text.members[0].value) == nil)
        #expect(parse(#"["a","b"]"#)?.members.isEmpty == true)
    }

    @Test("a text of JSON inside a string is no object")
    func objectInString() throws {
        let text = try #require(parse(#"{"data":"{}"}"#))
        #expect(text.object(text.members[0].value) == nil)
    }

    @Test("the name of each known member, and no other, is recognised by its bytes")
    func names() {
        func check<Name: DataMemberName & Equatable>(_ type: Name.Type) {
            for name in Name.allCases {
                #expect(Array(name.rawValue.utf8).withUnsafeBufferPointer(Name.named) == name)
                for other in [name.rawValue.uppercased(), name.rawValue + "x", String(name.rawValue.dropLast()) + "_"] {
                    #expect(Array(other.utf8).withUnsafeBufferPointer(Name.named) == nil)
                }
            }
            #expect(Set(Name.allCases.map(\.index)) == Set(0..<Name.allCases.count))
            #expect(Name.allCases.count <= 10)
        }
        check(StatusData.Name.self)
        check(CommandData.Name.self)
    }
}
