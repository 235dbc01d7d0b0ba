/// Everything that `check` has found, and the configuration that holds.
struct CheckReport: Equatable {
    var findings: [Finding]
    /// Secrets masked; empty where the configuration could not be read to its end.
    var effective: [EffectiveValue]

    /// How the command ends: the configuration's problems come before those of broker, topics and store.
    var exit: ExitCode {
        let causes = findings.compactMap(\.cause)
        if causes.contains(.configuration) { return .configuration }
        return causes.isEmpty ? .success : .unavailable
    }

    /// How many findings there are of a level.
    func count(_ level: Finding.Level) -> Int {
        findings.count { $0.level == level }
    }

    /// The lines for people: findings, the configuration, and a summary last.
    var lines: [String] {
        var lines: [String] = []
        for finding in findings {
            let mark = finding.level.rawValue
            lines.append(
                mark + String(repeating: " ", count: 9 - mark.count) + "\(finding.subject): \(finding.message)")
            if let advice = finding.advice {
                lines.append(String(repeating: " ", count: 9) + "→ " + advice)
            }
        }
        if !effective.isEmpty {
            var table = TextTable("key", "value", "from")
            for value in effective { table.add(value.name, value.shown ?? "-", value.source) }
            lines += ["", "The configuration that holds:"] + table.lines
        }
        return lines + ["", summary]
    }

    private var summary: String {
        counted(count(.problem), "problem") + ", " + counted(count(.warning), "warning")
    }
}

extension CheckReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case problems
        case warnings
        case findings
        case configuration
    }

    private struct Value: Encodable {
        let key: String
        let value: String?
        let from: String
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(count(.problem), forKey: .problems)
        try container.encode(count(.warning), forKey: .warnings)
        try container.encode(findings, forKey: .findings)
        let values = effective.map { Value(key: $0.name, value: $0.shown, from: $0.source) }
        try container.encode(values, forKey: .configuration)
    }
}

extension EffectiveValue {
    /// Where it came from, in a word.
    fileprivate var source: String {
        origin == .unset ? (shown == nil ? "-" : "default") : "\(origin)"
    }
}
