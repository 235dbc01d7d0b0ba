import ContactStore
import Foundation

extension CommandFailure {
    /// Why the embedded registry at `path` cannot be used. The words are the store's; the exit code is told from the
    /// file system, so that it does not hang on the words.
    init(store error: StoreError, path: String) {
        switch error {
        case .transient(let text): self.init(.temporary, text)
        case .refused(let text): self.init(.data, text)
        case .unusable(let text): self.init(StoreFailureCause(path: path).exit, text)
        case .setBack: self.init(.unavailable, error.description)
        }
    }
}

/// What keeps the embedded registry from being used, as far as the file system shows it.
enum StoreFailureCause: Equatable {
    /// Another process writes it.
    case inUse
    /// There is no folder for it.
    case noFolder
    /// This user may not read or write it, or its folder.
    case noPermission
    /// Something about its content.
    case content

    init(path name: String) {
        // The lock lies beside the file itself, whatever links lead to it.
        let path = (name as NSString).resolvingSymlinksInPath
        let folder = (path as NSString).deletingLastPathComponent
        let files = FileManager.default
        if Self.isLocked(path + ".lock") {
            self = .inUse
        } else if !files.fileExists(atPath: folder) {
            self = .noFolder
        } else if !files.isWritableFile(atPath: folder) || files.fileExists(atPath: path) && !Self.isUsable(path) {
            self = .noPermission
        } else {
            self = .content
        }
    }

    /// The exit code that tells a script what to do.
    var exit: ExitCode {
        switch self {
        case .inUse: .temporary
        case .noFolder: .cannotCreate
        case .noPermission: .noPermission
        case .content: .unavailable
        }
    }

    private static func isUsable(_ path: String) -> Bool {
        FileManager.default.isReadableFile(atPath: path) && FileManager.default.isWritableFile(atPath: path)
    }

    /// Whether another process holds the lock beside the database; a lock gained here is given back at once.
    private static func isLocked(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
