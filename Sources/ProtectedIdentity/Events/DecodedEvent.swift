/// What became of a record: an event or a command to decide on, or a reason to set it aside. There is nothing else.
public enum DecodedEvent: Sendable {
    /// A well-formed event, and what it says in the form that content digests are taken of.
    case event(StatusEvent, content: ContentDigestInput)
    /// A well-formed command, and what it says.
    case command(ReceivedCommand, content: ContentDigestInput)
    /// A record that is neither.
    ///
    /// `identity` is kept where the record has one. `isProtection` says whether the record seems to say *protected*, which
    /// decides nothing but the urgency of the alarm.
    case refused(QuarantineReason, identity: EventIdentity?, isProtection: Bool)
}
