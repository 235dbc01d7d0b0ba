/// What `keys generate` prints: the lines of the configuration, and where the secrets went.
struct KeysReport: Encodable, Equatable {
    /// The key of the digests.
    struct Digest: Encodable, Equatable {
        let id: String
        /// Where `ID:BASE64` was written.
        let file: String?
        /// `ID:BASE64` itself, where it was asked for.
        let key: String?
    }

    /// The key pair of the quarantine.
    struct Quarantine: Encodable, Equatable {
        let keyId: String
        let publicKey: String
        /// Where the private key was written.
        let privateKeyFile: String?
        /// The private key itself, in PEM, where it was asked for.
        let privateKey: String?
    }

    var digest: Digest?
    var quarantine: Quarantine?

    /// YAML to be pasted into the configuration; all else in it is a comment.
    var yaml: String {
        var lines: [String] = []
        if let digest {
            lines += [
                "# Key \(digest.id) of the digests: back it up, never beside the database.",
                "# To rotate, put the new key before the old ones; `check` tells when an old one may go.",
                "identity:",
            ]
            if let file = digest.file { lines.append("  digestKeysFile: \(Self.quoted(file))") }
            if let key = digest.key { lines.append("  digestKeys: \(Self.quoted(key))") }
        }
        if let quarantine {
            lines.append(
                "# The worker seals with the public key \(quarantine.keyId). It must not have the private one:")
            if let file = quarantine.privateKeyFile {
                lines.append("# move \(file) to where quarantined records will be read.")
            }
            if let key = quarantine.privateKey {
                lines += ["# keep this where quarantined records will be read."]
                lines += key.split(separator: "\n").map { "#   \($0)" }
            }
            lines += ["quarantine:", "  publicKey: \(Self.quoted(quarantine.publicKey))"]
        }
        return lines.joined(separator: "\n")
    }

    /// A YAML scalar in single quotes, which may hold anything but a line break.
    private static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }
}
