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

        static func named(_ name: UnsafeBufferPointer<UInt8>) -> Self? {
            Self(rawValue: String(decoding: name, as: UTF8.self))
        }
    }

    private let members: DataMembers<Name>

    /// - Parameter text: a JSON object.
    init(_ text: JSONText) {
        members = DataMembers(text)
    }

    /// What it says, for digests.
    var content: ContentDigestInput { members.content }

    /// The command, where every member that its type needs is as it must be.
    func command(
        of type: CommandType, identity: EventIdentity, traceparent: String?, redrives: Int
    ) -> ReceivedCommand? {
        guard let tenant = members.string(.tenant).flatMap(TenantName.init(rawValue:)),
            let contactID = members.string(.contactId).flatMap(ContactID.init(rawValue:)), let action = action(of: type)
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
            guard members.string(.reason) == Command.deletionReason, time(.requestedAt) != nil else { return nil }
            return .requestDeletion
        case .deletionCancelled:
            return time(.cancelledAt).map { _ in .cancelDeletion }
        }
    }

    private func text(_ name: Name) -> String? {
        members.string(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    private func time(_ name: Name) -> Timestamp? {
        members.string(name).flatMap { Timestamp(rfc3339: $0) }
    }
}
