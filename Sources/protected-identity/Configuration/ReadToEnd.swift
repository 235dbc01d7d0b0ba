import Foundation

extension FileHandle {
    /// What a file holds, read to its end whatever its size is said to be: it may be a pipe. nil where it cannot be read.
    static func contents(atPath path: String) -> Data? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        return try? file.readToEnd() ?? Data()
    }
}
