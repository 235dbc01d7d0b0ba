/// Finds what nobody will read: keys of the file that do not exist, and variables that look like ours, misspelt.
enum UnknownNames {
    /// The file's keys that are not in the table, each with what may have been meant.
    static func problems(in file: ConfigurationFile) -> [ConfigurationProblem] {
        file.entries.sorted { ($0.value.line ?? 0, $0.key) < ($1.value.line ?? 0, $1.key) }.compactMap { name, entry in
            guard ConfigurationKey.named(name) == nil else { return nil }
            let isGroup = ConfigurationKey.all.contains { ($0.name + ".").hasPrefix(name + ".") }
            let isTenant = name.split(separator: ".").count == 2 && name.hasPrefix("tenants.")
            if isGroup || isTenant, entry.text == nil { return nil }
            return ConfigurationProblem(
                key: name, origin: .file(path: file.path, line: entry.line),
                problem: "is not a key of the configuration",
                advice: advice(for: name, isGroup: isGroup || isTenant))
        }
    }

    private static func advice(for name: String, isGroup: Bool) -> String {
        if isGroup { return "It is a group of keys: write them below it" }
        let tenant = name.split(separator: ".").dropFirst().first.map(String.init) ?? "NAME"
        let candidates = ConfigurationKey.all.filter { !$0.name.hasSuffix(".*") }
            .map { $0.name.replacing(".NAME.", with: ".\(tenant).") }
        if let meant = Misspelling.suggestion(for: name, among: candidates) { return "Did you mean \(meant)?" }
        // The right word in the wrong group: bootstrapServers at the top, or worker.groupId.
        let word = name.split(separator: ".").last.map(String.init) ?? name
        let sameWord = candidates.filter { $0.hasSuffix("." + word) }
        if sameWord.count == 1, let meant = sameWord.first { return "Did you mean \(meant)?" }
        return "Remove it"
    }

    /// Variables a slip away from one of ours. Warnings at most: the environment belongs to many programs.
    static func warnings(in environment: [String: String]) -> [ConfigurationProblem] {
        let ours = ConfigurationKey.all.filter { !$0.isFamily }
            .map { ConfigurationKey.environmentVariable(for: $0.name) }
        let prefixes = Set(ours.compactMap { $0.split(separator: "_").first.map { $0 + "_" } })
        return environment.keys.sorted().compactMap { variable in
            guard !ours.contains(variable), !variable.hasPrefix("KAFKA_PROPERTIES_") else { return nil }
            if variable.hasPrefix("TENANTS_") { return tenantWarning(variable) }
            // Short names are near to anything, and KAFKA_HOME or LOG_DIR are other programs': a slip is two letters,
            // in a name long enough that two letters are a slip.
            let limit = variable.count >= 14 ? 2 : 1
            guard prefixes.contains(where: { variable.hasPrefix($0) }),
                let meant = Misspelling.nearest(to: variable, among: ours, within: limit)
            else { return nil }
            return warning(variable, meant: meant)
        }
    }

    private static func tenantWarning(_ variable: String) -> ConfigurationProblem? {
        let suffixes = ConfigurationSources.tenantSuffixes
        guard !suffixes.contains(where: { variable.hasSuffix($0) }) else { return nil }
        for index in variable.indices.dropFirst("TENANTS_".count + 1) where variable[index] == "_" {
            if let meant = Misspelling.nearest(to: String(variable[index...]), among: suffixes, within: 2) {
                return warning(variable, meant: variable[..<index] + meant)
            }
        }
        return nil
    }

    private static func warning(_ variable: String, meant: String) -> ConfigurationProblem {
        ConfigurationProblem(
            key: variable, origin: .environment(variable: variable), problem: "this variable is not read",
            advice: "Did you mean \(meant)?")
    }
}
