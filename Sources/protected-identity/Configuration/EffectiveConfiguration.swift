/// One line of the effective configuration: a key, what holds, and where it came from. Secrets are masked when it is made.
struct EffectiveValue: Sendable, Equatable {
    /// The dotted name.
    let name: String
    /// What holds, masked where it is secret; nil where nothing does.
    let shown: String?
    /// Where it came from.
    let origin: ConfigurationOrigin

    init(name: String, text: String?, isSecret: Bool, origin: ConfigurationOrigin) {
        self.name = name
        self.origin = origin
        self.shown = text.map { isSecret ? Secret.mask : Self.withoutPassword($0) }
    }

    /// A URL's `user:password@` without the password; any other text as it is.
    private static func withoutPassword(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text }
        let authority = text[scheme.upperBound...].prefix { $0 != "/" }
        guard let end = authority.lastIndex(of: "@"), let colon = authority[..<end].firstIndex(of: ":") else {
            return text
        }
        return text[...colon] + Secret.mask + text[end...]
    }
}

extension WorkerConfiguration {
    /// The effective configuration for people: key, value, origin, in columns; secrets masked.
    func effectiveTable() -> String {
        let rows = effective.map { value in
            let origin = value.origin == .unset ? (value.shown == nil ? "" : "default") : "\(value.origin)"
            return (value.name, value.shown ?? "-", origin)
        }
        let names = rows.map(\.0.count).max() ?? 0
        let values = min(48, rows.map(\.1.count).max() ?? 0)
        func pad(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        return rows.map { row in
            let line = "\(pad(row.0, names))  \(pad(row.1, values))  \(row.2)"
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }
        .joined()
    }
}
