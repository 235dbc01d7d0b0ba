import ArgumentParser
import Operations
import ProtectedIdentity
import RegisterFeeds

/// Whom files speak of, and whose word they are.
struct FeedMeaningOptions: ParsableArguments {
    @Option(name: .long, help: "Whose contact registry.", transform: OperatorEventOptions.tenant)
    var tenant: TenantName

    @Option(
        name: .long,
        help: ArgumentHelp("monitoring: notices of changes; lookup: answers got while taking on customers."),
        transform: Self.origin)
    var origin: Origin

    @Option(
        name: .long, help: ArgumentHelp("Whose word they are; by default SPAR or CPR, and nobody's of a list."),
        transform: OperatorEventOptions.registry)
    var registry: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Whose numbers stand in a list: SE or DK; it wins over feeds.country.", valueName: "country"),
        transform: OperatorEventOptions.country)
    var country: Country?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "When the register said what bears no date, in RFC 3339. Without it a protection counts as of the file's time, and "
                + "a lift is rejected.",
            valueName: "moment"),
        transform: Self.moment)
    var observedAt: Timestamp?

    /// What a desk needs to know.
    func settings(
        _ format: FeedFormat, rate: Int?, _ assembly: Assembly
    ) throws(CommandFailure) -> FeedDesk.Settings {
        let feeds = assembly.configuration.feeds
        if format.isMapped, !feeds.missing.isEmpty {
            throw CommandFailure(
                .configuration,
                "\(feeds.missing.joined(separator: ", ")): required to read \(format.rawValue). Name the columns or members "
                    + "(README, \"Feeding\")")
        }
        if let own = format.country, let country, country != own {
            throw CommandFailure(.usage, "--country: \(format.rawValue) holds numbers of \(own.rawValue)")
        }
        guard let country = format.country ?? country ?? feeds.country else {
            throw CommandFailure(.usage, "--country or feeds.country: one of them has to say whose numbers they are")
        }
        if registry == OperatorEvent.ownRegister {
            throw CommandFailure(
                .usage,
                "--registry: \(OperatorEvent.ownRegister) is what operators speak for; a file's word is another's")
        }
        if !assembly.configuration.tenants.serves(tenant.rawValue) {
            throw CommandFailure(
                .usage, "--tenant: \(tenant) is not configured under tenants, and its events would all be set aside")
        }
        return FeedDesk.Settings(
            format: format, mapping: feeds.mapping, tenant: tenant, origin: origin, country: country,
            registry: registry ?? format.registry, observedAt: observedAt, rate: rate, keyring: assembly.keyring)
    }

    private static func origin(_ text: String) throws -> Origin {
        switch text {
        case Origin.monitoring.rawValue: return .monitoring
        case Origin.lookup.rawValue: return .lookup
        default: throw ValidationError("write monitoring or lookup")
        }
    }

    private static func moment(_ text: String) throws -> Timestamp {
        guard let moment = Timestamp(rfc3339: text) else {
            throw ValidationError("write a moment like 2026-11-23T09:30:00Z")
        }
        return moment
    }
}

extension TenantsConfiguration {
    /// Whether a tenant's events are decided, and not set aside.
    fileprivate func serves(_ tenant: String) -> Bool { self[tenant] != nil }
}
