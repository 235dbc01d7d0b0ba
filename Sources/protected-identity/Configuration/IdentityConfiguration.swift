import Foundation

/// The keys of the digests that are kept of numbers, as text; whoever makes digests parses them.
struct IdentityConfiguration: Sendable, Equatable {
    /// `ID:BASE64[,ID:BASE64…]`, the first one writes.
    var digestKeys: Secret

    /// Reads the section; nil where there is no usable key, which is noted.
    static func read(_ reading: inout ConfigurationReading) -> IdentityConfiguration? {
        let (inline, inFile) = ("identity.digestKeys", "identity.digestKeysFile")
        let how = "Make keys with: protected-identity keys generate"
        let (written, path) = (reading.text(inline), reading.text(inFile))
        switch (written, path) {
        case (nil, nil):
            reading.problem(inline, "is required, or \(inFile): without a key nothing is remembered safely", how)
            return nil
        case (_?, _?):
            reading.problem(inFile, "\(inline) is set too", "Set one of the two")
            return nil
        case (let written?, nil):
            return parse(written.text, key: inline, &reading)
        case (nil, let path?):
            guard let data = FileHandle.contents(atPath: path.text) else {
                reading.problem(inFile, "the file does not exist or cannot be read", "Name a readable file")
                return nil
            }
            reading.warnIfShared(path.text, key: inFile)
            return parse(String(decoding: data, as: UTF8.self), key: inFile, &reading)
        }
    }

    /// Checks the form of each entry, without ever quoting one.
    private static func parse(_ text: String, key: String, _ reading: inout ConfigurationReading)
        -> IdentityConfiguration?
    {
        let entries = text.split { $0 == "," || $0.isNewline }.map { $0.trimming(while: \.isWhitespace) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        var identifiers: Set<String> = []
        var wrong = entries.isEmpty ? ["holds no key"] : []
        for (index, entry) in entries.enumerated() {
            let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, isKeyID(parts[0]), let bytes = Data(base64Encoded: String(parts[1])) else {
                wrong.append("entry \(index + 1) is not ID:BASE64")
                continue
            }
            // RFC 2104, section 3: keys shorter than the hash's output weaken HMAC.
            if bytes.count < 32 { wrong.append("entry \(index + 1) has \(bytes.count) bytes, 32 are the least") }
            if !identifiers.insert(String(parts[0])).inserted {
                wrong.append("entry \(index + 1) has an ID that came before")
            }
        }
        guard wrong.isEmpty else {
            reading.problem(
                key, wrong.joined(separator: "; "), "Write ID:BASE64[,ID:BASE64…], as keys generate prints it")
            return nil
        }
        return IdentityConfiguration(digestKeys: Secret(entries.joined(separator: ",")))
    }

    /// 1 to 16 letters, digits, hyphens or underscores.
    private static func isKeyID(_ text: Substring) -> Bool {
        (1...16).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }
}
