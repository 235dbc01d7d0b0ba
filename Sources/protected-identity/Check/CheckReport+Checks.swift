import PostgresContactStore
import ProtectedIdentity

extension CheckReport {
    /// Looks at everything that a worker of these parts will meet.
    init(of assembly: Assembly, file: String?, timeout: Duration) {
        let configuration = assembly.configuration
        findings = configuration.warnings.map { Finding($0, level: .warning) }
        findings += file.map { FileCheck(path: $0).findings() } ?? []
        findings.append(Self.quarantine(assembly))
        findings += BrokerCheck(assembly: assembly, timeout: timeout).findings()
        switch configuration.store.location {
        case .sqlite(let path): findings += EmbeddedStoreCheck(path: path, keyring: assembly.keyring).findings()
        case .postgres(var settings):
            settings.deletes = assembly.policies.anyDeletes
            findings += PostgresStoreCheck(settings: settings, keyring: assembly.keyring).findings()
        }
        findings += TransportCheck(assembly: assembly).findings()
        effective = configuration.effective
    }

    /// A configuration from which nothing can be made.
    init(_ problems: ConfigurationProblems) {
        findings = problems.problems.map { Finding($0, level: .problem) }
        findings.append(
            .warning(
                "check", "broker, topics and store have not been looked at", advice: "Mend the configuration first"))
        effective = []
    }

    private static func quarantine(_ assembly: Assembly) -> Finding {
        if let seal = assembly.seal { return .ok("quarantine.publicKey", "records are sealed to key \(seal.keyID)") }
        return .warning(
            "quarantine.coordinatesOnly",
            "quarantined records hold no content: they are found only while the events topic retains them")
    }
}
