/// What a register says of a person.
public enum ProtectionStatus: String, Sendable, Hashable, CaseIterable {
    /// The person's identity is protected.
    case protected
    /// It is not, or no longer.
    case notProtected = "not-protected"
}

/// How the event came about.
public enum Origin: String, Sendable, Hashable, CaseIterable {
    /// A change notice on an existing customer.
    case monitoring
    /// The look-up made while onboarding a new one.
    case lookup
    /// An operator.
    case manual
}

/// One event `protected-identity.status.v1`: what a register says of one person, decoded and not yet judged.
public struct StatusEvent: Sendable, Hashable {
    /// The type of this event, and the only one that is read.
    public static let type = "protected-identity.status.v1"
    /// The same, to be compared with bytes.
    static let typeBytes: StaticString = "protected-identity.status.v1"

    /// How far ahead of the worker's clock a register's time may lie. A lift that lies farther is set aside.
    public static let clockTolerance = Duration.seconds(10 * 60)

    /// Who sent it, and under which id.
    public var identity: EventIdentity
    /// The `time` attribute: when the feed says it wrote the event. Absent where it is missing or no RFC 3339; nothing is
    /// decided by it.
    public var time: Timestamp?
    /// The W3C trace context to pass on, checked for its form.
    public var traceparent: String?
    /// Whose contact registry.
    public var tenant: TenantName
    /// What the register now says.
    public var status: ProtectionStatus
    /// How the event came about.
    public var origin: Origin
    /// Which register's rules hold.
    public var country: CountryCode
    /// When the register said so.
    public var observedAt: Timestamp
    /// The numbers as written, `personalIdentityNumber` first, at most 33.
    public var numbers: [Sensitive<String>]
    /// The registry's own key of the contact.
    public var contactID: ContactID?
    /// Whose word it is; empty where the event does not say. At most 128 bytes.
    public var registry: String
    /// The kind of protection, informational: any value means protected. Never leaves.
    public var protection: Sensitive<String>?
    /// How often the record came back from quarantine (header `quarantine-redrives`).
    public var redrives: Int

    /// An event put together by hand; `EventDecoder` makes them from records.
    public init(
        identity: EventIdentity, time: Timestamp? = nil, traceparent: String? = nil, tenant: TenantName,
        status: ProtectionStatus, origin: Origin, country: CountryCode, observedAt: Timestamp,
        numbers: [Sensitive<String>], contactID: ContactID? = nil, registry: String = "",
        protection: Sensitive<String>? = nil, redrives: Int = 0
    ) {
        self.identity = identity
        self.time = time
        self.traceparent = traceparent
        self.tenant = tenant
        self.status = status
        self.origin = origin
        self.country = country
        self.observedAt = observedAt
        self.numbers = numbers
        self.contactID = contactID
        self.registry = registry
        self.protection = protection
        self.redrives = redrives
    }
}

extension StatusEvent: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the person.
    public var description: String { "‹status event of \(tenant)›" }

    /// Nothing of the person.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
