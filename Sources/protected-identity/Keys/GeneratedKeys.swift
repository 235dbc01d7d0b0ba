import Crypto
import Foundation
import ProtectedIdentity

/// A fresh key of the digests.
struct GeneratedDigestKey {
    /// By which rows will name it.
    let id: String
    private let key = SymmetricKey(size: .bits256)

    /// Nil where the id is none.
    init?(id: String) {
        guard DigestKey(id: id, key: key) != nil else { return nil }
        self.id = id
    }

    /// An id that tells the day, such as `k20261123`, so that keys sort by age.
    static func id(on day: Timestamp) -> String {
        "k" + day.description.prefix(10).filter { $0 != "-" }
    }

    /// `ID:BASE64`, as the configuration has it: a secret.
    func line() -> Secret {
        Secret("\(id):\(key.withUnsafeBytes { Data($0) }.base64EncodedString())")
    }
}

/// A fresh key pair of the quarantine, X25519 (RFC 7748).
struct GeneratedQuarantineKeys {
    private let privateKey = Curve25519.KeyAgreement.PrivateKey()

    /// 32 bytes in Base64, as the configuration has it. No secret.
    var publicKey: String { privateKey.publicKey.rawRepresentation.base64EncodedString() }

    /// What sealed records say they were sealed to.
    var keyID: String { QuarantineSeal(to: privateKey.publicKey).keyID }

    /// PKCS #8 in PEM, as RFC 8410 has it for X25519: what `openssl pkey` reads.
    func pem() -> Secret {
        Secret(
            """
            -----BEGIN PRIVATE KEY-----
            \((PrivateKeyFile.header + privateKey.rawRepresentation).base64EncodedString())
            -----END PRIVATE KEY-----
            """)
    }
}
