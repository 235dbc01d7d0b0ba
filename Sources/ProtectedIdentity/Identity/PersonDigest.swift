/// By what a person is remembered instead of a number: HMAC-SHA-256 over tenant, country and canonical number, under the
/// key whose id it carries.
///
/// Keyed, because a plain hash of so few numbers is undone by trying them all.
public struct PersonDigest: HashedByDigest, Comparable, Sendable {
    private let digest: TaggedDigest

    /// The digest as stores keep it: one byte with the length of the key's id, the id, 32 bytes.
    public var bytes: [UInt8] { digest.bytes }

    /// The last sixteen of these bytes.
    var last: SixteenBytes { digest.back }

    /// The last eight of them.
    public var digestBits: UInt64 { digest.digestBits }

    /// The id of the key that made it.
    public var keyID: String { digest.keyID }

    /// `KEYID:HEX`, as the audit log has it.
    public var text: String {
        "\(keyID):\(Hexadecimal.text(bytes.suffix(TaggedDigest.digestLength)))"
    }

    /// A digest read back from a store; fails where the bytes are none.
    public init?(bytes: [UInt8]) {
        guard let digest = TaggedDigest(bytes: bytes) else { return nil }
        self.digest = digest
    }

    init(_ number: PersonalIdentityNumber, tenant: TenantName, key: DigestKey) {
        var input = LengthPrefixed(label: "person")
        input.append(tenant.rawValue)
        input.append(number.country.rawValue)
        input.append(number.canonicalDigits)
        digest = TaggedDigest(key: key, input: input)
    }

    /// The digest of a contact's key, by which a person is remembered while the registry does not know the contact.
    init(_ contactID: ContactID, tenant: TenantName, key: DigestKey) {
        var input = LengthPrefixed(label: "contact")
        input.append(tenant.rawValue)
        input.append(contactID.rawValue)
        digest = TaggedDigest(key: key, input: input)
    }

    /// The bytes with which ``bytes`` of every digest under that key begin, to count what still bears a key.
    public static func prefix(keyID: String) -> [UInt8] {
        TaggedDigest.prefix(keyID: keyID)
    }

    /// Order of the bytes: rows are locked in it by every worker alike.
    public static func < (left: Self, right: Self) -> Bool {
        left.digest < right.digest
    }
}

extension DigestKeyring {
    /// The digests by which the number's bearer may be remembered, that of the writing key first.
    public func digests(of number: PersonalIdentityNumber, tenant: TenantName) -> [PersonDigest] {
        keys.map { PersonDigest(number, tenant: tenant, key: $0) }
    }
}

extension PersonDigest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key's id, not the digest: whoever has the key undoes it.
    public var description: String { "‹person under \(keyID)›" }

    /// The key's id.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
