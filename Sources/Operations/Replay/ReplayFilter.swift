public import ProtectedIdentity
import Synchronization

/// Which events of a range are meant. What is not said does not matter; a record that cannot be read is meant where nothing is.
public struct ReplayFilter: Sendable {
    /// Whose contact registry.
    public var tenant: TenantName?
    /// Which country's register.
    public var country: CountryCode?
    /// How the event came about.
    public var origin: Origin?
    /// The event's id.
    public var eventID: String?
    /// The event's source.
    public var eventSource: String?
    /// The contact that the event names by its id.
    public var contactID: ContactID?
    /// A number that the event names, in any written form.
    public var number: NumberDigests?

    /// Everything.
    public init() {}

    /// Whether everything is meant.
    public var isEmpty: Bool {
        tenant == nil && country == nil && origin == nil && eventID == nil && eventSource == nil && contactID == nil
            && number == nil
    }

    func matches(_ record: IncomingRecord) -> Bool {
        guard !isEmpty else { return true }
        guard case .event(let event, let numbers) = record.content else { return false }
        return tenant.map { $0 == event.tenant } ?? true && country.map { $0 == event.country } ?? true
            && origin.map { $0 == event.origin } ?? true && eventID.map { $0 == event.identity.id } ?? true
            && eventSource.map { $0 == event.identity.source } ?? true
            && contactID.map { $0 == event.contactID } ?? true
            && number.map { $0.match(numbers, of: event.tenant) } ?? true
    }
}

/// A number as the digests under which tenants would know it: it is compared by nothing else.
public final class NumberDigests: Sendable {
    private let number: PersonalIdentityNumber
    private let keyring: DigestKeyring
    private let known = Mutex<[TenantName: Set<PersonDigest>]>([:])

    /// The digests of a number.
    public init(of number: PersonalIdentityNumber, keyring: DigestKeyring) {
        self.number = number
        self.keyring = keyring
    }

    /// What stands for the number where a request is to be known again: a digest under no tenant's name.
    var text: String {
        guard let nobody = TenantName(rawValue: "replay") else { return "" }
        return keyring.digests(of: number, tenant: nobody).first?.text ?? ""
    }

    func match(_ numbers: EventNumbers, of tenant: TenantName) -> Bool {
        let digests = known.withLock { known in
            if let digests = known[tenant] { return digests }
            let digests = Set(DigestedNumber(number, tenant: tenant, keyring: keyring).digests)
            known[tenant] = digests
            return digests
        }
        return numbers.usable.contains { !digests.isDisjoint(with: $0.digests) }
    }
}
