import ArgumentParser
import CDispatch  // Where Swift on Linux has C types of the system that more than one module declares.
import Crypto
import Foundation

/// The file with the quarantine's private key: PKCS #8 in PEM (RFC 8410), as `keys generate` writes it.
struct PrivateKeyFile {
    /// SEQUENCE { INTEGER 0, SEQUENCE { OID 1.3.101.110 }, OCTET STRING { OCTET STRING of 32 bytes } }
    static let header = Data([
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x6E, 0x04, 0x22, 0x04, 0x20,
    ])
    private static let mostBytes = 10_000

    /// Reads the key, unless others may read it too.
    static func read(_ path: String) throws(CommandFailure) -> Curve25519.KeyAgreement.PrivateKey {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code: ExitCode = errno == EACCES ? .noPermission : .noInput
            throw CommandFailure(
                code,
                "\(path): the private key cannot be read (\(String(cString: strerror(errno)))); name its file with "
                    + "--private-key")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure(.noInput, "\(path): is no file; name that of the private key with --private-key")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw CommandFailure(
                .noPermission,
                "\(path): others than its owner may read the private key, so it is not used. Run: chmod 600, and consider who "
                    + "may have read it")
        }
        guard let data = try? file.read(upToCount: mostBytes), let key = key(String(decoding: data, as: UTF8.self))
        else {
            throw CommandFailure(
                .data,
                "\(path): holds no X25519 private key in PEM (PKCS #8, RFC 8410), as keys generate --private-key writes it"
            )
        }
        return key
    }

    private static func key(_ pem: String) -> Curve25519.KeyAgreement.PrivateKey? {
        let lines = pem.split(whereSeparator: \.isNewline).map { $0.trimming(while: \.isWhitespace) }
        guard let begin = lines.firstIndex(of: "-----BEGIN PRIVATE KEY-----"),
            let end = lines.firstIndex(of: "-----END PRIVATE KEY-----"), begin < end,
            let der = Data(base64Encoded: lines[(begin + 1)..<end].joined()), der.starts(with: header)
        else { return nil }
        return try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: der.dropFirst(header.count))
    }
}

/// The private key, where a command may need it.
struct PrivateKeyOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The quarantine's private key, in a file that its owner alone may read.", valueName: "file"),
        completion: .file())
    var privateKey: String?
}
