internal import Foundation
internal import ProtectedIdentity

/// A file to be fed, or standard input.
public struct FeedFile: Sendable, Hashable {
    /// What it is called in reports and messages; a number in it is masked.
    public let name: String
    /// Where it lies; nil: standard input.
    public let path: String?
    /// Where its rejects go; nil: nowhere.
    public var rejects: String?

    /// A file at a path.
    public init(path: String, rejects: String? = nil) {
        name = ShownName.of(path)
        self.path = path
        self.rejects = rejects
    }

    /// What comes through standard input.
    public static func standardInput(rejects: String?) -> FeedFile {
        FeedFile(name: "standard input", path: nil, rejects: rejects)
    }

    private init(name: String, path: String?, rejects: String?) {
        self.name = name
        self.path = path
        self.rejects = rejects
    }

    struct Source {
        let handle: FileHandle
        /// Which file it is, and how far it was written; nil of a pipe.
        let state: FileState?
    }

    func open() throws(FeedFailure) -> Source {
        let handle = try path.map(open) ?? .standardInput
        var status = stat()
        guard fstat(handle.fileDescriptor, &status) == 0 else {
            throw .unreadable("\(name): cannot be read (\(String(cString: strerror(errno))))")
        }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .unreadable("\(name): is a folder, not a file") }
        return Source(handle: handle, state: FileState(status))
    }

    /// Opens without waiting: a pipe that nobody writes into would hold up the end, too.
    private func open(_ path: String) throws(FeedFailure) -> FileHandle {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT { throw .missing("\(name): is not there") }
        guard descriptor >= 0 else {
            throw .unreadable("\(name): cannot be read (\(String(cString: strerror(errno))))")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Whether there is more of it, or something else under its name, than what was opened. One that is gone has not changed.
    func hasChanged(since source: Source) -> Bool {
        guard let before = source.state else { return false }
        var status = stat()
        let result = path.map { stat($0, &status) } ?? fstat(source.handle.fileDescriptor, &status)
        return result == 0 && FileState(status) != before
    }
}

/// Which file lies somewhere, and how far it was written.
struct FileState: Equatable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil of what is no regular file.
    init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }

    /// When it was last written to, to the second.
    var modified: Timestamp { Timestamp(milliseconds: Int64(seconds) * 1_000) }
}

/// Why a file was not fed to its end. Fed again, it adds what is missing and nothing else.
public enum FeedFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no such file; in a drop folder, somebody else has fed it.
    case missing(String)
    /// It cannot be read.
    case unreadable(String)
    /// Not every event is known to be in the topic.
    case publishing(PublishFailure)
    /// Everything was published, and where the rejects go cannot be written.
    case rejects(String, FeedReport)
    /// A drop folder cannot be worked in.
    case folder(String)

    /// Names of files and codes, never a value.
    public var description: String {
        switch self {
        case .missing(let text), .unreadable(let text), .rejects(let text, _), .folder(let text): text
        case .publishing(let failure): failure.description
        }
    }
}
