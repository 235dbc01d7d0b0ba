import Foundation
import Testing

@testable import ProtectedIdentity

@Suite("Decoding anything")
struct DecoderFuzzTests {
    /// How many inputs are tried; `FUZZ_ITERATIONS` sets another number, `FUZZ_SEED` repeats a run.
    private static let iterations = setting("FUZZ_ITERATIONS") ?? 20_000
    private static let seed = setting("FUZZ_SEED").map { UInt64($0) } ?? UInt64.random(in: 0...UInt64(Int.max))

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    @Test("random and mutated records are decided, each of them, and without a crash")
    func fuzz() {
        print("decoder fuzzing: FUZZ_SEED=\(Self.seed) FUZZ_ITERATIONS=\(Self.iterations)")
        var random = SeededGenerator(seed: Self.seed)
        let decoder = EventDecoder(maximumBytes: 4_096)
        var counts: [String: Int] = [:]
        for _ in 0..<Self.iterations {
            let input = Self.input(&random)
            switch decoder.decode(input) {
            case .event(let event, _):
                counts["event", default: 0] += 1
                let isSound = !event.numbers.isEmpty || event.contactID != nil
                #expect(isSound, "seed \(Self.seed)")
                for number in event.numbers { Self.parse(number.reveal()) }
            case .command:
                Issue.record("a command among what registers say; seed \(Self.seed)")
            case .refused(let reason, _, _):
                counts[reason.rawValue, default: 0] += 1
            }
        }
        let decided = counts.values.reduce(0, +)
        #expect(decided == Self.iterations, "seed \(Self.seed)")
        // The mutations must reach deep, or the test shows nothing.
        if Self.iterations >= 20_000 {
            for outcome in ["event", "undecodable", "invalid-envelope", "unknown-type", "invalid-data", "too-large"] {
                #expect(counts[outcome, default: 0] > 0, "seed \(Self.seed): no \(outcome)")
            }
        }
    }

    @Test("random texts are numbers or none, without a crash")
    func numbers() {
        var random = SeededGenerator(seed: Self.seed)
        let alphabet = Array("0123456789+- TKabZ\n٣é".unicodeScalars)
        for _ in 0..<Self.iterations {
            var text = ""
            for _ in 0..<Int.random(in: 0...16, using: &random) {
                text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            Self.parse(text)
        }
    }

    private static func parse(_ text: String) {
        for country in Country.allCases {
            guard let number = try? PersonalIdentityNumber.parse(text, country: country, today: testDay) else {
                continue
            }
            let isSame = number.match(stored: text, country: country, today: testDay) != .other
            #expect(isSame, "seed \(seed)")
        }
    }

    private static let structuredHeaders: [(String, String?)] = [("content-type", "application/cloudevents+json")]
    private static let structuredValue = """
        {"specversion":"1.0","id":"e-1","source":"/x","type":"protected-identity.status.v1","data":\(exampleData)}
        """
    private static let fragments = [
        "\"", "\\", "\\u", "\\ud800", "{", "}", "[", "]", ":", ",", "null", "1e9", "\u{0}", "protected",
        "not-protected",
        "\"status\":", "\"data\":", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "é", "T", "Z", "+", "00",
        "\"contactId\":\"c\",",
    ].map { Array($0.utf8) }

    private static func input(_ random: inout SeededGenerator) -> RawRecord {
        let style = Int.random(in: 0..<10, using: &random)
        if style == 0 { return noise(&random) }
        var raw =
            style < 7 ? record(binaryHeaders, exampleData) : record(structuredHeaders, structuredValue)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            if Int.random(in: 0..<3, using: &random) == 0 {
                mutateHeaders(&raw, &random)
            } else {
                var value = Array(raw.value ?? [])
                mutate(&value, &random)
                raw.value = value[...]
            }
        }
        if Int.random(in: 0..<50, using: &random) == 0 { raw.value = nil }
        return raw
    }

    private static func noise(_ random: inout SeededGenerator) -> RawRecord {
        func bytes(_ limit: Int) -> [UInt8] {
            (0..<Int.random(in: 0...limit, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        let headers = (0..<Int.random(in: 0...4, using: &random)).map { _ in (bytes(12)[...], Optional(bytes(12)[...]))
        }
        return RawRecord(headers: headers, value: bytes(64)[...])
    }

    private static func mutateHeaders(_ raw: inout RawRecord, _ random: inout SeededGenerator) {
        guard let index = raw.headers.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: raw.headers.remove(at: index)
        case 1: raw.headers.append(raw.headers[index])
        case 2: raw.headers[index].value = nil
        default:
            var value = Array(raw.headers[index].value ?? [])
            mutate(&value, &random)
            raw.headers[index].value = value[...]
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let position = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0 where position < bytes.count: bytes[position] = .random(in: 0...255, using: &random)
        case 1 where position < bytes.count: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(position...)
        case 3:
            let end = min(bytes.count, position + Int.random(in: 1...20, using: &random))
            bytes.removeSubrange(position..<end)
        case 4:
            let end = min(bytes.count, position + Int.random(in: 1...40, using: &random))
            bytes.insert(contentsOf: Array(bytes[position..<end]), at: position)
        case 5 where Int.random(in: 0..<20, using: &random) == 0:
            bytes.insert(contentsOf: [UInt8](repeating: 0x20, count: 5_000), at: position)
        default:
            let fragment = fragments[Int.random(in: 0..<fragments.count, using: &random)]
            bytes.insert(contentsOf: fragment, at: position)
        }
    }
}
