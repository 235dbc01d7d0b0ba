import ArgumentParser

/// The keys that the worker needs.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Digest keys and the quarantine's key pair.",
        subcommands: [KeysGenerateCommand.self])
}

/// Makes new keys and prints the lines of the configuration that name them.
struct KeysGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make new keys, and print the lines of the configuration for them.",
        discussion: """
            A secret goes to a file that its owner alone can read (mode 0600). A file that exists is never overwritten. \
            Only the keys for which a file is named are made; --print-secrets makes both, and prints on standard output \
            those for which no file is named. What is printed is YAML that can be pasted into the configuration.

            protected-identity keys generate --digest-keys digest.keys --private-key quarantine.pem
            """)

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write a digest key, 32 random bytes, to this new file, as ID:BASE64.", valueName: "file"),
        completion: .file())
    var digestKeys: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write the quarantine's private key (X25519) to this new file, in PEM (PKCS #8, RFC 8410).",
            valueName: "file"),
        completion: .file())
    var privateKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The digest key's id: 1 to 16 letters, digits, - or _.", discussion: "By default the day, like k20261123."))
    var id: String?

    @Flag(name: .long, help: "Print the secrets for which no file is named; mind the terminal's history and logs.")
    var printSecrets = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard digestKeys != nil || privateKey != nil || printSecrets else {
            throw ValidationError(
                "nothing says where the secrets go; name files with --digest-keys and --private-key, or --print-secrets"
            )
        }
        if let digestKeys, digestKeys == privateKey {
            throw ValidationError(
                "--digest-keys and --private-key need a file each: the worker must not have the latter")
        }
        if let id, GeneratedDigestKey(id: id) == nil {
            throw ValidationError("--id has to be 1 to 16 letters, digits, hyphens or underscores")
        }
    }

    func run() throws {
        let report = try generate()
        switch output.output {
        case .table: try StandardStreams.printResult(report.yaml)
        case .json: try StandardStreams.printJSON(report)
        }
    }

    /// Makes the keys. Where something fails none of the files stays.
    func generate() throws(CommandFailure) -> KeysReport {
        var digestFile = try SecretFile.optional(digestKeys)
        var privateFile = try SecretFile.optional(privateKey)
        var report = KeysReport()
        if digestKeys != nil || printSecrets {
            guard let key = GeneratedDigestKey(id: id ?? GeneratedDigestKey.id(on: WallClock.now())) else {
                throw CommandFailure(.usage, "--id has to be 1 to 16 letters, digits, hyphens or underscores")
            }
            try digestFile?.write(key.line())
            let printed = digestKeys == nil ? key.line().reveal() : nil
            report.digest = .init(id: key.id, file: digestFile?.path, key: printed)
        }
        if privateKey != nil || printSecrets {
            let keys = GeneratedQuarantineKeys()
            try privateFile?.write(keys.pem())
            report.quarantine = .init(
                keyId: keys.keyID, publicKey: keys.publicKey, privateKeyFile: privateFile?.path,
                privateKey: privateKey == nil ? keys.pem().reveal() : nil)
        }
        digestFile?.keep()
        privateFile?.keep()
        return report
    }
}

extension SecretFile {
    /// The file where one is named.
    fileprivate static func optional(_ path: String?) throws(CommandFailure) -> SecretFile? {
        guard let path else { return nil }
        return try SecretFile(creating: path)
    }
}
