import ProtectedIdentity

/// What the argument parser has to say of a command line, without what is personal in it: it repeats what it does not understand,
/// and people write a number, or a name, where none belongs.
struct ParserMessage {
    /// What may be shown.
    let text: String

    /// - Parameters:
    ///   - full: the message with the usage below it.
    ///   - message: the message alone.
    init(_ full: String, message: String, arguments: [String], today: CalendarDate) {
        let traces = NumberTraces(suspectingAnyNumberOn: today)
        var text = full
        if Self.repeatsAnArgument(message) { text = text.replacing(message, with: Self.unexpected, maxReplacements: 1) }
        // An option may have its value behind an equals sign, and is told without it.
        let told = arguments.flatMap { [$0] + $0.split(separator: "=", maxSplits: 1).dropFirst().map(String.init) }
        for argument in told where traces.areIn(argument) { text = text.replacing(argument, with: Self.mask) }
        self.text =
            text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { traces.areIn(String($0)) ? Self.masked : String($0) }.joined(separator: "\n")
    }

    private static let unexpected =
        "an argument that this command does not take; a number is read from standard input, never from the command line"
    private static let mask = "‹a number›"
    private static let masked = "Error: an argument holds a number, and is not repeated here"

    /// Swift Argument Parser's words for arguments that belong to nothing.
    private static func repeatsAnArgument(_ message: String) -> Bool {
        message.hasPrefix("Unexpected argument ") || message.contains(" unexpected arguments: ")
    }
}
