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
