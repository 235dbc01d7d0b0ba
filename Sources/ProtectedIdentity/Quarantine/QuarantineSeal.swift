public import Crypto
import Foundation

/// Seals records to the operator's public key: HPKE (RFC 9180) in base mode with X25519, HKDF-SHA-256 and
/// ChaCha20-Poly1305, one encapsulation a record.
///
/// The worker can write the quarantine and not read it. A sealed record is a byte 1 for the format, the 32 bytes of the
/// encapsulated key, and the ciphertext; the additional authenticated data are the coordinates, so that a sealed record
/// cannot pass for another.
public struct QuarantineSeal: Sendable {
    private static let format: UInt8 = 1
    private static let encapsulatedBytes = 32
    private static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
    private static let info = Data("protected-identity quarantine 1".utf8)

    private let publicKey: Curve25519.KeyAgreement.PublicKey
    /// Eight hexadecimal digits of the SHA-256 of the public key: which private key opens what was sealed.
    public let keyID: String

    /// A seal to a public key.
    public init(to publicKey: Curve25519.KeyAgreement.PublicKey) {
        self.publicKey = publicKey
        keyID = SHA256.hash(data: publicKey.rawRepresentation).prefix(4).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    /// A seal to a public key of 32 bytes in Base64, as `keys generate` prints it.
    ///
    /// - Returns: `nil` where the text is no such key.
    public init?(publicKey text: String) {
        guard
            let data = Data(base64Encoded: text),
            let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: data)
        else { return nil }
        self.init(to: key)
    }

    /// The sealed record that stood at `coordinates`.
    ///
    /// - Throws: an error without a value in it; what cannot be sealed must not be written.
    public func seal(_ record: OriginalRecord, at coordinates: RecordCoordinates) throws -> [UInt8] {
        var sender = try HPKE.Sender(recipientKey: publicKey, ciphersuite: Self.suite, info: Self.info)
        let sealed = try sender.seal(record.encoded(), authenticating: Data(coordinates.description.utf8))
        return [Self.format] + sender.encapsulatedKey + sealed
    }

    /// The record that was sealed at `coordinates`.
    ///
    /// - Throws: where the bytes were sealed to another key, for other coordinates, or are not what was sealed.
    public static func open(
        _ sealed: some Collection<UInt8>, at coordinates: RecordCoordinates,
        with privateKey: Curve25519.KeyAgreement.PrivateKey
    ) throws -> OriginalRecord {
        guard sealed.first == format, sealed.count > 1 + encapsulatedBytes else {
            throw QuarantineSealError.unknownFormat
        }
        let body = sealed.dropFirst()
        var recipient = try HPKE.Recipient(
            privateKey: privateKey, ciphersuite: suite, info: info,
            encapsulatedKey: Data(body.prefix(encapsulatedBytes)))
        let opened = try recipient.open(
            Data(body.dropFirst(encapsulatedBytes)), authenticating: Data(coordinates.description.utf8))
        return try OriginalRecord(decoding: opened)
    }
}

/// Why a sealed record cannot be opened, besides what HPKE itself says.
public enum QuarantineSealError: Error, Sendable {
    /// The bytes do not begin as a sealed record does.
    case unknownFormat
}
