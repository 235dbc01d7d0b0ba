/// Puts a keyed pseudonym in place of every upstream string that would carry a number out.
///
/// The whole string is replaced, not only the digits: what stands around them (a birthday, a name) is often as telling.
/// The same string has the same pseudonym as long as the writing key stays.
public struct Pseudonymiser: Sendable {
    /// How every pseudonym begins.
    static let prefix = "pseudonym-"

    private let keyring: DigestKeyring

    /// A pseudonymiser under the ring's writing key.
    public init(keyring: DigestKeyring) {
        self.keyring = keyring
    }

    /// What may be published of an event.
    public func reference(for event: StatusEvent, traces: NumberTraces) -> EventReference {
        reference(for: event.identity, traceparent: event.traceparent, traces: traces)
    }

    /// What may be published of an identity. A trace context that holds a number by chance or malice is left out.
    public func reference(for identity: EventIdentity, traceparent: String?, traces: NumberTraces) -> EventReference {
        EventReference(
            source: published(identity.source, traces: traces), id: published(identity.id, traces: traces),
            traceparent: traceparent.flatMap { traces.areIn($0) ? nil : $0 })
    }

    /// What may be published of a contact's key.
    public func published(_ contactID: ContactID, traces: NumberTraces) -> ContactID {
        guard isTelling(contactID.rawValue, traces) else { return contactID }
        return ContactID(pseudonym: Self.pseudonym(of: contactID.rawValue, key: keyring.writing))
    }

    /// What may be published of a string from upstream.
    public func published(_ text: String, traces: NumberTraces) -> String {
        isTelling(text, traces) ? Self.pseudonym(of: text, key: keyring.writing) : text
    }

    /// Whether a text holds one of the numbers, or plainly somebody else's.
    private func isTelling(_ text: String, _ traces: NumberTraces) -> Bool {
        traces.areIn(text) || UnmistakableNumber.stands(in: text)
    }

    static func pseudonym(of text: String, key: DigestKey) -> String {
        var input = LengthPrefixed(label: "pseudonym")
        input.append(text)
        return prefix + Hexadecimal.text(key.authenticationCode(for: input).prefix(16))
    }
}
