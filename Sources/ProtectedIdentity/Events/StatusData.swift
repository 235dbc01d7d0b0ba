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

        static func named(_ name: UnsafeBufferPointer<UInt8>) -> Self? {
            switch name.count {
            case 6 where name.say("tenant"): .tenant
            case 6 where name.say("status"): .status
            case 6 where name.say("origin"): .origin
            case 7 where name.say("country"): .country
            case 8 where name.say("registry"): .registry
            case 9 where name.say("contactId"): .contactId
            case 10 where name.say("observedAt"): .observedAt
            case 10 where name.say("protection"): .protection
            case 22 where name.say("personalIdentityNumber"): .personalIdentityNumber
            case 28 where name.say("otherPersonalIdentityNumbers"): .otherPersonalIdentityNumbers
            default: nil
            }
        }
    }

    /// How many further numbers one event may name. A person has one or two.
    static let maximumOtherNumbers = 32
    /// The longest `registry`, in bytes.
    static let maximumRegistryBytes = 128

    private let members: DataMembers<Name>

    /// - Parameter text: a JSON object.
    init(_ text: JSONText) {
        members = DataMembers(text)
    }

    /// What it says, for digests.
    var content: ContentDigestInput { members.content }

    /// The event, where every member is as it must be.
    func event(identity: EventIdentity, time: Timestamp?, traceparent: String?, redrives: Int) -> StatusEvent? {
        guard let tenant = members.string(.tenant).flatMap(TenantName.init(rawValue:)),
            let status = members.string(.status).flatMap({ ProtectionStatus(of: $0) }),
            let origin = members.string(.origin).flatMap({ Origin(of: $0) }),
            let country = members.string(.country).flatMap(CountryCode.init(rawValue:)),
            let observedAt = members.value(.observedAt, { Timestamp(rfc3339: $0) }),
            case .some(let contactID) = contactID, let registry, let numbers, contactID != nil || !numbers.isEmpty
        else { return nil }
        return StatusEvent(
            identity: identity, time: time, traceparent: traceparent, tenant: tenant, status: status, origin: origin,
            country: country, observedAt: observedAt, numbers: numbers, contactID: contactID, registry: registry,
            protection: members.string(.protection).map { Sensitive($0) }, redrives: redrives)
    }

    /// Nil where it is malformed, `.some(nil)` where it is absent.
    private var contactID: ContactID?? {
        switch members[.contactId] {
        case .absent: .some(nil)
        case .present: members.string(.contactId).flatMap { ContactID(rawValue: $0) }.map { .some($0) }
        case .malformed, .repeated: nil
        }
    }

    /// Nil where it is malformed, empty where it is absent.
    private var registry: String? {
        switch members[.registry] {
        case .absent: ""
        case .present:
            members.string(.registry).flatMap { text in
                text.utf8.count <= Self.maximumRegistryBytes && !text.utf8.contains(0) ? text : nil
            }
        case .malformed, .repeated: nil
        }
    }

    /// Nil where one is malformed; empty where there is no `personalIdentityNumber`, whatever others there are: without it
    /// or a `contactId` the event does not say whom it means.
    private var numbers: [Sensitive<String>]? {
        var numbers: [Sensitive<String>] = []
        switch members[.personalIdentityNumber] {
        case .absent: break
        case .present: numbers = members.string(.personalIdentityNumber).map { [Sensitive($0)] } ?? []
        case .malformed, .repeated: return nil
        }
        let isNamed = !numbers.isEmpty
        switch members[.otherPersonalIdentityNumbers] {
        case .absent: break
        case .present:
            let others = members.strings(.otherPersonalIdentityNumbers) ?? []
            guard others.count <= Self.maximumOtherNumbers else { return nil }
            numbers += others.map { Sensitive($0) }
        case .malformed, .repeated: return nil
        }
        if !isNamed, case .absent = members[.contactId] { return [] }
        return numbers
    }
}
