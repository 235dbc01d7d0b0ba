/// An operator's own word about one person, said as a feed says it, with origin `manual`.
public struct OperatorEvent: Sendable {
    /// The `source` of all of them.
    public static let source = "/protected-identity/operator"

    /// The operators' own register, for which they speak unless they say another: a feed that names none has its own, and its
    /// word is the feed's to take back.
    public static let ownRegister = "operator"

    /// Its id under ``source``.
    public let id: String
    /// What is said.
    public let status: ProtectionStatus
    /// Whose contacts.
    public let tenant: TenantName
    /// Whose number it is.
    public let country: CountryCode
    /// For which register it stands: its word takes the place of that register's earlier ones, and of no other's.
    public let registry: String
    /// When.
    public let observedAt: Timestamp
    private let number: DigestedNumber?
    private let contactID: ContactID?

    /// A word about whoever bears a number or is a contact; nil where neither is given.
    public init?(
        id: String, status: ProtectionStatus, tenant: TenantName, country: CountryCode,
        registry: String = ownRegister, observedAt: Timestamp, number: DigestedNumber?, contactID: ContactID?
    ) {
        guard number != nil || contactID != nil else { return nil }
        self.id = id
        self.status = status
        self.tenant = tenant
        self.country = country
        self.registry = registry
        self.observedAt = observedAt
        self.number = number
        self.contactID = contactID
    }

    /// The record's key: the same for each word about one person, and no number.
    public var key: [UInt8] {
        if let contactID { return Array(contactID.rawValue.utf8) }
        return Array((number?.digests.first?.text ?? id).utf8)
    }

    /// The headers of CloudEvents in binary mode.
    public var headers: [(String, [UInt8])] {
        [
            ("ce_specversion", "1.0"), ("ce_id", id), ("ce_source", Self.source), ("ce_type", StatusEvent.type),
            ("ce_time", observedAt.description), ("content-type", "application/json"),
        ].map { ($0.0, Array($0.1.utf8)) }
    }

    /// The data as JSON: for the events topic alone, since it holds the number.
    public var value: [UInt8] {
        var json = JSONWriter()
        json.member("tenant", tenant.rawValue)
        json.member("status", status.rawValue)
        json.member("origin", Origin.manual.rawValue)
        json.member("country", country.rawValue)
        json.member("observedAt", observedAt)
        if let number { json.member("personalIdentityNumber", number.number.canonical.reveal()) }
        if let contactID { json.member("contactId", contactID.rawValue) }
        json.member("registry", registry)
        return json.finished()
    }
}

extension OperatorEvent: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nobody's name.
    public var description: String { "‹operator's event›" }

    /// Nobody's name.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
