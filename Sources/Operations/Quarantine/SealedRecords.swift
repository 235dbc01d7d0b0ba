public import Crypto
public import ProtectedIdentity

/// Opens what was sealed, and tells the audit log before it does.
public struct SealedRecords: Sendable {
    private let privateKey: Curve25519.KeyAgreement.PrivateKey
    /// The id of the key that records have to be sealed to.
    public let keyID: String
    private let trail: any AuditTrail
    private let entry: @Sendable () -> AuditEntry

    /// A private key in the hands of somebody who is written down.
    ///
    /// - Parameter entry: what the audit log is told, but for the coordinates.
    public init(
        privateKey: Curve25519.KeyAgreement.PrivateKey, trail: any AuditTrail,
        entry: @escaping @Sendable () -> AuditEntry
    ) {
        self.privateKey = privateKey
        keyID = QuarantineSeal(to: privateKey.publicKey).keyID
        self.trail = trail
        self.entry = entry
    }

    /// Whether records may be opened with this key at all.
    public func fits(_ entry: QuarantineEntry) -> Bool {
        entry.headers.keyID == nil || entry.headers.keyID == keyID
    }

    /// The records in the order of the entries: each opened, or why it is not.
    ///
    /// - Throws: ``AuditFailure``; then nothing was opened.
    public func open(
        _ entries: [QuarantineEntry]
    ) throws(AuditFailure) -> [Result<OriginalRecord, UnopenedRecord>] {
        try trail.record(
            entries.filter(fits).map { opened in
                var line = entry()
                line.coordinates = opened.original.description
                return line
            })
        return entries.map { entry in
            guard let sealed = entry.sealed else { return .failure(.notSealed) }
            guard fits(entry) else { return .failure(.sealedToAnother(keyID: entry.headers.keyID ?? "?")) }
            do {
                return .success(try QuarantineSeal.open(sealed, at: entry.original, with: privateKey))
            } catch {
                return .failure(.damaged)
            }
        }
    }
}

/// Why a record stays closed.
public enum UnopenedRecord: Error, Hashable, Sendable {
    /// The quarantine holds its coordinates alone.
    case notSealed
    /// It was sealed to another key.
    case sealedToAnother(keyID: String)
    /// Its bytes are not what was sealed at these coordinates: changed, moved, or cut.
    case damaged
}
