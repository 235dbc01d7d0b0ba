/// One pass over the configuration. Each read answers a value or notes what is wrong, and goes on:
/// all problems come out at once. What was read is noted too, for `check`.
struct ConfigurationReading {
    let sources: ConfigurationSources
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var warnings: [ConfigurationProblem] = []
    private(set) var effective: [EffectiveValue] = []

    init(sources: ConfigurationSources) {
        self.sources = sources
    }

    /// The text of a dotted name or its default, noted as effective; nil where there is neither.
    mutating func text(_ name: String) -> ConfigurationSources.Value? {
        let key = ConfigurationKey.named(name)
        let value = sources.value(of: name) ?? key?.fallback.map { .init(text: $0, origin: .unset) }
        effective.append(
            EffectiveValue(
                name: name, text: value?.text, isSecret: key?.isSecret ?? false, origin: value?.origin ?? .unset))
        return value
    }

    /// A value that `parse` accepts. A text it refuses is a problem that says what is expected, and the default holds
    /// for the rest of the pass.
    mutating func value<Value>(_ name: String, expected: String, parse: (String) -> Value?) -> Value? {
        guard let written = text(name) else { return nil }
        if let value = parse(written.text) { return value }
        let shown = ConfigurationKey.named(name)?.isSecret == true ? "the value" : "\"\(written.text)\""
        problem(name, written.text.isEmpty ? "is empty" : "\(shown) is not valid", "Write \(expected)")
        return ConfigurationKey.named(name)?.fallback.flatMap(parse)
    }

    /// One of the names of an enumeration.
    mutating func choice<Choice>(_ name: String) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        guard let written = text(name) else { return nil }
        if let choice = Choice(rawValue: written.text) { return choice }
        let hint = Misspelling.suggestion(for: written.text, among: names).map { "Did you mean \($0)? " } ?? ""
        problem(name, "\"\(written.text)\" is not valid", hint + "Write one of: \(names.joined(separator: ", "))")
        return ConfigurationKey.named(name)?.fallback.flatMap { Choice(rawValue: $0) }
    }

    /// `true` or `false`, also `yes`, `no`, `1` and `0`, in any case.
    mutating func flag(_ name: String) -> Bool? {
        value(name, expected: "true or false") { text in
            switch text.lowercased() {
            case "true", "yes", "1": true
            case "false", "no", "0": false
            default: nil
            }
        }
    }

    /// A duration within a range.
    mutating func duration(_ name: String, from least: Duration = .zero) -> Duration? {
        let expected = DurationText.form + (least > .zero ? ", \(least) or more" : "")
        return value(name, expected: expected) { text in
            DurationText.parse(text).flatMap { $0 >= least ? $0 : nil }
        }
    }

    /// A whole number within a range.
    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        value(name, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Notes a value that was read elsewhere.
    mutating func note(_ value: EffectiveValue) {
        effective.append(value)
    }

    /// Notes what is wrong with a dotted name.
    mutating func problem(_ name: String, _ problem: String, _ advice: String) {
        problems.append(
            ConfigurationProblem(key: name, origin: sources.origin(of: name), problem: problem, advice: advice))
    }

    /// Notes what is wrong elsewhere.
    mutating func problems(_ found: [ConfigurationProblem]) {
        problems += found
    }

    /// Notes what stops nothing and deserves a look.
    mutating func warning(_ warning: ConfigurationProblem) {
        warnings.append(warning)
    }

    /// All problems: of the file's form first, then in the order of the table of keys. Where the file could not be read,
    /// what it may well set is not reported as missing.
    func sortedProblems() -> [ConfigurationProblem] {
        let found = sources.file?.isUnreadable == true ? problems.filter { $0.origin != .unset } : problems
        func rank(_ problem: ConfigurationProblem) -> Int {
            if problem.key.hasPrefix("-") { return -1 }
            return ConfigurationKey.all.firstIndex { $0.covers(problem.key) } ?? ConfigurationKey.all.count
        }
        return found.enumerated()
            .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }
}
