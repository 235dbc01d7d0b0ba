import ArgumentParser
import Operations
import ProtectedIdentity

/// Which records of the quarantine a command is about.
struct SelectionOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Set aside for this reason. May be given more than once.", valueName: "reason"),
        transform: Self.reason)
    var reason: [QuarantineReason] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Set aside then or later: \(MomentText.form).", valueName: "time"), transform: Self.moment)
    var from: Timestamp?

    @Option(name: .long, help: ArgumentHelp("Set aside before then.", valueName: "time"), transform: Self.moment)
    var to: Timestamp?

    @Option(name: .long, help: ArgumentHelp("Read from this topic.", valueName: "topic"))
    var sourceTopic: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Events of this tenant. Only opened records tell: it needs --private-key, and what holds no payload is left out.",
            valueName: "tenant"),
        transform: Self.tenant)
    var tenant: TenantName?

    func validate() throws {
        if let from, let to, to <= from { throw ValidationError("--to has to be later than --from") }
    }

    /// What is meant.
    var filter: QuarantineFilter {
        var filter = QuarantineFilter()
        filter.reasons = Set(reason)
        filter.from = from
        filter.to = to
        filter.topic = sourceTopic
        filter.tenant = tenant
        return filter
    }

    /// Whether nothing is said.
    var isEmpty: Bool { filter == QuarantineFilter() }

    private static func reason(_ text: String) throws -> QuarantineReason {
        guard let reason = QuarantineReason(rawValue: text) else {
            throw ValidationError("write one of: \(QuarantineReason.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return reason
    }

    private static func moment(_ text: String) throws -> Timestamp {
        guard let moment = MomentText.parse(text, now: WallClock.now()) else {
            throw ValidationError("write \(MomentText.form)")
        }
        return moment
    }

    private static func tenant(_ text: String) throws -> TenantName {
        guard let tenant = TenantName(rawValue: text) else {
            throw ValidationError("a tenant is small letters, digits and hyphens, at most 64")
        }
        return tenant
    }
}

/// Coordinates on the command line.
enum CoordinatesText {
    static func parse(_ text: String) throws -> RecordCoordinates {
        guard let coordinates = RecordCoordinates(text) else {
            throw ValidationError("coordinates are topic-partition@offset, like protected-identity.events-2@4711")
        }
        return coordinates
    }
}
