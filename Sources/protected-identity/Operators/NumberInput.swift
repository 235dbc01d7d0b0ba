import Foundation
import ProtectedIdentity

/// A number from standard input: one line. On a terminal it is asked for and not shown.
enum NumberInput {
    private static let mostBytes = 256

    static func read() throws(CommandFailure) -> Sensitive<String> {
        let isTerminal = isatty(STDIN_FILENO) == 1
        if isTerminal { _ = StandardStreams.write("Personal identity number: ", to: STDERR_FILENO) }
        let bytes = isTerminal ? withoutEcho(line) : line()
        if isTerminal { _ = StandardStreams.write("\n", to: STDERR_FILENO) }
        guard let bytes, !bytes.isEmpty else {
            throw CommandFailure(.noInput, "standard input: holds no number; write it there, alone on a line")
        }
        guard bytes.count < mostBytes else {
            throw CommandFailure(.data, "standard input: holds more than a number; write one, alone on a line")
        }
        return Sensitive(String(decoding: bytes, as: UTF8.self).trimming(while: \.isWhitespace))
    }

    /// A number from the first line of a file.
    static func read(file path: String) throws(CommandFailure) -> Sensitive<String> {
        let handle = FileHandle(forReadingAtPath: path)
        guard let handle, let data = try? handle.read(upToCount: mostBytes) else {
            throw CommandFailure(
                .noInput, "\(path): cannot be read; name a file that holds a number, alone on its first line")
        }
        let line = data.prefix { $0 != 0x0A }
        guard line.count < mostBytes else {
            throw CommandFailure(.data, "\(path): holds more than a number; write one, alone on the first line")
        }
        return Sensitive(String(decoding: line, as: UTF8.self).trimming(while: \.isWhitespace))
    }

    /// The first line, without its end; nil where reading fails.
    private static func line() -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < mostBytes {
            var byte: UInt8 = 0
            switch Foundation.read(STDIN_FILENO, &byte, 1) {
            case 1 where byte == 0x0A: return bytes
            case 1: bytes.append(byte)
            case 0: return bytes
            default:
                if errno == EINTR { continue }
                return nil
            }
        }
        return bytes
    }

    private static func withoutEcho(_ body: () -> [UInt8]?) -> [UInt8]? {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return body() }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
        return body()
    }
}
