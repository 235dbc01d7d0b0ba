import ProtectedIdentity

extension TenantsConfiguration {
    /// The policies as the domain has them.
    var policies: TenantPolicies {
        var policies: [TenantName: TenantPolicy] = [:]
        for (name, tenant) in named {
            // The form is the same that the configuration has checked.
            if let name = TenantName(rawValue: name) { policies[name] = tenant.domainPolicy }
        }
        return TenantPolicies(named: policies, fallback: others?.domainPolicy)
    }
}

extension TenantConfiguration {
    fileprivate var domainPolicy: TenantPolicy {
        switch policy {
        case .keep:
            return .keep
        case .delete:
            // Without all three there is no such configuration; to keep is what undoes nothing.
            guard let noticePeriod, let termsUrl, let supportContact else { return .keep }
            return .delete(
                noticePeriod: noticePeriod, termsUrl: termsUrl, supportContact: supportContact, language: language,
                requiresNotice: requiresNotice)
        }
    }
}
