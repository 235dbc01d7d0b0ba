import Foundation

extension StandardStreams {
    /// Writes a result as JSON: keys sorted, so that two runs can be compared.
    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try printResult(String(decoding: encoder.encode(value), as: UTF8.self))
    }
}
