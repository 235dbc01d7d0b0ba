/// Why a command ends before its time: what a person reads on standard error, and the exit code that a script reads.
struct CommandFailure: Error, Equatable, CustomStringConvertible {
    /// The code to end with.
    let exit: ExitCode
    /// What is wrong and the way out: keys, files and coordinates, never a personal value or a secret.
    let message: String

    var description: String { message }

    init(_ exit: ExitCode, _ message: String) {
        self.exit = exit
        self.message = message
    }
}
