import ArgumentParser

extension DurationText {
    /// The duration that an argument says.
    ///
    /// - Throws: what to write in its place.
    static func argument(_ text: String, atLeast least: Duration = .zero) throws -> Duration {
        guard let duration = parse(text) else { throw ValidationError("write \(form)") }
        guard duration >= least else { throw ValidationError("write no less than \(describe(least))") }
        return duration
    }
}
