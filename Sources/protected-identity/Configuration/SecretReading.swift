import Foundation

// Secrets, each written in place or in a file of its own.
extension ConfigurationReading {
    /// A secret from a key or from the file that another key names; nil where there is none, or none that can be read, which is
    /// noted.
    mutating func secret(_ inline: String, file inFile: String) -> Secret? {
        guard let written = text(inline) else { return secret(inFile: inFile) }
        if sources.value(of: inFile) != nil {
            problem(inFile, "\(inline) is set too", "Set one of the two")
            return nil
        }
        return Secret(written.text)
    }

    /// The secret in the file that a key names; nil where it names none, or none that can be read, which is noted.
    mutating func secret(inFile key: String) -> Secret? {
        guard let path = text(key) else { return nil }
        guard let data = FileHandle.contents(atPath: path.text) else {
            problem(key, "the file does not exist or cannot be read", "Name a readable file")
            return nil
        }
        warnIfShared(path.text, key: key)
        let secret = String(decoding: data, as: UTF8.self).trimming(while: \.isWhitespace)
        if secret.isEmpty { problem(key, "the file is empty", "Write the secret into it") }
        if secret.utf8.contains(0) { problem(key, "a zero byte stands in the file", "Write the secret as text") }
        return Secret(secret)
    }

    /// Notes that others may read a file with a secret.
    mutating func warnIfShared(_ path: String, key: String) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes?[.posixPermissions] as? NSNumber, mode.intValue & 0o077 != 0 else { return }
        warning(
            ConfigurationProblem(
                key: key, origin: sources.origin(of: key), problem: "others than its owner may read the file",
                advice: "Run: chmod 600 on it"))
    }

    /// Notes that a key is required where it is missing.
    mutating func require(_ key: String, because condition: String, _ example: String) {
        guard sources.value(of: key) == nil else { return }
        problem(key, "is required where \(condition)", "Write it, like \(example)")
    }
}
