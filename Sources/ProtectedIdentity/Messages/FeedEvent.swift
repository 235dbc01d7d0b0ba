/// What a register's file says of one person, as an event: the same one however often the file is fed.
public struct FeedEvent: Sendable {
    /// What an event says.
    public struct Content: Sendable {
        /// Whose contacts.
        public var tenant: TenantName
        /// What the register says.
        public var status: ProtectionStatus
        /// How it came about.
        public var origin: Origin
        /// Which register's rules hold.
        public var country: Country
        /// When the register said so.
        public var observedAt: Timestamp
        /// The person's numbers, the present one first.
        public var numbers: [PersonalIdentityNumber]
        /// The contact registry's own key.
        public var contactID: ContactID?
        /// Whose word it is.
        public var registry: String?
        /// The kind of protection.
        public var protection: Sensitive<String>?

        /// Says this.
        public init(
            tenant: TenantName, status: ProtectionStatus, origin: Origin, country: Country, observedAt: Timestamp,
            numbers: [PersonalIdentityNumber], contactID: ContactID? = nil, registry: String? = nil,
            protection: Sensitive<String>? = nil
        ) {
            self.tenant = tenant
            self.status = status
            self.origin = origin
            self.country = country
            self.observedAt = observedAt
            self.numbers = numbers
            self.contactID = contactID
            self.registry = registry
            self.protection = protection
        }
    }

    /// The record's key: a keyed digest of the person, the same for each word about them.
    public let key: [UInt8]
    /// The headers of CloudEvents in binary mode.
    public let headers: [(String, [UInt8])]
    /// The data as JSON: for the events topic alone, since it holds the number.
    public let value: [UInt8]

    /// An event of a feed; nil where it names nobody.
    ///
    /// Its id is drawn from all that it says, under the keyring's writing key: nobody without that key can try numbers against
    /// it, and the same words have the same id as long as the key writes.
    ///
    /// - Parameter format: the file's kind, of which the `source` is made: `/protected-identity/feed/spar`.
    public init?(_ content: Content, format: String, keyring: DigestKeyring) {
        let key = keyring.writing
        guard
            let person = content.numbers.first.map({ PersonDigest($0, tenant: content.tenant, key: key) })
                ?? content.contactID.map({ PersonDigest($0, tenant: content.tenant, key: key) })
        else { return nil }
        self.key = Array(person.text.utf8)
        value = Self.data(content)
        let source = "/protected-identity/feed/\(format)"
        var said = LengthPrefixed(label: "feed")
        said.append(source)
        said.append(value)
        let id = UUIDv5(ofMessage: ["feed", Hexadecimal.text(key.authenticationCode(for: said))])
        headers =
            CloudEventEnvelope(
                id: id, source: source, type: StatusEvent.type, time: content.observedAt, traceparent: nil
            ).headers
    }

    private static func data(_ content: Content) -> [UInt8] {
        var json = JSONWriter()
        json.member("tenant", content.tenant.rawValue)
        json.member("status", content.status.rawValue)
        json.member("origin", content.origin.rawValue)
        json.member("country", content.country.rawValue)
        json.member("observedAt", content.observedAt)
        if let number = content.numbers.first { json.member("personalIdentityNumber", number.canonical.reveal()) }
        if content.numbers.count > 1 {
            json.member("otherPersonalIdentityNumbers", content.numbers.dropFirst().map { $0.canonical.reveal() })
        }
        if let contactID = content.contactID { json.member("contactId", contactID.rawValue) }
        if let registry = content.registry { json.member("registry", registry) }
        if let protection = content.protection { json.member("protection", protection.reveal()) }
        return json.finished()
    }
}

extension FeedEvent: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nobody's name.
    public var description: String { "‹feed's event›" }

    /// Nobody's name.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
