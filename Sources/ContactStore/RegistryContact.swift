public import ProtectedIdentity

/// A contact as the embedded registries hold it, for import, display and tests. Decisions never see it.
///
/// Nothing personal in it can be printed: every value of the person is ``Sensitive``.
public struct RegistryContact: Hashable, Sendable {
    /// The person's details, each of them optional; an empty text counts as absent.
    public struct Details: Hashable, Sendable {
        /// The personal identity number, in whatever form the registry writes it.
        public var number: Sensitive<String>?
        /// Given names.
        public var firstName: Sensitive<String>?
        /// Family name.
        public var lastName: Sensitive<String>?
        /// Care of.
        public var careOf: Sensitive<String>?
        /// Street and house.
        public var street: Sensitive<String>?
        /// Postal code.
        public var postalCode: Sensitive<String>?
        /// Postal town.
        public var city: Sensitive<String>?
        /// E-mail address; stays when the rest is cleared, since the notice goes there.
        public var email: Sensitive<String>?
        /// Telephone; stays likewise.
        public var phone: Sensitive<String>?

        /// No details.
        public init() {}
    }

    /// Its key.
    public let key: ContactKey
    /// The country whose register its number is from.
    public let country: CountryCode
    /// The person's details.
    public var details: Details
    /// Whether it carries the mark of a protected identity.
    public var isProtected: Bool
    /// When it may be deleted, where that is scheduled.
    public var deletionNotBefore: Timestamp?

    /// A contact of a registry.
    public init(
        key: ContactKey, country: CountryCode, details: Details = Details(), isProtected: Bool = false,
        deletionNotBefore: Timestamp? = nil
    ) {
        self.key = key
        self.country = country
        self.details = details
        self.isProtected = isProtected
        self.deletionNotBefore = deletionNotBefore
    }
}

extension RegistryContact.Details {
    /// Which of the fields to clear hold something.
    public var holding: Set<ClearableField> {
        var fields: Set<ClearableField> = []
        if Self.holds(number) { fields.insert(.personalIdentityNumber) }
        if [firstName, lastName].contains(where: Self.holds) { fields.insert(.name) }
        if [careOf, street, postalCode, city].contains(where: Self.holds) { fields.insert(.address) }
        return fields
    }

    /// The details that stay when the person's identity becomes protected.
    public var cleared: Self {
        var rest = Self()
        rest.email = email
        rest.phone = phone
        return rest
    }

    private static func holds(_ value: Sensitive<String>?) -> Bool {
        value?.reveal().isEmpty == false
    }
}
