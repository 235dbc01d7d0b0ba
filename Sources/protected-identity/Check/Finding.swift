/// One thing that `check` has looked at.
struct Finding: Encodable, Equatable {
    /// How bad it is.
    enum Level: String, Encodable, CaseIterable {
        /// As it has to be.
        case ok
        /// Works, and deserves a look.
        case warning
        /// The worker would not start, or not do its duty.
        case problem
    }

    /// Who has to act on a problem.
    enum Cause: Equatable {
        /// Whoever writes the configuration.
        case configuration
        /// Whoever runs the broker or the store.
        case surroundings
    }

    let level: Level
    /// The key of the configuration that leads to it, or the file.
    let subject: String
    /// What was found.
    let message: String
    /// The way out.
    let advice: String?
    /// Of a problem.
    let cause: Cause?

    static func ok(_ subject: String, _ message: String) -> Finding {
        Finding(level: .ok, subject: subject, message: message, advice: nil, cause: nil)
    }

    static func warning(_ subject: String, _ message: String, advice: String? = nil) -> Finding {
        Finding(level: .warning, subject: subject, message: message, advice: advice, cause: nil)
    }

    static func problem(_ subject: String, _ message: String, advice: String?, _ cause: Cause) -> Finding {
        Finding(level: .problem, subject: subject, message: message, advice: advice, cause: cause)
    }

    /// A problem of the configuration's form.
    init(_ problem: ConfigurationProblem, level: Level) {
        self.init(
            level: level, subject: problem.key, message: "\(problem.problem) (\(problem.origin))",
            advice: problem.advice, cause: level == .problem ? .configuration : nil)
    }

    private init(level: Level, subject: String, message: String, advice: String?, cause: Cause?) {
        self.level = level
        self.subject = subject
        self.message = message
        self.advice = advice
        self.cause = cause
    }

    private enum CodingKeys: String, CodingKey {
        case level
        case subject
        case message
        case advice
    }
}
