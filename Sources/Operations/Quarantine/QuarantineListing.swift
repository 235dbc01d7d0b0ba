public import ProtectedIdentity

/// `quarantine list`: what was set aside, and what has become of it.
public struct QuarantineListing: Sendable {
    /// A record of the list.
    public struct Line: Sendable {
        /// The record.
        public let entry: QuarantineEntry
        /// Whether it was put back.
        public let isRedriven: Bool
        /// Whose event it is, where it was opened to see.
        public let tenant: TenantName?
    }

    private let topic: QuarantineTopic
    private let filter: QuarantineFilter
    private let isWaitingOnly: Bool
    private let sealed: SealedRecords?
    /// How many records are opened for one write of the audit log.
    private static let openedAtOnce = 500

    /// A list.
    ///
    /// - Parameters:
    ///   - isWaitingOnly: whether what was put back is left out.
    ///   - sealed: opens records, to tell tenants; without it nobody can.
    public init(_ topic: QuarantineTopic, _ filter: QuarantineFilter, isWaitingOnly: Bool, sealed: SealedRecords?) {
        self.topic = topic
        self.filter = filter
        self.isWaitingOnly = isWaitingOnly
        self.sealed = sealed
    }

    /// Hands over the records one by one, partition by partition in the order of the quarantine topic. Blocks.
    ///
    /// - Returns: counts of what was handed over.
    /// - Throws: ``KafkaClient/KafkaError``, ``AuditFailure``, or what `body` throws.
    public func read(_ body: (Line) throws -> Void) throws -> QuarantineCounts {
        let ranges = try topic.ranges()
        // A mark stands behind its record, so they are read first.
        let redriven = try topic.redriven(in: ranges)
        var counts = QuarantineCounts()
        var opening: [QuarantineEntry] = []
        func handOver(_ entry: QuarantineEntry, _ tenant: TenantName?) throws {
            let isRedriven = redriven.contains(entry.original)
            counts.count(entry, isRedriven: isRedriven)
            try body(Line(entry: entry, isRedriven: isRedriven, tenant: tenant))
        }
        func openAll(_ sealed: SealedRecords) throws {
            for (entry, tenant) in try sealed.tenants(of: opening) where filter.tenant.map({ $0 == tenant }) ?? true {
                try handOver(entry, tenant)
            }
            opening = []
        }
        try topic.read(in: ranges, copyingPayloads: sealed != nil) { record in
            switch record {
            case .redriven: break
            case .foreign: counts.countForeign()
            case .setAside(let entry):
                guard filter.matches(entry), !isWaitingOnly || !redriven.contains(entry.original) else { break }
                guard let sealed else {
                    try handOver(entry, nil)
                    break
                }
                opening.append(entry)
                if opening.count >= Self.openedAtOnce { try openAll(sealed) }
            }
            return true
        }
        if let sealed { try openAll(sealed) }
        return counts
    }
}

extension SealedRecords {
    /// Whose events the records hold; nil where they cannot be opened, or do not tell.
    func tenants(of entries: [QuarantineEntry]) throws(AuditFailure) -> [(QuarantineEntry, TenantName?)] {
        let openable = entries.filter { $0.sealed != nil }
        var tenants: [RecordCoordinates: TenantName] = [:]
        for (entry, result) in zip(openable, try open(openable)) {
            if case .success(let record) = result { tenants[entry.place] = record.tenant }
        }
        return entries.map { ($0, tenants[$0.place]) }
    }
}

extension OriginalRecord {
    /// Whose event it is, where it can be read.
    var tenant: TenantName? {
        let carried = RawRecord(
            headers: headers.map { (name: Array($0.name.utf8)[...], value: $0.value.map { Array($0)[...] }) },
            value: value.map { Array($0)[...] })
        guard case .event(let event, _) = EventDecoder().decode(carried) else { return nil }
        return event.tenant
    }
}
