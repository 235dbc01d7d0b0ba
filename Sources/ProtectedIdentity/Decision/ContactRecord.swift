/// A contact's key: contact ids are unique within their tenant only.
public struct ContactKey: Hashable, Comparable, Sendable {
    /// Whose registry.
    public let tenant: TenantName
    /// The registry's own key.
    public let id: ContactID

    /// The contact `id` of `tenant`.
    public init(tenant: TenantName, id: ContactID) {
        self.tenant = tenant
        self.id = id
    }

    /// Hashes the id alone: few tenants give out the same ones, and those are told apart by being compared.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
    }

    /// By tenant, then by id: the order in which stores lock.
    public static func < (left: ContactKey, right: ContactKey) -> Bool {
        (left.tenant.rawValue, left.id.rawValue) < (right.tenant.rawValue, right.id.rawValue)
    }
}

/// How much of the mark of a protected identity a contact carries.
public enum ContactMark: Sendable, Hashable {
    /// Nothing says that it is protected.
    case absent
    /// The store remembers that it set the mark, and somebody has taken it off in the registry since.
    case takenOff
    /// The registry says so.
    case standing
}

/// What a decision needs to know of a contact. No name and no address: only whether there is one.
public struct ContactRecord: Sendable {
    /// Its key.
    public let key: ContactKey
    /// The country whose register its number is from.
    public let country: CountryCode
    /// The number as the registry has it, in whatever form.
    public let number: Sensitive<String>?
    /// The mark of a protected identity.
    public let mark: ContactMark
    /// Those of the fields to clear that hold something, in the contact or in a table that hangs on it.
    public let holding: Set<ClearableField>
    /// The person that it was remembered for.
    public let person: PersonID?
    /// When it is to be deleted, where that is scheduled.
    public let deletionNotBefore: Timestamp?

    /// What a store has loaded of a contact.
    public init(
        key: ContactKey, country: CountryCode, number: Sensitive<String>?, mark: ContactMark,
        holding: Set<ClearableField>, person: PersonID?, deletionNotBefore: Timestamp?
    ) {
        self.key = key
        self.country = country
        self.number = number
        self.mark = mark
        self.holding = holding
        self.person = person
        self.deletionNotBefore = deletionNotBefore
    }
}
