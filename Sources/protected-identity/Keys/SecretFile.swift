import Foundation

/// A file that is made for a secret: new, and readable by its owner alone.
struct SecretFile: ~Copyable {
    /// Absolute, as the configuration wants it.
    let path: String
    private let descriptor: Int32
    private var isKept = false

    /// Makes the file, empty. One that exists is never touched: it may hold the only copy of a key.
    init(creating name: String) throws(CommandFailure) {
        let path = name.hasPrefix("/") ? name : FileManager.default.currentDirectoryPath + "/" + name
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        // Thrown before anything is set: of a whole value the end would run, and remove somebody else's file.
        guard descriptor >= 0 else { throw Self.failure(errno, name) }
        // Whatever the umask has left of it.
        fchmod(descriptor, 0o600)
        self.path = path
        self.descriptor = descriptor
    }

    /// Writes the secret, and waits until it is on the disk.
    mutating func write(_ secret: Secret) throws(CommandFailure) {
        guard StandardStreams.write(secret.reveal() + "\n", to: descriptor), fsync(descriptor) == 0 else {
            throw CommandFailure(
                .inputOutput,
                "\(path): cannot be written (\(String(cString: strerror(errno)))); make room and try again")
        }
    }

    /// Lets the file stay. One that nobody keeps is removed: what was not finished is no key.
    mutating func keep() {
        isKept = true
    }

    deinit {
        close(descriptor)
        if !isKept { unlink(path) }
    }

    private static func failure(_ reason: Int32, _ name: String) -> CommandFailure {
        switch reason {
        case EEXIST, ELOOP:
            CommandFailure(
                .cannotCreate, "\(name): exists already, and a key is never overwritten; name another file")
        case EACCES, EPERM, EROFS:
            CommandFailure(.noPermission, "\(name): may not be created; choose a folder that this user may write to")
        case ENOENT, ENOTDIR:
            CommandFailure(.cannotCreate, "\(name): the folder does not exist; create it first")
        default:
            CommandFailure(.cannotCreate, "\(name): cannot be created (\(String(cString: strerror(reason))))")
        }
    }
}
