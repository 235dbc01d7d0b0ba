import Foundation
import KafkaClient

/// Looks at who may read the configuration file, where secrets stand in it.
struct FileCheck {
    let path: String

    func findings() -> [Finding] {
        let secrets = ConfigurationFile(path: path).entries.keys.filter(Self.isSecret).sorted()
        guard !secrets.isEmpty else { return [] }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes?[.posixPermissions] as? NSNumber, mode.intValue & 0o077 != 0 else { return [] }
        return [
            .warning(
                path, "others than its owner may read the file, which holds \(secrets.joined(separator: ", "))",
                advice: "Run: chmod 600 on it, or keep the secrets in the environment")
        ]
    }

    private static func isSecret(_ name: String) -> Bool {
        let property = "kafka.properties."
        if name.hasPrefix(property) {
            return KafkaClient.KafkaProperties.isSecret(String(name.dropFirst(property.count)))
        }
        // The public key is masked in outputs, and yet nobody can do harm with it.
        return ConfigurationKey.named(name)?.isSecret == true && name != "quarantine.publicKey"
    }
}
