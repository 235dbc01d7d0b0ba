internal import Foundation
internal import RegisterFeeds

/// Where and why records were rejected, a line of JSON for each, in a file that its owner alone can read: that somebody stands
/// in a register's file is nobody else's business. It holds no value of the records.
final class RejectsFile {
    private let path: String
    private var handle: FileHandle?
    private var held: [UInt8] = []
    /// Why the file could not be written, once it could not.
    private(set) var failure: String?

    private static let heldBytes = 65_536

    /// A file that is made with its first line, in the place of one that an earlier feed has left. Where there is no line,
    /// that one is removed at the end: it would read as this feed's.
    init(path: String) {
        self.path = path
    }

    deinit {
        try? handle?.close()
    }

    func add(_ place: FeedPlace, _ reason: String, member: String?) {
        guard failure == nil else { return }
        let line = Line(line: place.line, element: place.element, reason: reason, member: member)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(line) else { return }
        held += json + [0x0A]
        if held.count >= Self.heldBytes { write() }
    }

    /// Writes what is held.
    func finish() {
        if !held.isEmpty { write() }
        if handle == nil { removeFormer() }
        try? handle?.close()
        handle = nil
    }

    private struct Line: Encodable {
        let line: Int
        let element: String?
        let reason: String
        let member: String?
    }

    private func write() {
        if handle == nil { handle = create() }
        guard let handle, failure == nil else { return }
        if !held.withUnsafeBytes({ $0.writeAll(to: handle.fileDescriptor) }) { fail() }
        held.removeAll(keepingCapacity: true)
    }

    private func removeFormer() {
        var status = stat()
        guard failure == nil, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        if unlink(path) != 0, errno != ENOENT { fail("cannot be removed") }
    }

    private func create() -> FileHandle? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            fail()
            return nil
        }
        // One that was there keeps its mode. A device (/dev/null) has one that is everybody's.
        if status.st_mode & S_IFMT == S_IFREG, fchmod(descriptor, 0o600) != 0 {
            fail()
            close(descriptor)
            return nil
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private func fail(_ what: String = "cannot be written") {
        failure = "\(ShownName.of(path)): \(what) (\(String(cString: strerror(errno))))"
    }
}
