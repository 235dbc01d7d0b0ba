internal import ContactStore
internal import Foundation

/// The file that holds the registry, before SQLite touches it.
///
/// Only `stat` and `access` look at a file that exists: closing a descriptor of it would release every lock that SQLite
/// holds on it in this process (POSIX advisory locks go by process and file).
struct DatabaseFile {
    /// Absolute, so that SQLite takes no part of it for `:memory:` or a URI, and free of links, so that every name of the
    /// file means the same lock.
    let path: String
    /// The name that was given, absolute.
    private let name: String

    init(path: String) throws(StoreError) {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .unusable("the path of the database is empty") }
        name = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        if let resolved = realpath(name, nil) {
            self.path = String(cString: resolved)
            free(resolved)
        } else {
            self.path = name
        }
    }

    /// Creates an empty file that its owner alone may read, whatever the umask, unless there is one. SQLite gives its
    /// log and its index the same mode.
    func createIfMissing() throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 {
            fchmod(descriptor, 0o600)
            close(descriptor)
            return
        }
        switch errno {
        case EEXIST, ELOOP: return
        case ENOENT, ENOTDIR: throw .unusable("\(path): the folder does not exist; create it first")
        case ENOSPC, EDQUOT: throw .transient("\(path): the disk is full; make room")
        default:
            throw .unusable("\(path): cannot be created (errno \(errno)); give this user write access to the folder")
        }
    }

    /// Refuses what is no file, or one that this process may not use; names the way out.
    func check(writable: Bool) throws(StoreError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .unusable("\(path): there is no such file; `migrate` or the first run creates it")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unusable("\(path): is not a file; name another") }
        guard access(path, R_OK) == 0 else {
            throw .unusable("\(path): may not be read; give this user access to it")
        }
        guard writable else { return }
        guard access(path, W_OK) == 0 else {
            throw .unusable("\(path): may not be written; give this user write access to it")
        }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + "/"
        guard access(folder, W_OK | X_OK) == 0 else {
            throw .unusable(
                "\(folder): may not be written, and SQLite keeps its log there; give this user write access")
        }
    }

    /// What is dangerous but not wrong.
    var warnings: [String] {
        var warnings: [String] = []
        var link = stat()
        if lstat(name, &link) == 0, link.st_mode & S_IFMT == S_IFLNK {
            warnings.append("\(name) is a symbolic link; the data is in \(path), whose folder has to be protected")
        }
        for suffix in ["", "-wal", "-shm"] {
            var status = stat()
            guard stat(path + suffix, &status) == 0, status.st_mode & 0o077 != 0 else { continue }
            warnings.append("\(path + suffix) holds personal data and is open to other users; `chmod 600` it")
        }
        return warnings
    }
}
