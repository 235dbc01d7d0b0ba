internal import Foundation
internal import ProtectedIdentity

/// A file to be fed, or standard input.
public struct FeedFile: Sendable, Hashable {
    /// What it is called in reports.
    public let name: String
    /// Where it lies; nil: standard input.
    public let path: String?
    /// Where its rejects go; nil: nowhere.
    public var rejects: String?

    /// A file at a path.
    public init(path: String, rejects: String? = nil) {
        name = path
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
        /// When the file was last written to; nil of a pipe.
        let modified: Timestamp?
    }

    func open() throws(FeedFailure) -> Source {
        let handle = path.map { FileHandle(forReadingAtPath: $0) } ?? .standardInput
        guard let handle else { throw .unreadable("\(name): cannot be read (\(String(cString: strerror(errno))))") }
        var status = stat()
        guard fstat(handle.fileDescriptor, &status) == 0 else {
            throw .unreadable("\(name): cannot be read (\(String(cString: strerror(errno))))")
        }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .unreadable("\(name): is a folder, not a file") }
        let isRegular = status.st_mode & S_IFMT == S_IFREG
        return Source(
            handle: handle,
            modified: isRegular ? Timestamp(milliseconds: Int64(status.st_mtim.tv_sec) * 1_000) : nil)
    }
}

/// Why a file was not fed to its end. Fed again, it adds what is missing and nothing else.
public enum FeedFailure: Error, Sendable, Hashable, CustomStringConvertible {
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
        case .unreadable(let text), .rejects(let text, _), .folder(let text): text
        case .publishing(let failure): failure.description
        }
    }
}
