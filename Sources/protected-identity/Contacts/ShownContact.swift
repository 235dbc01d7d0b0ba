import ContactStore
import ProtectedIdentity

/// A contact as `contacts show` prints it: personal values masked, or revealed where that was asked for.
struct ShownContact: Encodable, Equatable {
    let tenant: String
    let contactId: String
    let country: String
    let isProtected: Bool
    let deletionNotBefore: String?
    /// By column of the CSV file; absent where the contact has none.
    let details: [String: String]

    /// Keeps out every personal value unless `reveals`.
    init(_ contact: RegistryContact, reveals: Bool) {
        tenant = contact.key.tenant.rawValue
        contactId = contact.key.id.rawValue
        country = contact.country.rawValue
        isProtected = contact.isProtected
        deletionNotBefore = contact.deletionNotBefore?.description
        var details: [String: String] = [:]
        for (name, field) in Self.columns {
            guard let value = contact.details[keyPath: field] else { continue }
            details[name] = reveals ? value.reveal() : Secret.mask
        }
        self.details = details
    }

    /// The lines for people.
    var lines: [String] {
        var table = TextTable("field", "value")
        table.add("tenant", tenant)
        table.add("contact_id", contactId)
        table.add("country", country)
        table.add("protected", isProtected ? "yes" : "no")
        table.add("deletion not before", deletionNotBefore ?? "-")
        for (name, _) in Self.columns { table.add(name, details[name] ?? "-") }
        return table.lines
    }

    private static var columns: [(name: String, field: KeyPath<RegistryContact.Details, Sensitive<String>?>)] {
        [
            ("number", \.number), ("first_name", \.firstName), ("last_name", \.lastName), ("care_of", \.careOf),
            ("street", \.street), ("postal_code", \.postalCode), ("city", \.city), ("email", \.email),
            ("phone", \.phone),
        ]
    }
}
