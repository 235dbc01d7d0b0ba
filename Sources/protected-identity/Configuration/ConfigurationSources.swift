import Configuration

/// The environment over the file: where each value is looked up, and where it was found.
/// An empty variable counts as unset, since compose files and shells leave such behind.
struct ConfigurationSources: Sendable {
    /// A value as it was written. Never printed as a whole: the text may be a secret.
    struct Value: Sendable {
        let text: String
        let origin: ConfigurationOrigin
    }

    let file: ConfigurationFile?
    let environment: [String: String]
    private let variables: EnvironmentVariablesProvider
    private let reader: ConfigReader

    init(file: ConfigurationFile?, environment: [String: String]) {
        self.file = file
        self.environment = environment.filter { !$0.value.isEmpty }
        self.variables = EnvironmentVariablesProvider(environmentVariables: self.environment, secretsSpecifier: .all)
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, entry) in file?.entries ?? [:] {
            guard let text = entry.text else { continue }
            values[Self.key(name)] = ConfigValue(.string(text), isSecret: true)
        }
        self.reader = ConfigReader(providers: [variables, InMemoryProvider(name: "file", values: values)])
    }

    /// The value of a dotted name, by precedence; nil where it is set nowhere.
    func value(of name: String) -> Value? {
        guard let text = reader.string(forKey: ConfigKey(Self.key(name).components), isSecret: true) else { return nil }
        return Value(text: text, origin: origin(of: name))
    }

    /// Where the value of a dotted name comes from.
    func origin(of name: String) -> ConfigurationOrigin {
        let variable = ConfigurationKey.environmentVariable(for: name)
        if environment[variable] != nil { return .environment(variable: variable) }
        if let file, let entry = file.entries[name] { return .file(path: file.path, line: entry.line) }
        return .unset
    }

    /// The librdkafka properties that are set anywhere, by their own names, sorted. A variable's name has `_` for `.`;
    /// where the file writes a name that has the same variable, the file's spelling holds.
    func propertyNames() -> [String] {
        let prefix = "kafka.properties."
        let written = fileNames(under: prefix)
        let known = Set(written.map { ConfigurationKey.environmentVariable(for: prefix + $0) })
        let variable = "KAFKA_PROPERTIES_"
        let set = environment.keys.filter { $0.hasPrefix(variable) && $0 != variable && !known.contains($0) }
            .map { $0.dropFirst(variable.count).lowercased().split(separator: "_").joined(separator: ".") }
        return (written + set).sorted()
    }

    /// The tenants of which anything is said anywhere, sorted. A variable's name has `_` for `-`.
    func tenantNames() -> [String] {
        let written = fileNames(under: "tenants.").compactMap { $0.split(separator: ".").first.map(String.init) }
        let set = environment.keys.compactMap { variable -> String? in
            guard let suffix = Self.tenantSuffixes.first(where: { variable.hasSuffix($0) }) else { return nil }
            let name = variable.dropLast(suffix.count)
            guard name.hasPrefix("TENANTS_"), name.count > "TENANTS_".count else { return nil }
            return name.dropFirst("TENANTS_".count).lowercased().replacing("_", with: "-")
        }
        return Set(written + set).sorted()
    }

    /// What a variable that speaks of a tenant ends with.
    static let tenantSuffixes: [String] = ConfigurationKey.all.filter { $0.name.hasPrefix("tenants.NAME.") }
        .map { ConfigurationKey.environmentVariable(for: String($0.name.dropFirst("tenants.NAME".count))) }
        .map { $0.hasPrefix("_") ? $0 : "_" + $0 }

    /// What the file names below a prefix that ends with a dot, sorted: the next part of each name, or the whole rest.
    func names(under prefix: String, whole: Bool = false) -> [String] {
        let names = fileNames(under: prefix).map { name in
            whole ? name : name.split(separator: ".").first.map(String.init) ?? name
        }
        return Set(names).sorted()
    }

    private func fileNames(under prefix: String) -> [String] {
        (file?.entries.keys ?? [:].keys).filter { $0.hasPrefix(prefix) && $0 != prefix }
            .map { String($0.dropFirst(prefix.count)) }
    }

    private static func key(_ name: String) -> AbsoluteConfigKey {
        AbsoluteConfigKey(name.split(separator: ".").map(String.init))
    }
}
