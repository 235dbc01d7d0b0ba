/// The data of a status event, member by member. Unknown members are ignored.
struct StatusData {
    /// The members that are known; all that an event says is in them.
    enum Name: String, CaseIterable, DataMemberName {
        case tenant
        case status
        case origin
        case country
        case observedAt
        case personalIdentityNumber
        case otherPersonalIdentityNumbers
        case contactId
        case registry
        case protection

        var index: Int {
            switch self {
            case .tenant: 0
            case .status: 1
            case .origin: 2
            case .country: 3
            case .observedAt: 4
            case .personalIdentityNumber: 5
            case .otherPersonalIdentityNumbers: 6
            case .contactId: 7
            case .registry: 8
            case .protection: 9
            }
        }

        var isList: Bool { self == .otherPersonalIdentityNumbers }
    }

    /// How many further numbers one event may name. A person has one or two.
    static let maximumOtherNumbers = 32
    /// The longest `registry`, in bytes.
    static let maximumRegistryBytes = 128

    private let members: DataMembers<Name>

    init(_ object: [(name: String, value: JSONValue)]) {
        members = DataMembers(object)
    }

    private subscript(name: Name) -> DataMembers<Name>.Member { members[name] }

    /// What it says, for digests.
    var content: ContentDigestInput { members.content }

    /// The event, where every member is as it must be.
    func event(identity: EventIdentity, time: Timestamp?, traceparent: String?, redrives: Int) -> StatusEvent? {
        guard let tenant = self[.tenant].text.flatMap(TenantName.init(rawValue:)),
            let status = self[.status].text.flatMap(ProtectionStatus.init(rawValue:)),
            let origin = self[.origin].text.flatMap(Origin.init(rawValue:)),
            let country = self[.country].text.flatMap(CountryCode.init(rawValue:)),
            let observedAt = self[.observedAt].text.flatMap({ Timestamp(rfc3339: $0) }),
            case .some(let contactID) = contactID, let registry, let numbers, contactID != nil || !numbers.isEmpty
        else { return nil }
        return StatusEvent(
            identity: identity, time: time, traceparent: traceparent, tenant: tenant, status: status, origin: origin,
            country: country, observedAt: observedAt, numbers: numbers, contactID: contactID, registry: registry,
            protection: self[.protection].text.map { Sensitive($0) }, redrives: redrives)
    }

    /// Nil where it is malformed, `.some(nil)` where it is absent.
    private var contactID: ContactID?? {
        switch self[.contactId] {
        case .absent: .some(nil)
        case .text(let text): ContactID(rawValue: text).map { .some($0) }
        case .texts, .malformed, .repeated: nil
        }
    }

    /// Nil where it is malformed, empty where it is absent.
    private var registry: String? {
        switch self[.registry] {
        case .absent: ""
        case .text(let text): text.utf8.count <= Self.maximumRegistryBytes && !text.utf8.contains(0) ? text : nil
        case .texts, .malformed, .repeated: nil
        }
    }

    /// Nil where one is malformed; empty where there is no `personalIdentityNumber`, whatever others there are: without it
    /// or a `contactId` the event does not say whom it means.
    private var numbers: [Sensitive<String>]? {
        var first: [String] = []
        var others: [String] = []
        switch self[.personalIdentityNumber] {
        case .absent: break
        case .text(let text): first = [text]
        case .texts, .malformed, .repeated: return nil
        }
        switch self[.otherPersonalIdentityNumbers] {
        case .absent: break
        case .texts(let texts): others = texts
        case .text, .malformed, .repeated: return nil
        }
        guard others.count <= Self.maximumOtherNumbers else { return nil }
        if first.isEmpty, case .absent = self[.contactId] { return [] }
        return (first + others).map { Sensitive($0) }
    }
}
