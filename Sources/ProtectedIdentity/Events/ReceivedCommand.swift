/// A command as a worker downstream reads it: decoded, and not yet held against what the registry says now.
public struct ReceivedCommand: Sendable, Hashable {
    /// Who sent it, and under which id.
    public var identity: EventIdentity
    /// The W3C trace context to pass on, checked for its form.
    public var traceparent: String?
    /// Whose contact.
    public var tenant: TenantName
    /// What is asked, and of which contact; its key in published form, so it may be a pseudonym.
    public var command: Command
    /// How often the record came back from quarantine (header `quarantine-redrives`).
    public var redrives: Int

    /// A command put together by hand; ``EventDecoder`` makes them from records.
    public init(
        identity: EventIdentity, traceparent: String? = nil, tenant: TenantName, command: Command, redrives: Int = 0
    ) {
        self.identity = identity
        self.traceparent = traceparent
        self.tenant = tenant
        self.command = command
        self.redrives = redrives
    }
}

extension ReceivedCommand: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the contact: that it is protected is itself the secret.
    public var description: String { "‹command of \(tenant)›" }

    /// Nothing of the contact.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
