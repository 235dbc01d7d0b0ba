/// The policies of all tenants.
public struct TenantPolicies: Sendable, Equatable {
    private let named: [TenantName: TenantPolicy]
    private let fallback: TenantPolicy?

    /// Named tenants, and what serves those not named.
    ///
    /// - Parameter fallback: the policy of every other tenant; without one, where tenants are named, every other tenant is
    ///   unknown.
    public init(named: [TenantName: TenantPolicy], fallback: TenantPolicy?) {
        self.named = named
        self.fallback = named.isEmpty ? fallback ?? .keep : fallback
    }

    /// Where no tenants are configured every tenant keeps its contacts.
    public static let keepEverywhere = TenantPolicies(named: [:], fallback: .keep)

    /// Whether any tenant deletes its contacts.
    public var anyDeletes: Bool {
        (Array(named.values) + [fallback].compactMap { $0 }).contains { $0 != .keep }
    }

    /// The policy of a tenant; `nil` where the tenant is unknown.
    public subscript(tenant: TenantName) -> TenantPolicy? {
        named[tenant] ?? fallback
    }
}
