/// Why a record was set aside. The set is closed: it is part of the contract, of metrics and of alerts.
public enum QuarantineReason: String, Sendable, Hashable, CaseIterable {
    /// The bytes are no text, no JSON, or of another content type.
    case undecodable
    /// A required CloudEvents attribute is missing, malformed or given twice.
    case invalidEnvelope = "invalid-envelope"
    /// A CloudEvent of a type that this worker does not read.
    case unknownType = "unknown-type"
    /// A required member of the data is missing or malformed.
    case invalidData = "invalid-data"
    /// The number is none of its country, and there is no `contactId`.
    case malformedNumber = "malformed-number"
    /// The number is one in form and in no register, and there is no `contactId`.
    case unsupportedNumber = "unsupported-number"
    /// The `contactId` and the number belong to two contacts with different numbers.
    case ambiguousIdentity = "ambiguous-identity"
    /// A stored short form fits two centuries.
    case ambiguousMatch = "ambiguous-match"
    /// Tenants are configured, and this is none of them.
    case unknownTenant = "unknown-tenant"
    /// *Not protected*, observed further ahead of the clock than clocks differ.
    case implausibleTime = "implausible-time"
    /// An identity that was seen before, with other data.
    case identityReused = "identity-reused"
    /// The store refuses this record for good.
    case refusedByStore = "refused-by-store"
    /// The value is larger than the worker reads.
    case tooLarge = "too-large"
    /// A notice whose contact has something on file that is no e-mail address.
    case invalidAddress = "invalid-address"
    /// A notice that was refused for good: by the mail server, or by the receiver of the webhook.
    case undeliverable
    /// A notice that was put off again and again, for longer than is tried.
    case undelivered
}
