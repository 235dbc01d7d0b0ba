import Foundation
import Operations

/// Standard output for results and standard error for messages, unbuffered, so that neither is lost at an exit.
enum StandardStreams {
    /// Writes a result and a line break after it.
    static func printResult(_ text: String) throws(CommandFailure) {
        guard write(text + "\n", to: STDOUT_FILENO) else {
            throw CommandFailure(
                .inputOutput, "standard output cannot be written to (\(String(cString: strerror(errno))))")
        }
    }

    /// Writes a message for a person and a line break after it.
    static func printMessage(_ text: String) {
        _ = write(text + "\n", to: STDERR_FILENO)
    }

    /// Writes all of a text to a descriptor; false where that fails, with `errno` set.
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        Array(text.utf8).withUnsafeBytes { $0.writeAll(to: descriptor) }
    }
}
