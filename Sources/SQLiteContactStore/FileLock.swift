internal import ContactStore
internal import Foundation

/// The right to write a database, held by one process at a time.
///
/// An advisory lock (`flock`) on a file beside the database, since SQLite's own exclusive mode would keep readers out
/// too. The kernel releases it when the process ends, however it ends; what stays is an empty right and an old pid.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock of the database at `path`, or throws ``StoreError/unusable(_:)`` with who holds it.
    init(database path: String) throws(StoreError) {
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.cannotOpen(lockPath, errno) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            if reason == EINTR { continue }
            let holder = Self.holder(descriptor)
            close(descriptor)
            guard reason == EWOULDBLOCK else { throw .unusable("\(lockPath): cannot be locked (errno \(reason))") }
            throw .unusable(
                "\(path) is in use by process \(holder), which holds \(lockPath); stop it first, or name another file")
        }
        let pid = Array("\(getpid())\n".utf8)
        // The pid is for people; without it the lock holds all the same.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, pid, pid.count, 0) }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let length = pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, length)).prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? "unknown" : String(decoding: digits, as: UTF8.self)
    }

    private static func cannotOpen(_ path: String, _ reason: Int32) -> StoreError {
        switch reason {
        case ENOENT, ENOTDIR: .unusable("\(path): the folder does not exist; create it first")
        case EACCES, EPERM, EROFS: .unusable("\(path): the folder may not be written; give this user write access")
        case ENOSPC, EDQUOT: .transient("\(path): the disk is full; make room")
        case ELOOP: .unusable("\(path): is a symbolic link; remove it")
        default: .unusable("\(path): cannot be created (errno \(reason))")
        }
    }
}
