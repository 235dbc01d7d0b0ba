import ProtectedIdentity

/// Holds the configured digest keys against the rows that bear their ids.
struct DigestKeyCheck {
    let keyring: DigestKeyring

    func findings(_ use: [String: Int]) -> [Finding] {
        let key = "identity.digestKeys"
        let missing = use.filter { keyring.key(id: $0.key) == nil }.sorted { $0.key < $1.key }
        let unknown = missing.map { id, rows in
            Finding.problem(
                key,
                "\(counted(rows, "row bears", plural: "rows bear")) the digest key \(id), which is not configured: "
                    + "these people and events would not be known again",
                advice: "Put the key back, behind the one that writes", .configuration)
        }
        let configured = keyring.keys.map { digestKey in
            let rows = use[digestKey.id, default: 0]
            let role = digestKey.id == keyring.writing.id ? "writes" : rows == 0 ? "may go" : "is needed"
            return Finding.ok(key, "key \(digestKey.id) \(role); \(counted(rows, "row bears", plural: "rows bear")) it")
        }
        return unknown + configured
    }
}
