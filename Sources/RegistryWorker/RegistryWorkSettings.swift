public import ProtectedIdentity

/// Everything that the work on a registry needs to know.
public struct RegistryWorkSettings: Sendable {
    /// The consumer group.
    public var group: String
    /// The topics that outcomes, commands and quarantine records go to.
    public var topics: OutgoingTopics
    /// The `source` of everything that is published.
    public var source: String
    /// What each tenant does with cleared contacts, where the work does not ask anew.
    public var policies: TenantPolicies
    /// The keys under which persons are remembered.
    public var keyring: DigestKeyring
    /// What quarantined records are sealed with; without one only their coordinates are written.
    public var seal: QuarantineSeal?
    /// Whether outcomes are told as copies (`replay: true`): of events that are known to have one already.
    public var marksCopies = false

    /// The settings of a worker.
    public init(
        group: String, topics: OutgoingTopics, source: String, policies: TenantPolicies, keyring: DigestKeyring,
        seal: QuarantineSeal?
    ) {
        self.group = group
        self.topics = topics
        self.source = source
        self.policies = policies
        self.keyring = keyring
        self.seal = seal
    }
}
