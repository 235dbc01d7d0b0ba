/// What the data of a command says. Unknown members are ignored.
struct CommandData {
    /// The members that are known, of all commands.
    enum Name: String, CaseIterable, DataMemberName {
        case tenant
        case contactId
        case template
        case termsUrl
        case supportContact
        case deletionNotBefore
        case reason
        case requestedAt
        case cancelledAt

        var index: Int {
            switch self {
            case .tenant: 0
            case .contactId: 1
            case .template: 2
            case .termsUrl: 3
            case .supportContact: 4
            case .deletionNotBefore: 5
            case .reason: 6
            case .requestedAt: 7
            case .cancelledAt: 8
            }
        }

        var isList: Bool { false }
    }

    private let members: DataMembers<Name>

    init(_ object: [(name: String, value: JSONValue)]) {
        members = DataMembers(object)
    }

    /// What it says, for digests.
    var content: ContentDigestInput { members.content }

    /// The command, where every member that its type needs is as it must be.
    func command(
        of type: CommandType, identity: EventIdentity, traceparent: String?, redrives: Int
    ) -> ReceivedCommand? {
        guard let tenant = members[.tenant].text.flatMap(TenantName.init(rawValue:)),
            let contactID = members[.contactId].text.flatMap(ContactID.init(rawValue:)), let action = action(of: type)
        else { return nil }
        return ReceivedCommand(
            identity: identity, traceparent: traceparent, tenant: tenant,
            command: Command(contactID: contactID, action: action), redrives: redrives)
    }

    private func action(of type: CommandType) -> Command.Action? {
        switch type {
        case .notificationRequested:
            guard let template = text(.template), let termsUrl = text(.termsUrl),
                let supportContact = text(.supportContact), let deletionNotBefore = time(.deletionNotBefore)
            else { return nil }
            return .requestNotification(
                template: template, termsUrl: termsUrl, supportContact: supportContact,
                deletionNotBefore: deletionNotBefore)
        case .deletionRequested:
            guard members[.reason].text == Command.deletionReason, time(.requestedAt) != nil else { return nil }
            return .requestDeletion
        case .deletionCancelled:
            return time(.cancelledAt).map { _ in .cancelDeletion }
        }
    }

    private func text(_ name: Name) -> String? {
        members[name].text.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func time(_ name: Name) -> Timestamp? {
        members[name].text.flatMap { Timestamp(rfc3339: $0) }
    }
}
