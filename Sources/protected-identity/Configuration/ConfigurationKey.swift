import Configuration

/// One key of the configuration: what it is called, what it means, what holds where it is not set.
/// The table of all keys, ``all``, drives reading, the report of unknown keys, `check`'s list and the README.
struct ConfigurationKey: Sendable {
    /// The dotted name. `NAME` stands for a tenant's name, `*` for any further name.
    let name: String
    /// What it is for, with its unit.
    let meaning: String
    /// What holds where it is not set, as one would write it; nil where nothing does.
    let fallback: String?
    /// Whether its value is kept out of every output.
    let isSecret: Bool
    /// Whether a YAML list stands for the values joined by commas.
    let isList: Bool
    /// Whether it is looked for in the file alone, since names of the operator's own stand in it.
    let isOfFile: Bool

    init(
        _ name: String, _ meaning: String, default fallback: String? = nil, secret: Bool = false, list: Bool = false,
        fileOnly: Bool = false
    ) {
        self.name = name
        self.meaning = meaning
        self.fallback = fallback
        self.isSecret = secret
        self.isList = list
        self.isOfFile = fileOnly
    }

    /// Whether this is a family of keys and not a single one.
    var isFamily: Bool { name.hasSuffix(".*") || name.contains(".NAME.") }

    /// The key that a dotted name belongs to, a member of a family included; nil for an unknown name.
    static func named(_ name: String) -> ConfigurationKey? {
        all.first { $0.covers(name) }
    }

    /// Whether a dotted name is this key, or a member of this family.
    func covers(_ candidate: String) -> Bool {
        var pattern = name.split(separator: ".")
        let parts = candidate.split(separator: ".", omittingEmptySubsequences: false)
        let isOpen = pattern.last == "*"
        if isOpen { pattern.removeLast() }
        guard isOpen ? parts.count > pattern.count : parts.count == pattern.count else { return false }
        return zip(pattern, parts).allSatisfy { $0 == "NAME" ? !$1.isEmpty : $0 == $1 }
            && parts.dropFirst(pattern.count).contains { !$0.isEmpty } == isOpen
    }

    /// The environment variable of a dotted name: camelCase and dots become underscores, all in capitals.
    static func environmentVariable(for name: String) -> String {
        // The provider that reads the variables is the one that names them, so that the two cannot differ.
        let unset = EnvironmentVariablesProvider(environmentVariables: [:])
        let key = AbsoluteConfigKey(name.split(separator: ".").map(String.init))
        return (try? unset.value(forKey: key, type: .string).encodedKey) ?? name
    }
}
