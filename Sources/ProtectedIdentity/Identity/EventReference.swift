/// How an outcome names the event that caused it: its identity with every string that held a number replaced, and the
/// trace to go on with. ``Pseudonymiser`` makes it.
public struct EventReference: Sendable, Hashable {
    /// The event's `source`, or a pseudonym.
    public let source: String
    /// The event's `id`, or a pseudonym.
    public let id: String
    /// The W3C trace context.
    public let traceparent: String?

    /// A reference of strings that may be published: made by ``Pseudonymiser``, or read back from where one was stored.
    public init(source: String, id: String, traceparent: String? = nil) {
        self.source = source
        self.id = id
        self.traceparent = traceparent
    }
}
