public import ProtectedIdentity

/// A notice on its way to one contact.
public struct OutgoingNotice: Sendable {
    /// What is told, of whom, in which language.
    public let delivery: NoticePlan.Delivery
    /// The texts.
    public let rendered: RenderedNotice
    /// When it is sent.
    public let now: Timestamp

    /// The command's id, the same in every copy of the notice. One that another program has written is digested, since it goes
    /// into headers.
    var id: String {
        let id = UUIDv5(delivery.commandID)
        return (id ?? UUIDv5(namespace: Array("notice".utf8), name: delivery.commandID.utf8)).description
    }
}

/// A way for notices to people.
public protocol NoticeTransport: Sendable {
    /// Whether it needs the e-mail address.
    var needsAddress: Bool { get }
    /// The longest that an attempt takes.
    var timeout: Duration { get }

    /// Delivers a notice, or says why not. Blocks its thread; called from several at once.
    func deliver(_ notice: OutgoingNotice) -> DeliveryReply

    /// Tries the way without sending anything; says what is wrong, in codes.
    func probe() -> DeliveryReply

    /// Lets go of connections.
    func close()
}

/// What became of an attempt to deliver. Reasons hold codes and names of steps, never a text that the other side has sent: it
/// may quote an address.
public enum DeliveryReply: Sendable, Hashable {
    /// The other side has it.
    case delivered
    /// It will not take this notice, now or later.
    case refused(String)
    /// What is on file is no e-mail address.
    case invalidAddress
    /// It does not take this notice now. `isAlive`: it has answered, so others may get through.
    case deferred(String, isAlive: Bool)
    /// It was handed the notice, and has not said that it has it: the notice may be out.
    case uncertain(String)
    /// It takes no notice at all now.
    case unavailable(String)
}
