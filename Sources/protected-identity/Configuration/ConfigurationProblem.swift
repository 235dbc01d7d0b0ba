/// Where a value of the configuration came from.
enum ConfigurationOrigin: Sendable, Equatable, CustomStringConvertible {
    /// A line of the configuration file, counted from 1; nil where the whole file is meant.
    case file(path: String, line: Int?)
    /// An environment variable, by its name.
    case environment(variable: String)
    /// Nowhere: the default holds, or there is none.
    case unset

    var description: String {
        switch self {
        case .file(let path, let line?): "\(path):\(line)"
        case .file(let path, nil): path
        case .environment(let variable): variable
        case .unset: "not set"
        }
    }
}

/// One thing that is wrong with the configuration. Never holds a secret's value.
struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// The dotted key, or the variable or file where no key is concerned.
    let key: String
    /// Where the value came from.
    let origin: ConfigurationOrigin
    /// What is wrong.
    let problem: String
    /// What to write instead.
    let advice: String

    var description: String { "\(key) (\(origin)): \(problem). \(advice)\(advice.hasSuffix("?") ? "" : ".")" }
}

/// Everything that is wrong with the configuration, found in one go. The program ends with ``ExitCode/configuration``.
struct ConfigurationProblems: Error, Sendable, Equatable, CustomStringConvertible {
    /// In the order of the table of keys; never empty.
    let problems: [ConfigurationProblem]

    var description: String {
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        return (["The configuration has \(count):"] + problems.map { "  - \($0)" }).joined(separator: "\n")
    }
}
